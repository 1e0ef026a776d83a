"""How a test breaks a rule of the template: a change, and what the rule must then say."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from .template import Template

Change = Callable[[Template], object]


@dataclass(frozen=True)
class Break:
    """`change` breaks `rule`, which must say `says`."""

    rule: str
    says: str
    change: Change


def of(template: Template, resource: str, *path: str | int) -> Any:
    """What lies at a path in the properties of a resource; a policy's statement by its Sid."""
    value = template["Resources"][resource]["Properties"]
    for key in path:
        if isinstance(value, list) and isinstance(key, str):
            value = next(each for each in value if each.get("Sid") == key)
        else:
            value = value[key]
    return value


def statement(template: Template, resource: str, sid: str) -> dict[str, Any]:
    """A statement of a policy, also of a key's."""
    document = "KeyPolicy" if resource == "Key" else "PolicyDocument"
    body: dict[str, Any] = of(template, resource, document, "Statement", sid)
    return body


def put(value: Any, *path: str | int) -> Change:
    """Puts a value at a path of `of`."""
    return lambda template: of(template, *_but_last(path)).__setitem__(path[-1], value)


def drop(*path: str | int) -> Change:
    """Removes what lies at a path of `of`."""
    return lambda template: of(template, *_but_last(path)).__delitem__(path[-1])


def state(resource: str, sid: str, **fields: Any) -> Change:
    """Changes fields of a statement; None removes one."""

    def change(template: Template) -> None:
        body = statement(template, resource, sid)
        for name, value in fields.items():
            if value is None:
                del body[name]
            else:
                body[name] = value

    return change


def trust(role: str, **fields: Any) -> Change:
    """Changes whom a role trusts."""
    path = (role, "AssumeRolePolicyDocument", "Statement", 0)
    return lambda template: of(template, *path).update(fields)


def _but_last(path: tuple[str | int, ...]) -> tuple[Any, ...]:
    return path[:-1]
