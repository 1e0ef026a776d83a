"""What the stack of deploy/cloudformation gave: settings, by the descriptions of its outputs."""

from __future__ import annotations

from dataclasses import replace

from verger.cloud.aws import Aws, aws_errors
from verger.cloud.settings import Settings
from verger.errors import BadInput


def with_stack(settings: Settings, aws: Aws, name: str) -> Settings:
    """The settings with a stack's outputs: each describes itself as the setting that it is for.

    Errors: VergerError; BadInput where there is no output that is a setting.
    """
    with aws_errors(f"read the stack {name}"):
        (stack,) = aws.client("cloudformation").describe_stacks(StackName=name)["Stacks"]
    values = {
        output.get("Description", ""): output["OutputValue"] for output in stack.get("Outputs", [])
    }
    top = {
        key: value for key, value in values.items() if isinstance(getattr(settings, key, 0), str)
    }
    if "bucket" not in top:
        raise BadInput(
            f"stack {name}: none of its outputs is a bucket: is it of verger.yaml, and is it done?"
        )
    role = values.get("serverless.execution_role", settings.serverless.execution_role)
    serverless = replace(settings.serverless, execution_role=role)
    return replace(settings, serverless=serverless, **top)
