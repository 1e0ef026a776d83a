"""Every setting of a cluster, with the mission's value as its default, and its meaning."""

from __future__ import annotations

import re
from dataclasses import Field, dataclass, field
from typing import TypeVar

REGION = re.compile(r"[a-z]{2,5}(?:-[a-z]+)+-[0-9]+")  # as eu-west-3
DAY_AND_HOUR = 90_000  # seconds
_TEXT = "text"
T = TypeVar("T")


def setting(default: T, text: str) -> T:
    """Return a field with a default and its meaning, a comment of the settings file."""
    attribute: T = field(default=default, metadata={_TEXT: text})
    return attribute


def meaning(one: Field[object]) -> str:
    """Return the meaning of a field."""
    return str(one.metadata[_TEXT])


@dataclass(frozen=True)
class Group:
    """Nodes of one kind. Each has `disks` EBS volumes of `disk_gb` GiB."""

    type: str = setting("m5.xlarge", "an EC2 type with an x86-64 processor")
    count: int = setting(1, "nodes")
    name: str = setting("", "as the console shows it")
    spot: bool = setting(
        False, "task only: use spot capacity, and on-demand nodes where there is none"
    )
    spot_types: tuple[str, ...] = setting((), "spot: alternative types, as large as the first")
    disk_type: str = setting("gp3", "EBS")
    disk_gb: int = setting(64, "GiB, of each EBS volume")
    disks: int = setting(1, "EBS volumes of a node")


@dataclass(frozen=True)
class Scaling:
    """Managed scaling: the service adds and removes core and task nodes between two counts."""

    enabled: bool = setting(False, "true: between minimum and maximum")
    minimum: int = setting(2, "core and task nodes together")
    maximum: int = setting(10, "core and task nodes together")
    maximum_core: int = setting(1, "the rest are task nodes")
    maximum_on_demand: int = setting(10, "the rest are spot")


@dataclass(frozen=True)
class Bootstrap:
    """What each node runs before anything else: it installs the wheels."""

    name: str = setting("Librairies", "as the console shows it")
    script: str = setting("", "s3://BUCKET/bootstrap.sh where empty")
    wheels: str = setting("", "s3://BUCKET/wheels/ where empty")
    folder: str = setting("wheels", "local folder whose wheels `up` uploads, by hash")


@dataclass(frozen=True)
class Job:
    """The arguments of pca.py. What is empty, 0 or false is left to pca.py."""

    script: str = setting("", "s3://BUCKET/pca.py where empty")
    photos: str = setting("", "PHOTOS; s3://BUCKET/Data where empty")
    out: str = setting("", "OUT; s3://BUCKET where empty: Preprocessing/ and Results/ beside Data/")
    model: str = setting(
        "efficientnet-lite0",
        "efficientnet-lite0, -lite1 or -lite2, or s3://BUCKET/FILE: Keras's ResNet50 (.h5), ONNX",
    )
    preset: str = setting(
        "", 'of an ONNX file: "timm", or parts such as "scale=-1..1,filter=bicubic"; else empty'
    )
    output: str = setting("", "the output that has the features, if an ONNX file has several")
    pool: str = setting(
        "", "cls or mean: how to reduce an ONNX output of tokens or a map to one vector"
    )
    input_size: int = setting(0, "pixels of a side of the network's input, 112 to 320; 0: its own")
    decode: str = setting(
        "", "exact, or fast: large JPEGs at a part of their size; empty: as OUT has it"
    )
    views: int = setting(
        0, "3 or 8: average the features over so many views of a photo; 0: as OUT has it"
    )
    precision: str = setting("", "fp32, bf16, int8 or auto; empty: as OUT has it, else fp32")
    include_hidden: bool = setting(
        False, "true: include hidden files, and files of the operating system"
    )
    components: str = setting(
        "50", 'number of components, or the share of the variance such as "0.95"'
    )
    scores: str = setting("centred", "centred, or spark: as Spark's own PCA computes them")
    path_mode: str = setting("plain", "plain, or hash: store no path of a photo")
    max_reject_rate: str = setting("0.05", "the job fails above this share of unreadable photos")
    photos_per_second: float = setting(
        0.0, "of one core, by `verger extract --threads 1`; 0: see docs/scale.md"
    )


