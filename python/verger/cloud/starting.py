"""A start whose outcome is always told, also where its answer was lost or Ctrl-C came."""

from __future__ import annotations

from verger.cloud.aws import Unanswered
from verger.cloud.cluster import Clusters
from verger.cloud.request import LAUNCH_TAG
from verger.cloud.watch import Say
from verger.errors import VergerError


def start_surely(clusters: Clusters, launch: str, say: Say) -> str:
    """The id of the cluster that was started.

    Errors: VergerError if none was, or if that is not known: then that was said.
    """
    try:
        return clusters.start_idle(launch)
    except (Unanswered, KeyboardInterrupt) as error:
        say("the answer was lost: looking whether a cluster was started")
        try:
            found = clusters.find(launch)
        except (VergerError, KeyboardInterrupt) as failure:
            say(
                f"WARNING: a cluster may run, tagged {LAUNCH_TAG}={launch}, and could not be "
                f"looked for ({failure}): look for it by 'verger cloud status', stop it by "
                "'verger cloud down'"
            )
            raise error from failure
        for id_ in found:
            say(f"{id_} was started and runs: 'verger cloud down --cluster {id_}' stops it")
        if not found or isinstance(error, KeyboardInterrupt):
            raise
        return found[0]
