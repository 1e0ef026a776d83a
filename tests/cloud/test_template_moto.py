"""The templates become stacks: references, conditions and outputs work, as far as moto goes.

moto knows no Fn::Cidr, and of a bucket it makes only the encryption. Policies of buckets, outbound
rules and budgets it passes over, and it enforces no policy: those are test_template.py's.
"""

from __future__ import annotations

import ast
import importlib
import json
from collections.abc import Iterator
from typing import Any

import pytest
from moto import mock_aws
from verger.cloud.settings import Settings

from .protections import OUTPUTS
from .template import NETWORK, STORAGE, Template, load_file

REGION = "eu-west-3"
boto3: Any = importlib.import_module("boto3")  # it ships no types


@pytest.fixture(autouse=True)
def _moto(environment: pytest.MonkeyPatch) -> Iterator[None]:
    environment.setenv("AWS_DEFAULT_REGION", REGION)
    with mock_aws():
        yield


def known_to_moto(value: Any) -> Any:
    """The template with the halves of the network as moto's CloudFormation can take them."""
    match value:
        case {"Fn::Select": [half, {"Fn::Cidr": _}]}:
            return f"10.79.{8 * half}.0/21"
        case dict():
            return {key: known_to_moto(inner) for key, inner in value.items()}
        case list():
            return [known_to_moto(inner) for inner in value]
    return value


def deploy(**parameters: str) -> dict[str, str]:
    """Makes both stacks, with the parameters that each has; returns their outputs."""
    storage, network = known_to_moto(load_file(STORAGE)), known_to_moto(load_file(NETWORK))
    del storage["Resources"]["BucketPolicy"]  # moto warns of it, and warnings hide others
    assert parameters.keys() <= storage["Parameters"].keys() | network["Parameters"].keys()
    return {
        **deploy_one("verger", storage, parameters),
        **deploy_one("verger-network", network, parameters),
    }


def deploy_one(name: str, template: Template, parameters: dict[str, str]) -> dict[str, str]:
    stacks = boto3.client("cloudformation")
    stacks.create_stack(
        StackName=name,
        TemplateBody=json.dumps(template),
        Capabilities=["CAPABILITY_NAMED_IAM"],
        Parameters=[
            {"ParameterKey": key, "ParameterValue": value}
            for key, value in parameters.items()
            if key in template["Parameters"]
        ],
    )
    stack = stacks.describe_stacks(StackName=name)["Stacks"][0]
    assert stack["StackStatus"] == "CREATE_COMPLETE"
    return {each["OutputKey"]: each["OutputValue"] for each in stack["Outputs"]}


@pytest.mark.filterwarnings("ignore:Tried to parse")
def test_stacks_with_their_defaults() -> None:
    outputs = deploy()
    people = {"LauncherShellPolicyArn", "EraserPolicyArn"}
    assert set(outputs) == OUTPUTS | people
    # The defaults of the settings, where the stack is named as the cluster.
    assert outputs["ServiceRoleName"] == Settings().service_role
    assert outputs["InstanceProfileName"] == Settings().instance_profile

    rules = boto3.client("s3").get_bucket_encryption(Bucket=outputs["BucketName"])
    rule = rules["ServerSideEncryptionConfiguration"]["Rules"][0]
    assert rule["ApplyServerSideEncryptionByDefault"] == {
        "SSEAlgorithm": "aws:kms",
        "KMSMasterKeyID": outputs["KeyArn"],
    }
    iam = boto3.client("iam")
    profile = iam.get_instance_profile(InstanceProfileName=outputs["InstanceProfileName"])
    assert [role["RoleName"] for role in profile["InstanceProfile"]["Roles"]] == ["verger-emr-node"]
    subnets = boto3.client("ec2").describe_subnets()["Subnets"]
    ours = {one["SubnetId"]: one["CidrBlock"] for one in subnets if "10.79." in one["CidrBlock"]}
    assert sorted(ours.values()) == ["10.79.0.0/21", "10.79.8.0/21"]
    assert ours[outputs["SubnetId"]] == "10.79.0.0/21"


@pytest.mark.filterwarnings("ignore:Tried to parse")
def test_a_network_without_a_way_out_has_endpoints() -> None:
    deploy(Outbound="none")
    ec2 = boto3.client("ec2")
    assert ec2.describe_nat_gateways()["NatGateways"] == []
    services = [one["ServiceName"] for one in ec2.describe_vpc_endpoints()["VpcEndpoints"]]
    assert sorted(services) == [
        f"com.amazonaws.{REGION}.{name}" for name in ("kms", "s3", "ssm", "ssmmessages")
    ]


@pytest.mark.filterwarnings("ignore:Tried to parse")
def test_all_that_is_optional() -> None:
    optional = {"AlarmEmail": "a@b.example", "CertificatesKey": "certs/n.zip"}
    outputs = deploy(**optional)
    emr = boto3.client("emr")
    answer = emr.describe_security_configuration(Name=outputs["SecurityConfigurationName"])
    # AWS answers JSON; moto writes what it was given as Python does.
    configuration = ast.literal_eval(answer["SecurityConfiguration"])
    encryption = configuration["EncryptionConfiguration"]
    assert encryption["EnableInTransitEncryption"] is True
    certificates = encryption["InTransitEncryptionConfiguration"]["TLSCertificateConfiguration"]
    assert certificates["S3Object"] == f"s3://{outputs['BucketName']}/certs/n.zip"


@pytest.mark.filterwarnings("ignore:Tried to parse")
def test_your_own_subnet() -> None:
    ec2 = boto3.client("ec2")
    vpc = ec2.create_vpc(CidrBlock="10.1.0.0/16")["Vpc"]["VpcId"]
    subnet = ec2.create_subnet(VpcId=vpc, CidrBlock="10.1.0.0/24")["Subnet"]["SubnetId"]
    before = len(ec2.describe_vpcs()["Vpcs"])
    outputs = deploy(SubnetId=subnet, VpcId=vpc)
    assert outputs["SubnetId"] == subnet
    assert len(ec2.describe_vpcs()["Vpcs"]) == before
    groups = ec2.describe_security_groups(GroupIds=[outputs["PrimarySecurityGroup"]])
    assert groups["SecurityGroups"][0]["VpcId"] == vpc
