"""Settings to the requests of EMR Serverless: the same job without a cluster.

There are no bootstrap actions: the wheels come as one archive, unpacked where Python finds it.
"""

from __future__ import annotations

from verger.cloud.request import (
    HEAP_SHARE,
    LAUNCH_TAG,
    OVERHEAD_FACTOR,
    STEP_NAME,
    Request,
    job_arguments,
    last_of_arn,
)
from verger.cloud.settings import Settings

ARCHIVE = "verger-site.tar.gz"  # beside the wheels
TIMEOUT_MINUTES = 12 * 60  # the service's own default, said so that the plan shows it


def create_application(settings: Settings, token: str) -> Request:
    """CreateApplication. Idle, it costs nothing, and stops."""
    serverless = settings.serverless
    most = serverless.workers + 1  # and the driver
    request: Request = {
        "name": settings.name,
        "releaseLabel": settings.release,
        "type": "SPARK",
        "clientToken": token,
        "architecture": "X86_64",
        "maximumCapacity": {
            "cpu": f"{most * serverless.worker_cpus} vCPU",
            "memory": f"{most * serverless.worker_memory_gb} GB",
            "disk": f"{most * serverless.worker_disk_gb} GB",
        },
        "autoStartConfiguration": {"enabled": True},
        "autoStopConfiguration": {"enabled": True, "idleTimeoutMinutes": serverless.idle_minutes},
        "monitoringConfiguration": _monitoring(settings),
        "tags": settings.all_tags,
    }
    if settings.subnet:
        network = {"subnetIds": [last_of_arn(settings.subnet)]}
        if settings.core_security_group:
            network["securityGroupIds"] = [last_of_arn(settings.core_security_group)]
        request["networkConfiguration"] = network
    return request


def start_job_run(
    settings: Settings, application: str, photos: str, out: str, token: str
) -> Request:
    """StartJobRun."""
    return {
        "applicationId": application,
        "clientToken": token,
        "name": STEP_NAME,
        "executionRoleArn": settings.serverless.execution_role,
        "executionTimeoutMinutes": TIMEOUT_MINUTES,
        "jobDriver": {
            "sparkSubmit": {
                "entryPoint": settings.script,
                "entryPointArguments": job_arguments(settings, photos, out),
                "sparkSubmitParameters": _parameters(settings),
            }
        },
        "configurationOverrides": {"monitoringConfiguration": _monitoring(settings)},
        "tags": {**settings.all_tags, LAUNCH_TAG: token},
    }


def _monitoring(settings: Settings) -> Request:
    logs = {"logUri": settings.logs}
    if settings.log_key:
        logs["encryptionKeyArn"] = settings.log_key
    return {
        "s3MonitoringConfiguration": logs,
        # The service's own copy of the event log holds paths of photos for 30 days.
        "managedPersistenceMonitoringConfiguration": {"enabled": False},
    }


def _parameters(settings: Settings) -> str:
    serverless = settings.serverless
    heap = f"{int(serverless.worker_memory_gb * 1024 * HEAP_SHARE)}m"
    conf = {
        "spark.archives": f"{settings.wheels}{ARCHIVE}#site",
        "spark.emr-serverless.driverEnv.PYTHONPATH": "./site",
        "spark.executorEnv.PYTHONPATH": "./site",
        "spark.driver.cores": str(serverless.worker_cpus),
        "spark.driver.memory": heap,
        "spark.driver.memoryOverheadFactor": OVERHEAD_FACTOR,
        "spark.executor.cores": str(serverless.worker_cpus),
        "spark.executor.memory": heap,
        "spark.executor.memoryOverheadFactor": OVERHEAD_FACTOR,
        "spark.emr-serverless.driver.disk": f"{serverless.worker_disk_gb}G",
        "spark.emr-serverless.executor.disk": f"{serverless.worker_disk_gb}G",
        "spark.dynamicAllocation.maxExecutors": str(serverless.workers),
    }
    return " ".join(f"--conf {name}={value}" for name, value in conf.items())
