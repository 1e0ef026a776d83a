"""The settings file: the mission's by default, read back as it was printed, wrong keys named."""

from __future__ import annotations

import dataclasses
import math
from datetime import date
from pathlib import Path

import pytest
from verger.cloud.checks import check
from verger.cloud.settings import Bootstrap, Group, Job, Scaling, Settings, meaning
from verger.cloud.settings_file import parse_settings, read_settings, settings_text
from verger.errors import BadCall

from .programs import mission

BEFORE = date(2026, 11, 20)
AFTER = date(2026, 11, 21)


def test_defaults_are_the_missions() -> None:
    settings = Settings()
    assert settings.release == "emr-7.5.0"
    assert settings.region == "eu-west-3"
    assert settings.applications == ("Hadoop", "Spark", "TensorFlow", "JupyterHub", "Zeppelin")
    groups = [(one.type, one.count) for one in (settings.primary, settings.core, settings.task)]
    assert groups == [("m5.xlarge", 1), ("m5.xlarge", 1), ("m5.xlarge", 2)]
    assert settings.task.name == "PCA"
    assert settings.bootstrap.name == "Librairies"
    assert settings.idle_seconds == (24 + 1) * 3600
    assert settings.run_idle_seconds < settings.idle_seconds
    assert settings.replace_unhealthy_nodes


def test_what_is_printed_reads_as_what_it_was() -> None:
    changed = mission(
        tags={"team": 'fruits, "red"'},
        task=Group(name="PCA", count=3, spot=True, spot_types=("m5a.xlarge",)),
        scaling=Scaling(enabled=True, maximum=20),
        allowed_endpoints=("s3.example.org",),
    )
    for settings in (Settings(), changed):
        assert parse_settings(settings_text(settings)) == settings


def test_every_setting_has_its_meaning_in_the_file() -> None:
    text = settings_text(Settings())
    for kind in (Settings, Group, Scaling, Bootstrap, Job):
        for field in dataclasses.fields(kind):
            assert f"# {meaning(field)}" in text, field.name


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ('name = "a"\nbuket = "b"\n', "line 2: buket: unknown setting: use bucket"),
        (
            '[task]\ntype = "m5.xlarge"\nconut = 3\n',
            "line 3: [task] conut: unknown setting: use count",
        ),
        ("[core]\n\n[task]\ncount = 2.5\n", "line 4: [task] count: give a whole number, not 2.5"),
        ("[task]\ncount = true\n", "line 2: [task] count: give a whole number, not True"),
        ("[task]\nspot = 1\n", "line 2: [task] spot: give true or false, not 1"),
        ("region = 3\n", "line 1: region: give a text, not 3"),
        ('applications = "Spark"\n', "line 1: applications: give a list of texts"),
        ("applications = [1]\n", "line 1: applications: give a list of texts"),
        ("task = 2\n", "line 1: task: is a section: write [task]"),
        ("[tags]\nyear = 2026\n", "line 1: tags: is a section of texts"),
        ("name = \n", "not TOML: "),
        ("[tasks]\ncount = 1\n", "line 1: tasks: unknown setting: use task"),
        (f"[core]\ncount = {'9' * 5000}\n", "not TOML: "),
        (f"[job]\nphotos_per_second = 1{'0' * 400}\n", "line 2: [job] photos_per_second: give"),
        (f"bucket = {'[' * 100_000}\n", "not TOML: "),
        ('region = ""\n', "line 1: region: '': give one such as eu-west-3"),
        ('region = "eu-west-3"\nallowed_regions = ["eu west 3; rm"]\n', "line 2: allowed_regions"),
        ('allowed_endpoints = ["https://S3.example:90"]\n', "give the host alone, as 's3.example'"),
        ('allowed_endpoints = ["MINIO"]\n', "line 1: allowed_endpoints: 'MINIO': give the host"),
        ("qqq = 1\n", "line 1: qqq: unknown setting: use one of allowed_endpoints, "),
    ],
)
def test_what_is_wrong_is_named_with_its_line(text: str, message: str) -> None:
    with pytest.raises(BadCall) as caught:
        parse_settings(text, "mine.toml")
    assert str(caught.value).startswith("mine.toml")
    assert message in str(caught.value)


