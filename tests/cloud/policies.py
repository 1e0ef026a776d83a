"""Rules for every policy of the templates: who may do what. Each yields its violations."""

from __future__ import annotations

from collections.abc import Iterator

from .template import Statement, Template, listed, resources, statements, text

# Statements whose resource cannot be narrower, and why. One that is no longer needed is a finding.
WIDE = {
    "Key.Administer": 'in the policy of a key, "*" is that key',
    "Key.ThroughS3": 'in the policy of a key, "*" is that key',
    "Key.Nodes": 'in the policy of a key, "*" is that key',
    "Key.Volumes": 'in the policy of a key, "*" is that key',
    "LauncherPolicy.Launch": "RunJobFlow takes no resource: the cluster is not there yet",
    "LauncherPolicy.Find": "ListClusters takes no resource",
    "ShellPolicy.SessionManager": "ssmmessages takes no resource",
}
# What a job writes. It may not change photos, code or wheels: what it was made from.
WRITTEN = ("Model", "Preprocessing", "Results", "_verger", "runs", "logs")
# Buckets that nodes reach, beside their own.
OF_EMR = ("al2023-repos-", "repo.${AWS::Region}.emr.", "aws157-logs-prod-${AWS::Region}/")
ROOT = "arn:${AWS::Partition}:iam::${AWS::AccountId}:root"
TAG = "/verger"  # on all that verger cloud starts


def no_wild_actions(template: Template) -> Iterator[str]:
    """Every action that is allowed is named."""
    for statement in _allowing(template):
        if not statement.actions:
            yield f"{statement.where} names no action"
        for action in statement.actions:
            if "*" in action:
                yield f"{statement.where} allows {action}"


def no_wild_resources(template: Template) -> Iterator[str]:
    """Every resource that can be named is."""
    wide = set()
    for statement in _allowing(template):
        if statement.kind == "trust":
            continue
        if not statement.resources:
            yield f"{statement.where} names no resource"
        for resource in statement.resources:
            if resource == "*" or resource.split(":")[-1] == "*" or ":::*" in resource:
                wide.add(statement.where)
                if statement.where not in WIDE:
                    yield f"{statement.where} reaches {resource}"
                elif statement.kind == "identity" and text(
                    statement.condition("StringEquals").get("aws:RequestedRegion")
                ) != ("${AWS::Region}"):
                    yield f"{statement.where} reaches {resource} in any region"
    yield from (f"{where} is no longer wide" for where in WIDE.keys() - wide)


def lists_by_prefix(template: Template) -> Iterator[str]:
    """Nobody lists the whole bucket."""
    for statement in _allowing(template, "identity"):
        if not {"s3:ListBucket", "s3:ListBucketVersions"} & set(statement.actions):
            continue
        prefixes = listed(statement.condition("StringEquals", "StringLike").get("s3:prefix"))
        if not prefixes:
            yield f"{statement.where} lists any prefix"
        for prefix in prefixes:
            if prefix.startswith("*") or not prefix:
                yield f"{statement.where} lists prefix '{prefix}'"


def tls_only(template: Template) -> Iterator[str]:
    """Whatever comes without TLS to a bucket, or with an old one, is denied, to everybody."""
    for bucket in resources(template, "AWS::S3::Bucket"):
        for name, condition in (
            ("without TLS", {"Bool": {"aws:SecureTransport": "false"}}),
            ("TLS below 1.2", {"NumericLessThan": {"s3:TlsVersion": "1.2"}}),
        ):
            denial = {
                "Effect": "Deny",
                "Principal": "*",
                "Action": "s3:*",
                "Resource": [
                    {"Fn::GetAtt": [bucket, "Arn"]},
                    {"Fn::Sub": f"${{{bucket}.Arn}}/*"},
                ],
                "Condition": condition,
            }
            policies = resources(template, "AWS::S3::BucketPolicy").values()
            of_bucket = [policy for policy in policies if policy["Bucket"] == {"Ref": bucket}]
            statements_of_bucket = [
                each for policy in of_bucket for each in policy["PolicyDocument"]["Statement"]
            ]
            if denial not in [
                {k: v for k, v in each.items() if k != "Sid"} for each in statements_of_bucket
            ]:
                yield f"{bucket} does not deny {name}"


def passes_own_roles(template: Template) -> Iterator[str]:
    """A role is passed by its name, to the one service that it trusts."""
    roles = resources(template, "AWS::IAM::Role")
    for statement in _allowing(template, "identity"):
        if "iam:PassRole" not in statement.actions:
            continue
        service = statement.condition("StringEquals").get("iam:PassedToService")
        for resource in statement.resources:
            name = resource.removeprefix("${").removesuffix(".Arn}")
            if name not in roles:
                yield f"{statement.where} passes {resource}"
                continue
            trusted = roles[name]["AssumeRolePolicyDocument"]["Statement"][0]["Principal"]
            if service != trusted.get("Service"):
                yield f"{statement.where} passes {name} to {service}"


