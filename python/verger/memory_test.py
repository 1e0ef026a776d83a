from __future__ import annotations

from pathlib import Path

import pytest

from verger.errors import Failed
from verger.memory import NO_LIMIT, available_memory
from verger.moments import Moments, require_memory


def put(file: Path, text: str) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(text)


def test_it_is_what_the_system_has_free_within_the_limits_of_control_groups(tmp_path: Path) -> None:
    assert available_memory(tmp_path) == NO_LIMIT
    put(tmp_path / "proc/meminfo", "MemTotal: 9 kB\nMemAvailable:  3000 kB\nSwapFree: 1000 kB\n")
    assert available_memory(tmp_path) == 4000 * 1024
    put(tmp_path / "proc/self/cgroup", "0::/outer/inner\n")
    put(tmp_path / "sys/fs/cgroup/outer/inner/memory.max", "max\n")
    put(tmp_path / "sys/fs/cgroup/outer/memory.max", "2000000\n")
    assert available_memory(tmp_path) == 2_000_000
    put(tmp_path / "sys/fs/cgroup/memory.max", "500000\n")  # a container's
    assert available_memory(tmp_path) == 500_000


def test_control_groups_of_version_one(tmp_path: Path) -> None:
    put(tmp_path / "proc/self/cgroup", "9:cpu:/a\n7:memory:/job\n0::/\n")
    put(tmp_path / "sys/fs/cgroup/memory/job/memory.limit_in_bytes", "700000\n")
    assert available_memory(tmp_path) == 700_000


def test_moments_that_cannot_fit_are_refused_with_the_remedy(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("verger.moments.available_memory", lambda: 4_000_000_000)
    require_memory(20_000)
    with pytest.raises(
        Failed, match="30000 numbers need 7.2 GB .* 4.0 GB are there: use a network"
    ):
        require_memory(30_000)


def test_empty_moments_of_wide_features_cost_nothing() -> None:
    many = [Moments(65536) for _ in range(100)]  # dense, each would take 34 GB
    many[0].merge(many[1])
    assert many[0].count == 0
