"""Rules for what the templates make: storage, network, clusters. Each yields its violations."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from .template import Template, resources, strings

OUTPUTS = {
    "BucketName",
    "KeyArn",
    "ServiceRoleName",
    "InstanceProfileName",
    "SubnetId",
    "PrimarySecurityGroup",
    "CoreSecurityGroup",
    "ServiceAccessSecurityGroup",
    "SecurityConfigurationName",
    "LauncherPolicyArn",
}
# AmazonEMRServicePolicy_v2 touches what has it, and nothing else.
EMR_TAG = {"Key": "for-use-with-amazon-emr-managed-policies", "Value": "true"}
TAGGED = ("Vpc", "PrivateSubnet", *(name for name in OUTPUTS if name.endswith("SecurityGroup")))
_FOREIGN = re.compile(r"arn:aws[:-]|\b[a-z]{2}-[a-z]+-\d\b|(?<![a-z-])\d{12}\b")
_HOST = re.compile(r"([^./]+)\.amazonaws\.com")
_PRINCIPALS = {"ec2", "elasticmapreduce", "spot"}


def nothing_public(template: Template) -> Iterator[str]:
    """No bucket can be made public by mistake."""
    flags = ("BlockPublicAcls", "BlockPublicPolicy", "IgnorePublicAcls", "RestrictPublicBuckets")
    for name, bucket in resources(template, "AWS::S3::Bucket").items():
        for flag in flags:
            if bucket.get("PublicAccessBlockConfiguration", {}).get(flag) is not True:
                yield f"{name}: {flag} is not on"
        if _at(bucket, "OwnershipControls", "Rules") != [
            {"ObjectOwnership": "BucketOwnerEnforced"}
        ]:
            yield f"{name}: objects may have access lists"


def encrypted_by_our_key(template: Template) -> Iterator[str]:
    """All that is stored is encrypted by the stack's key, which changes every year."""
    for name, bucket in resources(template, "AWS::S3::Bucket").items():
        rules = _at(bucket, "BucketEncryption", "ServerSideEncryptionConfiguration") or [{}]
        by_default = rules[0].get("ServerSideEncryptionByDefault", {})
        if by_default.get("SSEAlgorithm") != "aws:kms":
            yield f"{name} is not encrypted by KMS"
        if by_default.get("KMSMasterKeyID") != {"Fn::GetAtt": ["Key", "Arn"]}:
            yield f"{name} is encrypted by another key"
        if rules[0].get("BucketKeyEnabled") is not True:
            yield f"{name} asks KMS for every object"
    for name, key in resources(template, "AWS::KMS::Key").items():
        if key.get("EnableKeyRotation") is not True:
            yield f"{name} is not rotated"


def results_outlive_the_stack(template: Template) -> Iterator[str]:
    """Deleting the stack, or one file, loses nothing at once."""
    for name, body in template["Resources"].items():
        if body["Type"] in ("AWS::S3::Bucket", "AWS::S3::BucketPolicy", "AWS::KMS::Key"):
            for policy in ("DeletionPolicy", "UpdateReplacePolicy"):
                if body.get(policy) != "Retain":
                    yield f"{name}: {policy} is {body.get(policy)}"
    for name, bucket in resources(template, "AWS::S3::Bucket").items():
        if _at(bucket, "VersioningConfiguration", "Status") != "Enabled":
            yield f"{name} keeps no old versions"


def nothing_stays_for_ever(template: Template) -> Iterator[str]:
    """Abandoned uploads, old versions, marks of what was deleted, and logs end by themselves."""
    for name, bucket in resources(template, "AWS::S3::Bucket").items():
        rules = _at(bucket, "LifecycleConfiguration", "Rules") or []
        on = [rule for rule in rules if rule.get("Status") == "Enabled"]
        everywhere = [rule for rule in on if "Prefix" not in rule and "TagFilters" not in rule]
        days = [
            _at(rule, "AbortIncompleteMultipartUpload", "DaysAfterInitiation")
            for rule in everywhere
        ]
        if not any(isinstance(number, int) and 1 <= number <= 7 for number in days):
            yield f"{name} keeps abandoned uploads"
        noncurrent = [
            _at(rule, "NoncurrentVersionExpiration", "NoncurrentDays") for rule in everywhere
        ]
        if {"Ref": "OldVersionDays"} not in noncurrent:
            yield f"{name} keeps old versions"
        if not any(rule.get("ExpiredObjectDeleteMarker") is True for rule in everywhere):
            yield f"{name} keeps delete markers"
        logs = [rule for rule in on if rule.get("Prefix") == "logs/"]
        if {"Ref": "LogDays"} not in [rule.get("ExpirationInDays") for rule in logs]:
            yield f"{name} keeps logs"
    if template["Parameters"]["OldVersionDays"]["MaxValue"] > 30:
        yield "what was erased may stay more than a month"


def nothing_comes_in(template: Template) -> Iterator[str]:
    """Only security groups of the stack reach nodes; these reach others on 443 alone."""
    for name, properties in _rules(template, "Ingress"):
        if "SourceSecurityGroupId" not in properties or {"CidrIp", "CidrIpv6"} & properties.keys():
            yield f"{name} lets in {properties.get('CidrIp') or properties.get('CidrIpv6')}"
    for name, group in resources(template, "AWS::EC2::SecurityGroup").items():
        if not group.get("SecurityGroupEgress"):
            yield f"{name} lets out everything"
    for name, properties in _rules(template, "Egress"):
        anywhere = properties.get("CidrIp") == "0.0.0.0/0" or "CidrIpv6" in properties
        ports = (properties["IpProtocol"], properties.get("FromPort"), properties.get("ToPort"))
        if anywhere and ports != ("tcp", 443, 443):
            yield f"{name} lets out {ports}"


