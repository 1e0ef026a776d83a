"""Templates that break the rules of protections.py."""

from __future__ import annotations

from .breaks import Break, drop, put, state

ANYBODY = {"CidrIp": "0.0.0.0/0", "IpProtocol": "tcp", "FromPort": 22, "ToPort": 22}
LIFE = ("Bucket", "LifecycleConfiguration", "Rules")
DEFAULT = (
    *("Bucket", "BucketEncryption", "ServerSideEncryptionConfiguration", 0),
    "ServerSideEncryptionByDefault",
)
EMR = ("SecurityConfiguration", "SecurityConfiguration")
REST = (*EMR, "EncryptionConfiguration", "AtRestEncryptionConfiguration")
METADATA = (*EMR, "InstanceMetadataServiceConfiguration")

BREAKS = [
    Break(
        "nothing_public",
        "Bucket: BlockPublicPolicy is not on",
        put(False, "Bucket", "PublicAccessBlockConfiguration", "BlockPublicPolicy"),
    ),
    Break(
        "nothing_public",
        "Bucket: RestrictPublicBuckets is not on",
        drop("Bucket", "PublicAccessBlockConfiguration"),
    ),
    Break(
        "nothing_public",
        "Bucket: objects may have access lists",
        drop("Bucket", "OwnershipControls"),
    ),
    Break(
        "encrypted_by_our_key",
        "Bucket is not encrypted by KMS",
        put("AES256", *DEFAULT, "SSEAlgorithm"),
    ),
    Break(
        "encrypted_by_our_key",
        "Bucket is encrypted by another key",
        drop(*DEFAULT, "KMSMasterKeyID"),
    ),
    Break(
        "encrypted_by_our_key",
        "Bucket asks KMS for every object",
        drop(*DEFAULT[:-1], "BucketKeyEnabled"),
    ),
    Break("encrypted_by_our_key", "Key is not rotated", drop("Key", "EnableKeyRotation")),
    Break(
        "results_outlive_the_stack",
        "Key: DeletionPolicy is None",
        lambda template: template["Resources"]["Key"].pop("DeletionPolicy"),
    ),
    Break(
        "results_outlive_the_stack",
        "Bucket: UpdateReplacePolicy is Delete",
        lambda template: template["Resources"]["Bucket"].update(UpdateReplacePolicy="Delete"),
    ),
    Break(
        "results_outlive_the_stack",
        "Bucket keeps no old versions",
        put("Suspended", "Bucket", "VersioningConfiguration", "Status"),
    ),
    Break("nothing_stays_for_ever", "Bucket keeps abandoned uploads", drop(*LIFE, 0)),
    Break(
        "nothing_stays_for_ever",
        "Bucket keeps abandoned uploads",
        put(90, *LIFE, 0, "AbortIncompleteMultipartUpload", "DaysAfterInitiation"),
    ),
    Break(
        "nothing_stays_for_ever", "Bucket keeps old versions", put("Results/", *LIFE, 1, "Prefix")
    ),
    Break(
        "nothing_stays_for_ever",
        "Bucket keeps delete markers",
        drop(*LIFE, 1, "ExpiredObjectDeleteMarker"),
    ),
    Break("nothing_stays_for_ever", "Bucket keeps logs", put("Disabled", *LIFE, 2, "Status")),
    Break(
        "nothing_stays_for_ever",
        "what was erased may stay more than a month",
        lambda template: template["Parameters"]["OldVersionDays"].update(MaxValue=365),
    ),
    Break(
        "nothing_comes_in",
        "PrimaryFromCore lets in ::/0",
        put("::/0", "PrimaryFromCore", "CidrIpv6"),
    ),
    Break(
        "nothing_comes_in",
        "PrimarySecurityGroup[0] lets in 0.0.0.0/0",
        put([ANYBODY], "PrimarySecurityGroup", "SecurityGroupIngress"),
    ),
    Break(
        "nothing_comes_in",
        "CoreSecurityGroup lets out everything",
        drop("CoreSecurityGroup", "SecurityGroupEgress"),
    ),
    Break(
        "nothing_comes_in",
        "CoreSecurityGroup[0] lets out ('tcp', 22, 22)",
        put([ANYBODY], "CoreSecurityGroup", "SecurityGroupEgress"),
    ),
    Break(
        "nodes_are_private",
        "PrivateSubnet gives public addresses",
        drop("PrivateSubnet", "MapPublicIpOnLaunch"),
    ),
    Break(
        "nodes_are_private",
        "PublicDefaultRoute leads from the internet to nodes",
        put({"Ref": "PrivateRoutes"}, "PublicDefaultRoute", "RouteTableId"),
    ),
    Break(
        "emr_finds_its_tags",
        "CoreSecurityGroup is not tagged for EMR",
        drop("CoreSecurityGroup", "Tags"),
    ),
    Break(
        "emr_finds_its_tags",
        "PrivateSubnet is not tagged for EMR",
        put("True", "PrivateSubnet", "Tags", 1, "Value"),
    ),
    Break(
        "emr_finds_its_tags",
        "InstanceProfile is not named as its role",
        put("nodes", "InstanceProfile", "InstanceProfileName"),
    ),
    Break(
        "clusters_are_encrypted",
        "SecurityConfiguration encrypts nothing at rest",
        put(False, *EMR, "EncryptionConfiguration", "EnableAtRestEncryption"),
    ),
    Break(
        "clusters_are_encrypted",
        "SecurityConfiguration writes to S3 without the key",
        put("SSE-S3", *REST, "S3EncryptionConfiguration", "EncryptionMode"),
    ),
    Break(
        "clusters_are_encrypted",
        "SecurityConfiguration leaves disks in the clear",
        drop(*REST, "LocalDiskEncryptionConfiguration", "EnableEbsEncryption"),
    ),
    Break(
        "clusters_are_encrypted",
        "SecurityConfiguration ignores the certificates",
        put(False, *EMR, "EncryptionConfiguration", "EnableInTransitEncryption"),
    ),
    Break(
        "credentials_stay_on_nodes",
        "SecurityConfiguration allows IMDSv1",
        put(1, *METADATA, "MinimumInstanceMetadataServiceVersion"),
    ),
    Break(
        "credentials_stay_on_nodes",
        "SecurityConfiguration lets containers have the credentials",
        put(2, *METADATA, "HttpPutResponseHopLimit"),
    ),
    Break(
        "fits_any_partition",
        "'arn:aws:s3:::orchard' fits one place alone",
        state("JobPolicy", "Read", Resource="arn:aws:s3:::orchard"),
    ),
    Break(
        "fits_any_partition",
        "'com.amazonaws.eu-west-3.s3' fits one place alone",
        put("com.amazonaws.eu-west-3.s3", "S3Endpoint", "ServiceName"),
    ),
    Break(
        "fits_any_partition",
        "'s3.${AWS::Region}.amazonaws.com' is a host of one partition",
        state(
            *("LauncherPolicy", "KeyThroughS3"),
            Condition={"StringEquals": {"kms:ViaService": "s3.${AWS::Region}.amazonaws.com"}},
        ),
    ),
    Break(
        "settings_find_outputs",
        "SubnetId is not an output",
        lambda template: template["Outputs"].pop("SubnetId"),
    ),
    Break(
        "settings_find_outputs",
        "KeyArn is not always an output",
        lambda template: template["Outputs"]["KeyArn"].update(Condition="HasAlarm"),
    ),
    Break(
        "bills_are_watched",
        "nobody is warned of the bill",
        put(100, "Alarm", "NotificationsWithSubscribers", 0, "Notification", "Threshold"),
    ),
    Break(
        "bills_are_watched",
        "Alarm has nobody to tell",
        lambda template: template["Resources"]["Alarm"].pop("Condition"),
    ),
]
