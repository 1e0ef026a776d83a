"""The harness of beside_pyarrow.py sees what a kill does to both writers."""

from __future__ import annotations

from pathlib import Path

import pytest

from .beside_pyarrow import OUTCOMES, Ours, Peer, at_each_call
from .outputs import Scenario


@pytest.mark.faults
def test_ours_is_whole_where_a_plain_writer_is_not(
    scenarios: dict[str, Scenario], tmp_path: Path
) -> None:
    scenario = scenarios["grow"]
    ours = [outcome[0] for outcome in at_each_call(Ours(scenario, tmp_path))]
    assert set(ours) == {"before", "wanted"}
    peer = [outcome[0] for outcome in at_each_call(Peer("file", scenario, tmp_path))]
    assert set(peer) <= set(OUTCOMES)
    assert "unreadable" in peer