def nodes_are_private(template: Template) -> Iterator[str]:
    """Nodes have no public address, and no route from the internet leads to them."""
    for name, subnet in resources(template, "AWS::EC2::Subnet").items():
        if subnet.get("MapPublicIpOnLaunch") is not False:
            yield f"{name} gives public addresses"
    for name, route in resources(template, "AWS::EC2::Route").items():
        if route["RouteTableId"] == {"Ref": "PrivateRoutes"} and "NatGatewayId" not in route:
            yield f"{name} leads from the internet to nodes"


def emr_finds_its_tags(template: Template) -> Iterator[str]:
    """The service role works: what it touches is tagged, and a profile has the name of its role."""
    for name in TAGGED:
        if EMR_TAG not in template["Resources"][name]["Properties"].get("Tags", []):
            yield f"{name} is not tagged for EMR"
    for name, profile in resources(template, "AWS::IAM::InstanceProfile").items():
        if [profile["InstanceProfileName"]] != profile["Roles"]:
            yield f"{name} is not named as its role"


def clusters_are_encrypted(template: Template) -> Iterator[str]:
    """Disks and what is written to S3; between nodes where there are certificates."""
    key = {"Fn::GetAtt": ["Key", "Arn"]}
    for name, configuration in resources(template, "AWS::EMR::SecurityConfiguration").items():
        encryption = _at(configuration, "SecurityConfiguration", "EncryptionConfiguration") or {}
        at_rest = encryption.get("AtRestEncryptionConfiguration", {})
        s3 = {"EncryptionMode": "SSE-KMS", "AwsKmsKey": key}
        disks = {
            "EncryptionKeyProviderType": "AwsKms",
            "AwsKmsKey": key,
            "EnableEbsEncryption": True,
        }
        if encryption.get("EnableAtRestEncryption") is not True:
            yield f"{name} encrypts nothing at rest"
        if at_rest.get("S3EncryptionConfiguration") != s3:
            yield f"{name} writes to S3 without the key"
        if at_rest.get("LocalDiskEncryptionConfiguration") != disks:
            yield f"{name} leaves disks in the clear"
        if encryption.get("EnableInTransitEncryption") != {
            "Fn::If": ["EncryptsTransit", True, False]
        }:
            yield f"{name} ignores the certificates"


def credentials_stay_on_nodes(template: Template) -> Iterator[str]:
    """IMDSv2 alone, and not for containers."""
    for name, configuration in resources(template, "AWS::EMR::SecurityConfiguration").items():
        service = _at(
            configuration, "SecurityConfiguration", "InstanceMetadataServiceConfiguration"
        )
        if (service or {}).get("MinimumInstanceMetadataServiceVersion") != 2:
            yield f"{name} allows IMDSv1"
        if (service or {}).get("HttpPutResponseHopLimit") != 1:
            yield f"{name} lets containers have the credentials"


def fits_any_partition(template: Template) -> Iterator[str]:
    """No partition, region, account or host name of one is written down."""
    for value in strings({key: template[key] for key in ("Resources", "Outputs", "Conditions")}):
        if _FOREIGN.search(value):
            yield f"'{value}' fits one place alone"
        for service in _HOST.findall(value):
            if service not in _PRINCIPALS:
                yield f"'{value}' is a host of one partition"


def settings_find_outputs(template: Template) -> Iterator[str]:
    """Every setting of `verger cloud` has its output, whatever the parameters are."""
    for name in sorted(OUTPUTS):
        if name not in template["Outputs"]:
            yield f"{name} is not an output"
        elif "Condition" in template["Outputs"][name]:
            yield f"{name} is not always an output"


def bills_are_watched(template: Template) -> Iterator[str]:
    """Where there is an address, it gets a warning before the budget is spent."""
    warned = False
    for name, budget in resources(template, "AWS::Budgets::Budget").items():
        if template["Resources"][name].get("Condition") != "HasAlarm":
            yield f"{name} has nobody to tell"
        for entry in budget["NotificationsWithSubscribers"]:
            notification = entry["Notification"]
            warned |= (
                notification["NotificationType"] == "ACTUAL" and notification["Threshold"] < 100
            )
    if not warned:
        yield "nobody is warned of the bill"


def _at(value: Any, *path: str) -> Any:
    """What lies at a path of keys; None where it does not go on."""
    for key in path:
        value = value.get(key) if isinstance(value, dict) else None
    return value


def _rules(template: Template, way: str) -> Iterator[tuple[str, dict[str, Any]]]:
    """Rules of security groups, Ingress or Egress: those inside the groups, and those outside."""
    for name, group in resources(template, "AWS::EC2::SecurityGroup").items():
        for number, rule in enumerate(group.get(f"SecurityGroup{way}", [])):
            yield f"{name}[{number}]", rule
    yield from resources(template, f"AWS::EC2::SecurityGroup{way}").items()
