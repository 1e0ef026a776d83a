"""Settings from the outputs of the stacks of deploy/cloudformation."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from verger.cloud.aws import Aws, aws_errors
from verger.cloud.settings import Settings
from verger.errors import BadInput

_NETWORK = "-network"  # of network.yaml's stack, after the name of verger.yaml's


def with_stack(settings: Settings, aws: Aws, name: str) -> Settings:
    """Return the settings with the outputs of the stacks `name` and `name`-network.

    The description of an output is the setting that it fills in. Errors: VergerError; BadInput if
    an output is missing.
    """
    values: dict[str, str] = {}
    for stack, setting, template in (
        (name, "bucket", "verger.yaml"),
        (name + _NETWORK, "subnet", "network.yaml"),
    ):
        outputs = _outputs(aws, stack, template)
        if setting not in outputs:
            raise BadInput(
                f"stack {stack} has no output {setting}: create the stack from "
                f"deploy/cloudformation/{template}, and wait until it is complete"
            )
        values |= outputs
    fields: dict[str, Any] = {
        key: value for key, value in values.items() if isinstance(getattr(settings, key, 0), str)
    }
    return replace(settings, **fields)


def _outputs(aws: Aws, stack: str, template: str) -> dict[str, str]:
    """Return the values of a stack's outputs by their descriptions."""
    with aws_errors(f"read the stack {stack} of deploy/cloudformation/{template}"):
        (answer,) = aws.client("cloudformation").describe_stacks(StackName=stack)["Stacks"]
    outputs: list[dict[str, Any]] = answer.get("Outputs", [])
    return {output.get("Description", ""): output["OutputValue"] for output in outputs}
