"""Every choice of a cluster, with the mission's as its default."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

REGION = re.compile(r"[a-z]{2,5}(?:-[a-z]+)+-[0-9]+")  # as eu-west-3
DAY_AND_HOUR = 90_000  # seconds


@dataclass(frozen=True)
class Group:
    """Nodes of one kind. Each has `disks` EBS volumes of `disk_gb` GiB."""

    type: str = "m5.xlarge"
    count: int = 1
    name: str = ""
    spot: bool = False  # task nodes only: they are on demand where there is no spot capacity
    spot_types: tuple[str, ...] = ()  # types that will do as well, each as large as `type`
    disk_type: str = "gp3"
    disk_gb: int = 64
    disks: int = 1


@dataclass(frozen=True)
class Scaling:
    """Managed scaling: the service adds and removes core and task nodes between two counts."""

    enabled: bool = False
    minimum: int = 2  # core and task nodes together
    maximum: int = 10
    maximum_core: int = 1  # all others are task nodes
    maximum_on_demand: int = 10


@dataclass(frozen=True)
class Bootstrap:
    """What each node runs before anything else: it installs the wheels."""

    name: str = "Librairies"
    script: str = ""  # s3://BUCKET/bootstrap.sh where empty
    wheels: str = ""  # s3://BUCKET/wheels/ where empty
    folder: str = "wheels"  # here: what `up` uploads


@dataclass(frozen=True)
class Job:
    """What pca.py is told, beside PHOTOS and OUT."""

    script: str = ""  # s3://BUCKET/pca.py where empty
    photos: str = ""  # s3://BUCKET/Data where empty
    out: str = ""  # s3://BUCKET where empty: Preprocessing and Results stand beside Data
    model: str = "efficientnet-lite0"
    preset: str = ""  # empty: the model's own
    components: str = "50"
    scores: str = "centred"
    path_mode: str = "plain"
    max_reject_rate: str = "0.05"
    photos_per_second: float = 0.0  # of one core, measured; 0: the documents' figure


@dataclass(frozen=True)
class Serverless:
    """EMR Serverless, the alternative without a cluster. Workers have 1, 2, 4, 8 or 16 vCPUs."""

    execution_role: str = ""  # an ARN
    worker_cpus: int = 4
    worker_memory_gb: int = 16
    worker_disk_gb: int = 20
    workers: int = 3  # at most, beside the driver
    idle_minutes: int = 15


@dataclass(frozen=True)
class Settings:
    """A cluster and its job. What is empty is left to the service, or follows from `bucket`."""

    name: str = "verger"
    bucket: str = ""
    region: str = "eu-west-3"
    bucket_region: str = ""  # `region` where empty
    allowed_regions: tuple[str, ...] = ("eu-west-3",)
    allowed_endpoints: tuple[str, ...] = ()  # hosts other than AWS's that requests may go to
    release: str = "emr-7.5.0"
    applications: tuple[str, ...] = ("Hadoop", "Spark", "TensorFlow", "JupyterHub", "Zeppelin")
    architecture: str = "x86_64"
    log_uri: str = ""  # s3://BUCKET/logs/ where empty
    log_key: str = ""  # KMS key of the logs
    key_pair: str = ""
    service_role: str = "verger-emr-service"
    instance_profile: str = "verger-emr-node"
    security_configuration: str = ""
    subnet: str = ""
    primary_security_group: str = ""
    core_security_group: str = ""
    service_access_security_group: str = ""
    idle_seconds: int = DAY_AND_HOUR
    run_idle_seconds: int = 900
    replace_unhealthy_nodes: bool = True
    termination_protection: bool = False
    root_disk_gb: int = 30
    primary: Group = Group(name="Primary")
    core: Group = Group(name="Core")
    task: Group = Group(name="PCA", count=2)
    scaling: Scaling = Scaling()
    bootstrap: Bootstrap = Bootstrap()
    job: Job = Job()
    serverless: Serverless = Serverless()
    tags: dict[str, str] = field(default_factory=dict)

    @property
    def groups(self) -> tuple[Group, ...]:
        """The groups that have nodes, the primary first."""
        return tuple(group for group in (self.primary, self.core, self.task) if group.count)

    @property
    def workers(self) -> int:
        """Core and task nodes."""
        return self.core.count + self.task.count

    @property
    def uses_fleets(self) -> bool:
        """Whether nodes come as fleets: groups cannot fall back from spot to on demand."""
        return self.task.spot and self.task.count > 0

    def in_bucket(self, name: str) -> str:
        """The URL of a name in the bucket."""
        return f"s3://{self.bucket}/{name}"

    @property
    def script(self) -> str:
        """The URL of pca.py."""
        return self.job.script or self.in_bucket("pca.py")

    @property
    def bootstrap_script(self) -> str:
        """The URL of bootstrap.sh."""
        return self.bootstrap.script or self.in_bucket("bootstrap.sh")

    @property
    def wheels(self) -> str:
        """The URL of the folder of wheels, with its last slash."""
        return (self.bootstrap.wheels or self.in_bucket("wheels")).rstrip("/") + "/"

    @property
    def logs(self) -> str:
        """The URL of the logs, with its last slash."""
        return (self.log_uri or self.in_bucket("logs")).rstrip("/") + "/"

    @property
    def photos(self) -> str:
        """The URL of the photos."""
        return self.job.photos or self.in_bucket("Data")

    @property
    def out(self) -> str:
        """The URL of the output."""
        return self.job.out or f"s3://{self.bucket}"

    @property
    def all_tags(self) -> dict[str, str]:
        """The tags of whatever is started. The first is what AWS's managed policies ask for."""
        return {
            "for-use-with-amazon-emr-managed-policies": "true",
            "verger": self.name,
            **self.tags,
        }
