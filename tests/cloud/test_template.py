"""The templates of what lives long keep every rule of policies.py and protections.py."""

from __future__ import annotations

import dataclasses
import inspect
import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from types import ModuleType

import pytest
from verger.cloud.settings import Settings

from . import policies, policy_breaks, protection_breaks, protections
from .breaks import Break
from .template import STORAGE, TEMPLATES, Template, load_template, resources, statements, yaml

CLOUD = Path(__file__).parents[2] / "python" / "verger" / "cloud"


def rules_of(module: ModuleType) -> dict[str, Callable[[Template], Iterator[str]]]:
    """The rules of a module, by their names."""
    functions = inspect.getmembers(module, inspect.isfunction)
    return {n: f for n, f in functions if f.__module__ == module.__name__ and not n.startswith("_")}


RULES = {**rules_of(policies), **rules_of(protections)}
BREAKS = policy_breaks.BREAKS + protection_breaks.BREAKS


@pytest.mark.parametrize("rule", RULES)
def test_the_templates_keep(rule: str) -> None:
    assert list(RULES[rule](load_template())) == []


@pytest.mark.parametrize("broken", BREAKS, ids=lambda broken: f"{broken.rule}: {broken.says}")
def test_a_violation_is_reported(broken: Break) -> None:
    template = load_template()
    broken.change(template)
    assert template != load_template(), "the change changes nothing"
    assert broken.says in list(RULES[broken.rule](template))


def test_every_rule_can_be_broken() -> None:
    assert {broken.rule for broken in BREAKS} == set(RULES)


def cfn_lint(template: Path, *options: str) -> subprocess.CompletedProcess[str]:
    """Runs the real one, with what it knows of each resource of AWS: it needs no network."""
    program = str(Path(sys.executable).with_name("cfn-lint"))
    command = [program, *options, "--template", str(template)]
    return subprocess.run(command, capture_output=True, text=True, timeout=300)


@pytest.mark.parametrize("template", TEMPLATES, ids=lambda template: template.name)
def test_cfn_lint_finds_nothing(template: Path) -> None:
    lint = cfn_lint(template, "--include-checks", "I")
    assert (lint.returncode, lint.stdout) == (0, ""), lint.stdout + lint.stderr


def test_cfn_lint_finds_what_is_wrong(tmp_path: Path) -> None:
    wrong = tmp_path / "wrong.yaml"
    good = STORAGE.read_text(encoding="utf-8")
    wrong.write_text(good.replace("EnableKeyRotation:", "EnableKeyRotatoin:"), encoding="utf-8")
    lint = cfn_lint(wrong)
    assert lint.returncode != 0
    assert "EnableKeyRotatoin" in lint.stdout


def test_cloudformation_can_read_them() -> None:
    """It takes no aliases, and 51,200 bytes where a template is not put in a bucket first."""
    for template in TEMPLATES:
        source = template.read_text(encoding="utf-8")
        assert not any(isinstance(token, yaml.AliasToken) for token in yaml.scan(source))
        assert len(source.encode()) < 51_200
    sids = [statement.where for statement in statements(load_template())]
    assert len(sids) == len(set(sids))


def test_outputs_say_which_setting_they_are() -> None:
    settings = {field.name for field in dataclasses.fields(Settings)}
    outputs = load_template()["Outputs"]
    descriptions = {
        outputs[name]["Description"] for name in protections.OUTPUTS - {"LauncherPolicyArn"}
    }
    assert descriptions <= settings
    assert len(descriptions) == len(protections.OUTPUTS) - 1


def test_people_may_do_what_verger_cloud_does_and_no_more() -> None:
    """Compare the calls of boto3 in verger.cloud with the actions of LauncherPolicy."""
    call = re.compile(
        r"""(?:_emr|emr|_s3|client\("s3"\))\.(?!get_paginator)([a-z_0-9]+)\("""
        r"""|(?:pages\(\s*[\w.]+,\s*|get_paginator\()"([a-z_0-9]+)"""
    )
    called = {
        "".join(word.capitalize() for word in (one or other).split("_"))
        for file in CLOUD.rglob("*.py")
        for one, other in call.findall(file.read_text(encoding="utf-8"))
    }
    # It takes no prefix: policies that let people list by prefix deny it. GetBucketLocation does.
    assert "HeadBucket" not in called
    # The actions of S3 have other names than its calls.
    names = {"HeadObject": "GetObject", "ListObjectsV2": "ListBucket"}
    needed = {names.get(name, name) for name in called - {"GetPaginator"}}
    of_launchers = [
        statement
        for statement in statements(load_template())
        if statement.where.startswith("LauncherPolicy.")
    ]
    services = ("elasticmapreduce:", "s3:")
    allowed = {
        action.partition(":")[2]
        for statement in of_launchers
        for action in statement.actions
        if action.startswith(services)
    }
    # Tags come with a launch, and the AWS command line uploads photos in pieces.
    along = {"AddTags", "AbortMultipartUpload"}
    assert needed == allowed - along


def test_policies_are_as_short_as_iam_wants() -> None:
    """6,144 characters of a managed policy, less its spaces; names are at their longest here."""
    for name, body in resources(load_template(), "AWS::IAM::ManagedPolicy").items():
        written = yaml.safe_dump(body["PolicyDocument"], width=10**6)
        longest = {"${AWS::Partition}": "aws-eusc", "${AWS::Region}": "eusc-de-east-1"}
        for variable, value in longest.items():
            written = written.replace(variable, value)
        assert len("".join(written.split())) < 6_144, name


def test_a_stack_is_described_by_its_name() -> None:
    """Then IAM compares NAME/* with the policy: one with the stack's whole id would deny it."""
    (outputs,) = (
        statement
        for statement in statements(load_template())
        if statement.where == "LauncherPolicy.Outputs"
    )
    stacks = ":${AWS::Region}:${AWS::AccountId}:stack/${AWS::StackName}"
    storage, network = outputs.resources
    assert storage.endswith(f"{stacks}/*")
    assert network.endswith(f"{stacks}-network/*")
