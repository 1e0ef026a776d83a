"""Print the commands that open Spark's history, YARN's timeline, JupyterHub and Zeppelin here.

The primary node has no public address: its pages need a tunnel, by Session Manager or ssh.
"""

from __future__ import annotations

import argparse
import shlex

from verger.cloud.commands import options
from verger.cloud.context import Context
from verger.errors import Failed

PAGES = {
    "spark": ("Spark history", 18080, "http"),
    "yarn": ("YARN timeline", 8188, "http"),
    "jupyterhub": ("JupyterHub", 9443, "https"),
    "zeppelin": ("Zeppelin", 8890, "http"),
}


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add PAGE, --cluster and --ssh."""
    options.cluster(parser)
    parser.add_argument("page", nargs="?", choices=PAGES, help="all by default")
    parser.add_argument("--ssh", metavar="KEY.pem", help="connect by ssh with this key")


def run(context: Context) -> int:
    """Print the commands; run none."""
    args = context.args
    id_ = context.clusters.resolve(args.cluster)
    node = context.node_groups.primary(id_)
    instance, host = node.get("Ec2InstanceId"), node.get("PrivateDnsName")
    if not instance:
        raise Failed(f"{id_} has no primary node yet: wait, and check 'verger cloud status'")
    pages = {name: PAGES[name] for name in ([args.page] if args.page else PAGES)}
    lines, commands = [], {}
    for name, (title, port, scheme) in pages.items():
        if args.ssh:
            tunnel = f"ssh -i {shlex.quote(args.ssh)} -N -L {port}:{host}:{port} hadoop@{host}"
        else:
            tunnel = (
                f"aws ssm start-session --region {context.settings.region} --target {instance} "
                "--document-name AWS-StartPortForwardingSession "
                f"--parameters portNumber={port},localPortNumber={port}"
            )
        commands[name] = {"command": tunnel, "url": f"{scheme}://localhost:{port}"}
        lines.append(f"{title}: {scheme}://localhost:{port} while this runs:\n  {tunnel}")
    context.show("\n".join(lines), {"cluster": id_, "pages": commands})
    return 0