@dataclass(frozen=True)
class Settings:
    """A cluster and its job. What is empty is left to the service, or follows from `bucket`."""

    name: str = setting("verger", "of the cluster; later commands find it by this")
    bucket: str = setting(
        "", "yours, without s3://; it holds bootstrap.sh, pca.py, wheels/, Data/, logs/, results"
    )
    region: str = setting("eu-west-3", "where the cluster runs: Paris")
    bucket_region: str = setting("", "region of the bucket; S3 is asked in any case")
    allowed_regions: tuple[str, ...] = setting(
        ("eu-west-3",), "requests to any other region are refused with exit code 7"
    )
    allowed_endpoints: tuple[str, ...] = setting(
        (), "hosts other than AWS's that requests may go to, as s3.example.org"
    )
    release: str = setting(
        "emr-7.5.0",
        "the mission's; its support has ended, emr-7.13.0 is supported to 21 April 2028",
    )
    applications: tuple[str, ...] = setting(
        ("Hadoop", "Spark", "TensorFlow", "JupyterHub", "Zeppelin"),
        "JupyterHub and Zeppelin are for notebooks: a job needs Hadoop and Spark alone",
    )
    architecture: str = setting(
        "x86_64", "of the wheels: the one for arm64 needs a newer system than EMR has"
    )
    log_uri: str = setting("", "s3://BUCKET/logs/ where empty")
    log_key: str = setting(
        "", "ARN of the logs' KMS key, the stack's KeyArn; empty: as the bucket encrypts"
    )
    key_pair: str = setting("", "EC2 key pair for ssh; empty: by Session Manager alone")
    service_role: str = setting(
        "verger-emr-service", "name or ARN; the stack's output ServiceRoleName"
    )
    instance_profile: str = setting(
        "verger-emr-node", "name or ARN; the stack's output InstanceProfileName"
    )
    security_configuration: str = setting(
        "", "encryption and IMDSv2; the stack's SecurityConfigurationName"
    )
    subnet: str = setting(
        "", "id or ARN; the stack's SubnetId; empty: the account's default network"
    )
    primary_security_group: str = setting(
        "", "the stack's PrimarySecurityGroup; empty: made by the service"
    )
    core_security_group: str = setting("", "the stack's CoreSecurityGroup")
    service_access_security_group: str = setting("", "the stack's ServiceAccessSecurityGroup")
    idle_seconds: int = setting(
        DAY_AND_HOUR, "an idle cluster ends by itself after 1 day and 1 hour (60 to 604,800 s)"
    )
    run_idle_seconds: int = setting(
        900, "the same for `verger cloud run`, whose cluster serves one job"
    )
    replace_unhealthy_nodes: bool = setting(True, "nodes that fail are replaced")
    termination_protection: bool = setting(False, "true: a cluster of `up` ends by `down` alone")
    root_disk_gb: int = setting(30, "GiB, of each node")
    primary: Group = setting(Group(name="Primary"), "the node that runs the driver of a job")
    core: Group = setting(Group(name="Core"), "nodes with HDFS: remove few, and slowly")
    task: Group = setting(Group(name="PCA", count=2), "nodes that only compute: these come and go")
    scaling: Scaling = setting(Scaling(), "managed scaling: nodes come as jobs need them")
    bootstrap: Bootstrap = setting(Bootstrap(), "the script that every node runs first")
    job: Job = setting(Job(), "the arguments of pca.py")
    tags: dict[str, str] = field(
        default_factory=dict, metadata={_TEXT: "more tags, for your bills"}
    )

    @property
    def groups(self) -> tuple[Group, ...]:
        """Return the groups that have nodes, the primary first."""
        return tuple(group for group in (self.primary, self.core, self.task) if group.count)

    @property
    def workers(self) -> int:
        """Return the number of core and task nodes."""
        return self.core.count + self.task.count

    @property
    def uses_fleets(self) -> bool:
        """Return whether nodes are fleets: groups cannot fall back from spot to on demand."""
        return self.task.spot and self.task.count > 0

    def in_bucket(self, name: str) -> str:
        """Return the URL of a name in the bucket."""
        return f"s3://{self.bucket}/{name}"

    @property
    def script(self) -> str:
        """Return the URL of pca.py."""
        return self.job.script or self.in_bucket("pca.py")

    @property
    def bootstrap_script(self) -> str:
        """Return the URL of bootstrap.sh."""
        return self.bootstrap.script or self.in_bucket("bootstrap.sh")

    @property
    def wheels(self) -> str:
        """Return the URL of the folder of wheels, with its last slash."""
        return (self.bootstrap.wheels or self.in_bucket("wheels")).rstrip("/") + "/"

    @property
    def logs(self) -> str:
        """Return the URL of the logs, with its last slash."""
        return (self.log_uri or self.in_bucket("logs")).rstrip("/") + "/"

    @property
    def photos(self) -> str:
        """Return the URL of the photos."""
        return self.job.photos or self.in_bucket("Data")

    @property
    def out(self) -> str:
        """Return the URL of the output."""
        return self.job.out or f"s3://{self.bucket}"

    @property
    def all_tags(self) -> dict[str, str]:
        """Return the tags of a cluster. AWS's managed policies require the first."""
        return {
            "for-use-with-amazon-emr-managed-policies": "true",
            "verger": self.name,
            **self.tags,
        }
