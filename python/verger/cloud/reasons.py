"""The reason why a cluster or a step ended, and the remedy, from EMR's messages."""

from __future__ import annotations

import re
from typing import Any

from verger.cloud.aws import QUOTA_REMEDY

_SPOT_GONE = re.compile(r"\bspot\b.*(?:terminat|reclaim|capacity|interrupt)")


def why_cluster_ended(cluster: dict[str, Any], logs: str) -> str:
    """Return why a cluster ended, from DescribeCluster's Cluster; "" if someone stopped it."""
    reason = cluster.get("Status", {}).get("StateChangeReason", {})
    code, message = reason.get("Code", ""), " ".join(reason.get("Message", "").split())
    text = message.lower()
    id_ = cluster.get("Id", "ID")
    look = f"'verger cloud logs --cluster {id_}"
    if code == "BOOTSTRAP_FAILURE" or "bootstrap action" in text:
        return (
            f"a bootstrap action failed: {message}: its log is in "
            f"{logs}{id_}/node/INSTANCE/bootstrap-actions/1/stderr.gz: {look} --bootstrap'"
        )
    if "vcpu" in text or "quota" in text:
        return f"a quota of your account is exceeded: {message}: {QUOTA_REMEDY}"
    if "insufficient" in text and "capacity" in text:
        return (
            f"AWS has no such nodes at present: {message}: choose another type or zone, or try "
            "later"
        )
    if _SPOT_GONE.search(text):
        return f"spot nodes were taken away: {message}: run it again; finished parts are safe"
    if code == "INSTANCE_FAILURE":
        return f"nodes failed: {message}: run it again; finished parts are safe"
    if code == "STEP_FAILURE":
        return f"its step failed: {message}: {look}'"
    if code == "VALIDATION_ERROR":
        return f"AWS refused it: {message}: check roles, subnet, key pair and types"
    if code in ("USER_REQUEST", "ALL_STEPS_COMPLETED", ""):
        return ""
    return f"{code}: {message}"


def was_idle(cluster: dict[str, Any]) -> bool:
    """Return whether the cluster ended by itself, for it was idle."""
    message = cluster.get("Status", {}).get("StateChangeReason", {}).get("Message", "")
    return "idle" in message.lower() or "auto-termination" in message.lower()


def why_step_failed(step: dict[str, Any], logs: str, cluster: str) -> str:
    """Return why a step failed, from DescribeStep's Step."""
    status = step.get("Status", {})
    failure = status.get("FailureDetails", {})
    reasons = [failure.get(key, "") for key in ("Reason", "Message")]
    reasons += [status.get("StateChangeReason", {}).get("Message", "")]
    text = "; ".join(" ".join(one.split()) for one in reasons if one) or "EMR gave no reason"
    where = failure.get("LogFile") or f"{logs}{cluster}/steps/{step.get('Id', 'STEP')}/"
    state = status.get("State", "FAILED").lower()
    look = f"'verger cloud logs --cluster {cluster}'"
    return f"the step {state}: {text}: its logs are in {where}: {look}"
