"""Templates that break the rules of policies.py."""

from __future__ import annotations

from .breaks import Break, drop, state, trust

EMR = "elasticmapreduce.amazonaws.com"

BREAKS = [
    Break(
        "no_wild_actions", "JobPolicy.Read allows s3:*", state("JobPolicy", "Read", Action="s3:*")
    ),
    Break(
        "no_wild_actions",
        "Key.Nodes allows kms:GenerateDataKey*",
        state("Key", "Nodes", Action=["kms:Decrypt", "kms:GenerateDataKey*"]),
    ),
    Break(
        "no_wild_actions",
        "JobPolicy.Read names no action",
        state("JobPolicy", "Read", Action=None, NotAction="s3:DeleteBucket"),
    ),
    Break(
        "no_wild_resources", "JobPolicy.Read reaches *", state("JobPolicy", "Read", Resource="*")
    ),
    Break(
        "no_wild_resources",
        "EraserPolicy.Rewrite reaches arn:${AWS::Partition}:s3:::*",
        state("EraserPolicy", "Rewrite", Resource=[{"Fn::Sub": "arn:${AWS::Partition}:s3:::*"}]),
    ),
    Break(
        "no_wild_resources",
        "JobPolicy.Read names no resource",
        state("JobPolicy", "Read", Resource=None, NotResource="x"),
    ),
    Break(
        "no_wild_resources",
        "LauncherPolicy.Find reaches * in any region",
        state("LauncherPolicy", "Find", Condition=None),
    ),
    Break(
        "no_wild_resources",
        "LauncherPolicy.Find is no longer wide",
        state("LauncherPolicy", "Find", Resource="arn:x:elasticmapreduce:x:x:cluster/j-1"),
    ),
    Break(
        "lists_by_prefix",
        "JobPolicy.List lists any prefix",
        state("JobPolicy", "List", Condition=None),
    ),
    Break(
        "lists_by_prefix",
        "EraserPolicy.List lists prefix '*'",
        state("EraserPolicy", "List", Condition={"StringLike": {"s3:prefix": ["Data/*", "*"]}}),
    ),
    Break(
        "lists_by_prefix",
        "LauncherPolicy.List lists prefix ''",
        state("LauncherPolicy", "List", Condition={"StringEquals": {"s3:prefix": ""}}),
    ),
    Break(
        "tls_only",
        "Bucket does not deny without TLS",
        state("BucketPolicy", "TlsOnly", Resource=[{"Fn::GetAtt": ["Bucket", "Arn"]}]),
    ),
    Break(
        "tls_only",
        "Bucket does not deny TLS below 1.2",
        state("BucketPolicy", "NoOldTls", Principal={"AWS": "arn:x:iam::1:root"}),
    ),
    Break(
        "tls_only",
        "Bucket does not deny without TLS",
        lambda template: template["Resources"].pop("BucketPolicy"),
    ),
    Break(
        "passes_own_roles",
        "LauncherPolicy.PassNodeRole passes *",
        state("LauncherPolicy", "PassNodeRole", Resource="*"),
    ),
    Break(
        "passes_own_roles",
        "ServiceRolePolicy.PassNodeRole passes NodeRole to None",
        state("ServiceRolePolicy", "PassNodeRole", Condition=None),
    ),
    Break(
        "passes_own_roles",
        "LauncherPolicy.PassServiceRole passes ServiceRole to ec2.amazonaws.com",
        state(
            *("LauncherPolicy", "PassServiceRole"),
            Condition={"StringEquals": {"iam:PassedToService": "ec2.amazonaws.com"}},
        ),
    ),
    Break(
        "trusts_services",
        "NodeRole.0 trusts {'AWS': '*'}",
        trust("NodeRole", Principal={"AWS": "*"}),
    ),
    Break("trusts_services", "NodeRole.0 trusts *", trust("NodeRole", Principal="*")),
    Break(
        "trusts_services",
        f"ServiceRole.0 trusts {EMR} on behalf of anybody",
        trust("ServiceRole", Condition={}),
    ),
    Break(
        "nobody_else",
        "BucketPolicy.TlsOnly allows: the bucket's policy is there to deny",
        state("BucketPolicy", "TlsOnly", Effect="Allow"),
    ),
    Break("nobody_else", "Key.Nodes lets in *", state("Key", "Nodes", Principal="*")),
    Break(
        "nobody_else",
        "Key.Administer lets in arn:aws:iam::111122223333:root",
        state("Key", "Administer", Principal={"AWS": ["arn:aws:iam::111122223333:root"]}),
    ),
    Break(
        "keys_for_a_purpose",
        "Key.ThroughS3 uses the key for anything",
        state("Key", "ThroughS3", Condition=None),
    ),
    Break(
        "keys_for_a_purpose",
        "LauncherPolicy.KeyThroughS3 uses the key for anything",
        state("LauncherPolicy", "KeyThroughS3", Condition=None),
    ),
    Break(
        "keys_for_a_purpose",
        "Key.Volumes grants the key for anything",
        state("Key", "Volumes", Condition=None),
    ),
    Break(
        "jobs_keep_their_hands_off",
        "JobPolicy.WriteResults writes ${Bucket.Arn}/*",
        state("JobPolicy", "WriteResults", Resource={"Fn::Sub": "${Bucket.Arn}/*"}),
    ),
    Break(
        "jobs_keep_their_hands_off",
        "JobPolicy.Read writes ${Bucket.Arn}/wheels/*",
        state("JobPolicy", "Read", Action=["s3:GetObject", "s3:PutObject"]),
    ),
    Break(
        "own_clusters",
        "LauncherPolicy.Operate touches what others have started",
        state("LauncherPolicy", "Operate", Condition=None),
    ),
    Break(
        "own_clusters",
        "LauncherShellPolicy.ToNodes touches what others have started",
        state("LauncherShellPolicy", "ToNodes", Condition=None),
    ),
    Break(
        "own_clusters",
        "LauncherPolicy.AtLaunch touches what others have started",
        state(
            *("LauncherPolicy", "AtLaunch"), Condition={"Null": {"aws:RequestTag/verger": "true"}}
        ),
    ),
    Break(
        "people_reach_ec2_through_services",
        "LauncherPolicy.Find touches EC2 by itself",
        state("LauncherPolicy", "Find", Action="ec2:DescribeInstances"),
    ),
    Break(
        "service_roles_of_their_services",
        "LauncherPolicy.FirstClusterOfTheAccount makes arn:x:iam::1:role/any for anybody",
        state("LauncherPolicy", "FirstClusterOfTheAccount", Resource="arn:x:iam::1:role/any"),
    ),
    Break(
        "nodes_reach_few_buckets", "S3Endpoint has no policy", drop("S3Endpoint", "PolicyDocument")
    ),
    Break(
        "nodes_reach_few_buckets",
        "S3Endpoint.OwnBucket reaches arn:${AWS::Partition}:s3:::prod.${AWS::Region}.appinfo.src/*",
        state(
            *("S3Endpoint", "OwnBucket"),
            Resource={"Fn::Sub": "arn:${AWS::Partition}:s3:::prod.${AWS::Region}.appinfo.src/*"},
        ),
    ),
    Break(
        "nodes_reach_few_buckets",
        "S3Endpoint.OwnBucket lets other accounts in",
        state("S3Endpoint", "OwnBucket", Condition=None),
    ),
]