def trusts_services(template: Template) -> Iterator[str]:
    """Roles are for services; those that serve many accounts act for this one alone."""
    for statement in _allowing(template, "trust"):
        principal = statement.body["Principal"]
        service = principal.get("Service") if isinstance(principal, dict) else None
        if list(principal) != ["Service"] or not isinstance(service, str):
            yield f"{statement.where} trusts {principal}"
        elif service != "ec2.amazonaws.com":
            account = text(statement.condition("StringEquals").get("aws:SourceAccount"))
            source = text(statement.condition("ArnLike").get("aws:SourceArn"))
            if account != "${AWS::AccountId}" or ":${AWS::AccountId}:" not in source:
                yield f"{statement.where} trusts {service} on behalf of anybody"


def nobody_else(template: Template) -> Iterator[str]:
    """No policy lets in everybody, or another account."""
    for statement in _allowing(template):
        principal = statement.body.get("Principal")
        if statement.kind == "bucket":
            yield f"{statement.where} allows: the bucket's policy is there to deny"
        elif statement.kind == "key":
            for named in listed(principal.get("AWS") if isinstance(principal, dict) else "*"):
                own = [f"${{{role}.Arn}}" for role in resources(template, "AWS::IAM::Role")]
                if text(named) not in [*own, ROOT]:
                    yield f"{statement.where} lets in {text(named)}"


def keys_for_a_purpose(template: Template) -> Iterator[str]:
    """But for nodes, the key works through S3 alone; grants are for volumes alone."""
    for statement in _allowing(template):
        through = text(statement.condition("StringEquals").get("kms:ViaService"))
        uses = {"kms:Decrypt", "kms:Encrypt", "kms:GenerateDataKey"} & set(statement.actions)
        delegated = statement.kind == "key" and text(statement.body["Principal"]["AWS"]) == ROOT
        person = statement.kind == "identity" and not statement.roles
        if uses and (delegated or person) and not through.startswith("s3."):
            yield f"{statement.where} uses the key for anything"
        if "kms:CreateGrant" in statement.actions:
            aws = statement.condition("Bool").get("kms:GrantIsForAWSResource")
            if aws != "true" or not through.startswith("ec2."):
                yield f"{statement.where} grants the key for anything"


def jobs_keep_their_hands_off(template: Template) -> Iterator[str]:
    """A job writes results and logs, never photos, code, wheels or certificates."""
    for statement in _allowing(template, "identity"):
        writes = [action for action in statement.actions if action.startswith(("s3:Put", "s3:Del"))]
        if not writes or not statement.roles:
            continue
        for resource in statement.resources:
            if resource not in [f"${{Bucket.Arn}}/{folder}/*" for folder in WRITTEN]:
                yield f"{statement.where} writes {resource}"


def own_clusters(template: Template) -> Iterator[str]:
    """People touch what verger cloud has started, by its tag, and nothing else."""
    for statement in _allowing(template, "identity"):
        services = {action.split(":")[0] for action in statement.actions}
        names = {action.split(":")[1] for action in statement.actions}
        if statement.roles or not services & {"elasticmapreduce", "ssm"}:
            continue
        documents_or_own = all(
            ":document/AWS-" in resource or "/${!aws:userid}-*" in resource
            for resource in statement.resources
        )
        if names == {"ListClusters"} or documents_or_own:
            continue
        tested = statement.condition("Null")
        if not any(key.endswith(TAG) and value == "false" for key, value in tested.items()):
            yield f"{statement.where} touches what others have started"


def people_reach_ec2_through_services(template: Template) -> Iterator[str]:
    """Nobody touches EC2 but by way of the service that needs it."""
    for statement in _allowing(template, "identity"):
        ec2 = any(action.startswith("ec2:") for action in statement.actions)
        through = statement.condition("StringEquals").get("aws:CalledViaLast", "")
        if ec2 and not statement.roles and not text(through).endswith(".amazonaws.com"):
            yield f"{statement.where} touches EC2 by itself"


def service_roles_of_their_services(template: Template) -> Iterator[str]:
    """A service-linked role is made for the services that are named, where these have theirs."""
    for statement in _allowing(template, "identity"):
        if "iam:CreateServiceLinkedRole" not in statement.actions:
            continue
        services = listed(statement.condition("StringEquals").get("iam:AWSServiceName"))
        for resource in statement.resources:
            if not any(f":role/aws-service-role/{service}/" in resource for service in services):
                yield f"{statement.where} makes {resource} for anybody"


def nodes_reach_few_buckets(template: Template) -> Iterator[str]:
    """Through the endpoint for S3, nodes reach their bucket and EMR's, but not its Spark UI."""
    for name, endpoint in resources(template, "AWS::EC2::VPCEndpoint").items():
        if text(endpoint["ServiceName"]).endswith(".s3") and "PolicyDocument" not in endpoint:
            yield f"{name} has no policy"
    for statement in _allowing(template, "endpoint"):
        for resource in statement.resources:
            if resource.startswith(("${Bucket.Arn}", "${Key.Arn}")):
                account = statement.condition("StringEquals").get("aws:PrincipalAccount")
                unsigned = statement.condition("Null") == {"s3:prefix": "true"}
                if account != {"Ref": "AWS::AccountId"} and not unsigned:
                    yield f"{statement.where} lets other accounts in"
            elif not resource.startswith(
                tuple("arn:${AWS::Partition}:s3:::" + bucket for bucket in OF_EMR)
            ):
                yield f"{statement.where} reaches {resource}"


def _allowing(template: Template, kind: str = "") -> Iterator[Statement]:
    for statement in statements(template):
        if statement.allows and kind in ("", statement.kind):
            yield statement
