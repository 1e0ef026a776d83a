"""The templates of deploy/cloudformation as data, and the policy statements in them."""

from __future__ import annotations

import importlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

_FOLDER = Path(__file__).parents[2] / "deploy" / "cloudformation"
STORAGE, NETWORK = _FOLDER / "verger.yaml", _FOLDER / "network.yaml"
TEMPLATES = (STORAGE, NETWORK)

Template = dict[str, Any]

yaml: Any = importlib.import_module("yaml")  # it ships no types


# YAML with CloudFormation's short forms, as !Ref.
_Loader: Any = type("_Loader", (yaml.SafeLoader,), {})


def _short_form(loader: Any, name: str, node: Any) -> dict[str, Any]:
    value: Any
    if isinstance(node, yaml.ScalarNode):
        value = loader.construct_scalar(node)
    elif isinstance(node, yaml.SequenceNode):
        value = loader.construct_sequence(node, deep=True)
    else:
        value = loader.construct_mapping(node, deep=True)
    if name == "GetAtt":
        value = value.split(".", 1)
    return {name if name in ("Ref", "Condition") else f"Fn::{name}": value}


_Loader.add_multi_constructor("!", _short_form)


def load_file(file: Path) -> Template:
    """A template, with every short form written out."""
    loaded: Template = yaml.load(file.read_text(encoding="utf-8"), _Loader)
    return loaded


def load_template() -> Template:
    """Both templates as one, with the exported value in place of each import."""
    storage, network = map(load_file, TEMPLATES)
    assert not storage["Resources"].keys() & network["Resources"].keys()
    outputs = storage["Outputs"].values()
    exports = {text(one["Export"]["Name"]): one["Value"] for one in outputs if "Export" in one}
    imported = _with_exports(network, exports)
    sections = ("Parameters", "Conditions", "Resources", "Outputs")
    return {section: storage[section] | imported[section] for section in sections}


def _with_exports(value: Any, exports: dict[str, Any]) -> Any:
    """The value with each import replaced. A bucket's ARN reads as in the bucket's own template."""
    match value:
        case {"Fn::ImportValue": {"Fn::Sub": str(name)}}:
            return exports[name.replace("${Stack}", "${AWS::StackName}")]
        case {"Fn::Sub": [str(inner), dict(values)]}:
            for name, imported in values.items():
                inner = inner.replace(f"${{{name}}}", text(_with_exports(imported, exports)))
            return {
                "Fn::Sub": inner.replace("arn:${AWS::Partition}:s3:::${Bucket}", "${Bucket.Arn}")
            }
        case dict():
            return {key: _with_exports(inner, exports) for key, inner in value.items()}
        case list():
            return [_with_exports(inner, exports) for inner in value]
    return value


@dataclass(frozen=True)
class Statement:
    """One statement of one policy."""

    where: str  # "LauncherPolicy.Launch": its resource and its Sid
    kind: str  # identity, trust, bucket, key or endpoint: whose policy it is
    roles: tuple[str, ...]  # an identity's: the roles of the template that have it
    body: dict[str, Any]

    @property
    def allows(self) -> bool:
        return bool(self.body["Effect"] == "Allow")

    @property
    def actions(self) -> list[str]:
        return listed(self.body.get("Action"))

    @property
    def resources(self) -> list[str]:
        """Each as `text` has it."""
        return [text(resource) for resource in listed(self.body.get("Resource"))]

    def condition(self, *operators: str) -> dict[str, Any]:
        """The keys that these operators test, with what they are to be."""
        tests = self.body.get("Condition", {})
        return {key: value for name in operators for key, value in tests.get(name, {}).items()}


def listed(value: Any) -> list[Any]:
    """What policies write as one thing or as a list of things."""
    if value is None:
        return []
    return value if isinstance(value, list) else [value]


def text(value: Any) -> str:
    """A string, !Sub, !Ref or !GetAtt as one string: ${Bucket.Arn}."""
    match value:
        case {"Fn::Sub": str(inner)}:
            return inner
        case {"Ref": str(name)}:
            return f"${{{name}}}"
        case {"Fn::GetAtt": [name, attribute]}:
            return f"${{{name}.{attribute}}}"
    return str(value)


def resources(template: Template, kind: str) -> dict[str, dict[str, Any]]:
    """Properties of all resources of a type, by their names."""
    entries = template["Resources"].items()
    return {name: body.get("Properties", {}) for name, body in entries if body["Type"] == kind}


def strings(value: Any) -> Iterator[str]:
    """All strings in a value, keys included."""
    if isinstance(value, dict):
        for key, inner in value.items():
            yield from strings(key)
            yield from strings(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from strings(inner)
    elif isinstance(value, str):
        yield value


def statements(template: Template) -> Iterator[Statement]:
    """Every statement of every policy in the template."""
    for name, body in template["Resources"].items():
        properties = body.get("Properties", {})
        match body["Type"]:
            case "AWS::IAM::Policy" | "AWS::IAM::ManagedPolicy":
                kind, document = "identity", properties["PolicyDocument"]
            case "AWS::IAM::Role":
                kind, document = "trust", properties["AssumeRolePolicyDocument"]
                assert "Policies" not in properties, "policies are resources of their own"
            case "AWS::S3::BucketPolicy":
                kind, document = "bucket", properties["PolicyDocument"]
            case "AWS::KMS::Key":
                kind, document = "key", properties["KeyPolicy"]
            case "AWS::EC2::VPCEndpoint" if "PolicyDocument" in properties:
                kind, document = "endpoint", properties["PolicyDocument"]
            case _:
                continue
        roles = _roles_with(template, name)
        for number, statement in enumerate(document["Statement"]):
            yield Statement(f"{name}.{statement.get('Sid', number)}", kind, roles, statement)


def _roles_with(template: Template, policy: str) -> tuple[str, ...]:
    """Roles that a policy is attached to, from either side."""
    properties = template["Resources"][policy].get("Properties", {})
    named = [text(role)[2:-1] for role in listed(properties.get("Roles"))]
    for role, of_role in resources(template, "AWS::IAM::Role").items():
        if {"Ref": policy} in listed(of_role.get("ManagedPolicyArns")):
            named.append(role)
    return tuple(named)