def test_a_file_in_the_folder_is_used_and_one_that_is_named_must_be_there(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    assert read_settings(None) == Settings()
    Path("verger-cloud.toml").write_text('name = "pears"\n')
    assert read_settings(None).name == "pears"
    Path("verger-cloud.toml").write_text('name = "plums"\n', encoding="utf-8-sig")
    assert read_settings(None).name == "plums"
    with pytest.raises(BadCall, match=r"other\.toml: cannot be read.*verger cloud settings"):
        read_settings(Path("other.toml"))


def test_the_mission_passes_until_its_release_is_no_longer_supported() -> None:
    assert check(mission(), BEFORE) == []
    (warning,) = check(mission(), AFTER)
    assert "standard support ended on 20 November 2026" in warning
    assert "21 November 2027" in warning
    assert "emr-7.13.0 is supported to 21 April 2028" in warning
    assert check(mission(release="emr-7.13.0"), AFTER) == []


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"bucket": ""}, "bucket is empty: set it in the settings file, or give --bucket"),
        ({"bucket": "s3://orchard"}, "not the name of a bucket"),
        ({"name": ""}, "name ''"),
        ({"release": "7.5.0"}, "release '7.5.0': give one such as emr-7.5.0"),
        ({"applications": ("Hadoop",)}, "applications lacks Spark"),
        ({"architecture": "arm64"}, "wheels for x86_64 only"),
        ({"task": Group(type="m6g.xlarge")}, "[task] type m6g.xlarge is a Graviton"),
        ({"task": Group(type="c7gn.xlarge")}, "[task] type c7gn.xlarge is a Graviton"),
        ({"core": Group(spot=True)}, "[core] spot: AWS may take a core node away"),
        ({"primary": Group(spot=True)}, "[primary] spot"),
        ({"primary": Group(count=3)}, "[primary] count: give 1"),
        ({"core": Group(count=0)}, "[core] count: give at least 1"),
        ({"task": Group(count=-1)}, "[task] count -1"),
        ({"idle_seconds": 59}, "idle_seconds 59: give 60 to 604,800 s"),
        ({"run_idle_seconds": 604_801}, "run_idle_seconds 604801"),
        ({"task": Group(spot=True, spot_types=("m5.large",))}, "m5.large is not as large as"),
        ({"task": Group(spot=True, spot_types=("m6g.xlarge",))}, "m6g.xlarge is a Graviton"),
        ({"task": Group(disk_type="ssd")}, "[task] disk_type 'ssd'"),
        ({"bucket": "Orchard"}, "not the name of a bucket"),
        ({"bucket": "or..chard"}, "not the name of a bucket"),
        ({"bucket": "192.168.0.1"}, "not the name of a bucket"),
        ({"bucket": "xn--orchard"}, "not the name of a bucket"),
        ({"log_uri": "s3:///x"}, "s3:///x/: '' is not the name of a bucket"),
        ({"bootstrap": Bootstrap(wheels="s3://orchard/../x")}, "leave them out"),
        ({"job": Job(script="s3://B u c/x y.sh")}, "'B u c' is not the name of a bucket"),
        ({"job": Job(script="s3://orchard/x y.py")}, "x y.py: give a URL without spaces"),
        ({"job": Job(model="--preset")}, "[job] model '--preset'"),
        ({"job": Job(model="s3://A/x.onnx")}, "'A' is not the name of a bucket"),
        (
            {"job": Job(model="s3://a-1/x.onnx")},
            "[job] preset is empty: an ONNX file does not define",
        ),
        ({"job": Job(preset="--scale")}, "[job] preset '--scale'"),
        ({"job": Job(pool="max")}, "[job] pool 'max': give cls or mean"),
        ({"job": Job(decode="slow")}, "[job] decode 'slow': give exact or fast"),
        (
            {"job": Job(precision="fp16")},
            "[job] precision 'fp16': give fp32 or bf16 or int8 or auto",
        ),
        ({"job": Job(views=2)}, "[job] views 2: give 1 or 3 or 8"),
        ({"job": Job(input_size=110)}, "[job] input_size 110: give 112 to 320, a multiple of 4"),
        ({"job": Job(input_size=226)}, "[job] input_size 226: give 112 to 320, a multiple of 4"),
        ({"job": Job(output="--sync")}, "[job] output '--sync': give the name of an output"),
        ({"job": Job(scores="zzz")}, "[job] scores 'zzz': give centred or spark"),
        ({"job": Job(path_mode="hashh")}, "[job] path_mode 'hashh': give plain or hash"),
        ({"job": Job(photos_per_second=-1.0)}, "[job] photos_per_second -1.0"),
        ({"job": Job(photos_per_second=math.nan)}, "[job] photos_per_second nan"),
        ({"release": "emr-6.15.0"}, "release emr-6.15.0 is too old: the wheel needs glibc 2.34"),
        ({"region": ""}, "region ''"),
        ({"allowed_regions": ("eu west 3; rm",)}, "give names such as eu-west-3"),
        ({"tags": {"for-use-with-amazon-emr-managed-policies": "no"}}, "leave it out"),
        ({"tags": {"verger": ""}}, "[tags] verger: verger cloud sets it"),
        ({"tags": {"verger-launch": "1"}}, "[tags] verger-launch: verger cloud sets it"),
        ({"tags": {"AWS:x": "1"}}, "that do not begin with aws:"),
        ({"tags": {"team": "x" * 257}}, "[tags] team: give 256 characters at most"),
        ({"log_uri": "/var/log"}, "/var/log/: nodes read and write s3:// URLs"),
        (
            {"scaling": Scaling(enabled=True, minimum=5, maximum=2)},
            "[scaling] minimum 5, maximum 2,",
        ),
    ],
)
def test_what_cannot_work_is_refused(changes: dict[str, object], message: str) -> None:
    with pytest.raises(BadCall) as caught:
        check(mission(**changes), BEFORE)
    assert message in str(caught.value)


def test_all_errors_are_reported_at_once() -> None:
    with pytest.raises(BadCall) as caught:
        check(mission(bucket="", core=Group(count=0), idle_seconds=1), BEFORE)
    assert str(caught.value).count("; ") == 2


@pytest.mark.parametrize(
    ("changes", "warning"),
    [
        ({"subnet": ""}, "default network, which is public"),
        ({"security_configuration": ""}, "disks are not encrypted"),
        ({"task": Group(type="g4dn.xlarge")}, "g4dn.xlarge: its size is unknown"),
        ({"task": Group(spot=True)}, "spot_types is empty"),
        ({"termination_protection": True}, "termination_protection"),
        ({"release": "emr-7.3.0"}, "emr-7.3.0 was not tested: emr-7.5.0 and emr-7.13.0"),
    ],
)
def test_what_is_risky_is_warned_of(changes: dict[str, object], warning: str) -> None:
    (line,) = check(mission(**changes), BEFORE)
    assert warning in line
