"""That steps are carried out on every kind of place; which ones, core/runs/steps_test.cc has."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from verger.errors import BadInput, Damaged, InUse, StorageError
from verger.runs.conftest import commit_version, pca_of, reject
from verger.runs.output import Output
from verger.runs.rules import PCA_DOCUMENT, PREPROCESSING, RESULTS
from verger.runs.storage import LocalPlace, Place, open_place


def files(place: Place, folder: str) -> list[str]:
    """Names of files, without folders."""
    return [name for name in place.list(folder) if place.exists(f"{folder}/{name}")]


def named(output: Output) -> set[str]:
    """The parts and state that the manifest names."""
    manifest, reduction = output.extracted(), output.reduced()
    parts = [part.file for part in manifest.preprocessing]
    results = [result.part.file for result in reduction.results]
    return {file.name for file in [*parts, *results, manifest.moments, reduction.pca]}


def all_files(place: Place) -> set[str]:
    """The same kinds of files that are there."""
    folders = (PREPROCESSING, RESULTS, "_verger")
    names = {f"{folder}/{name}" for folder in folders for name in files(place, folder)}
    others = ("_verger/lock", "_verger/manifest", f"{PREPROCESSING}/_", f"{RESULTS}/_")
    return {name for name in names if not name.startswith(others)}


def test_no_version_until_one_is_committed(place: Place) -> None:
    with pytest.raises(BadInput, match="has no output"):
        Output.open(place)
    with Output.open_for_writing(place) as output:
        assert output.manifest is None
        output.publish(output.next_part(PREPROCESSING), reject("features"))
    with pytest.raises(BadInput, match="a run was stopped here"):
        Output.open(place)


def test_a_version_replaces_the_one_before(place: Place) -> None:
    with Output.open_for_writing(place) as output:
        output.stage(output.next_part(RESULTS), reject("results"))
        assert files(place, RESULTS) == []
        for content in ("1", "2"):
            commit_version(output, content)
            assert all_files(place) == named(output)
            assert place.read(PCA_DOCUMENT) == pca_of(content)
    assert Output.open(place).manifest == output.manifest
    assert place.exists("Preprocessing/_SUCCESS")
    assert place.exists("Results/_SUCCESS")


def test_the_next_run_clears_what_a_killed_one_left(place: Place) -> None:
    with Output.open_for_writing(place) as output:
        commit_version(output, "1")
        work = output.publish(output.next_part(PREPROCESSING), reject("work"))
        output.publish(output.next_part(RESULTS), reject("of no version"))
        output.stage(output.next_part(RESULTS), reject("staged"))
        output.publish(output.versioned_name("pca"), b"pca of a killed run")
        place.remove(PCA_DOCUMENT)
    with Output.open_for_writing(place) as output:
        assert all_files(place) == named(output) | {work.name}
        assert output.unlisted() == [work.name]
        assert files(place, "_verger/staged") == []
        assert place.read(PCA_DOCUMENT) == pca_of("1")
        assert output.next_part(PREPROCESSING).startswith("Preprocessing/part-00002")


def test_a_run_that_fails_removes_what_it_has_staged(place: Place) -> None:
    def fail() -> None:
        with Output.open_for_writing(place) as output:
            place.publish("_verger/staged/another-part-00000.parquet", b"")
            output.stage(output.next_part(RESULTS), reject("results"))
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail()
    assert files(place, "_verger/staged") == ["another-part-00000.parquet"]
    with Output.open_for_writing(place):  # and lets the lock go
        pass


@pytest.mark.parametrize("what", ["a link to nowhere", "a folder", "not a manifest"])
def test_nothing_is_removed_where_the_manifest_cannot_be_read(tmp_path: Path, what: str) -> None:
    place = open_place(tmp_path)
    with Output.open_for_writing(place) as output:
        commit_version(output, "1")
    before = all_files(place)
    manifest = tmp_path / "_verger" / "manifest-000001.json"
    manifest.unlink()
    if what == "a link to nowhere":
        manifest.symlink_to(tmp_path / "nowhere")
    elif what == "a folder":
        manifest.mkdir()
    else:
        manifest.write_bytes(b"{}")
    for open_output in (Output.open, lambda place: Output.open_for_writing(place).__enter__()):
        with pytest.raises(StorageError, match=r"manifest-000001\.json"):
            open_output(place)
    assert all_files(place) == before


def test_one_writer_at_a_time(place: Place) -> None:
    with Output.open_for_writing(place) as output:
        commit_version(output, "1")
        with pytest.raises(InUse, match="another run"), Output.open_for_writing(place):
            pass
        assert Output.open(place).manifest == output.manifest, "readers need no lock"


def test_a_version_that_another_run_made_is_never_replaced(place: Place) -> None:
    with Output.open_for_writing(place) as output:
        place.publish("_verger/manifest-000001.json", b"{}")
        with pytest.raises(InUse, match="in the meantime"):
            commit_version(output, "1")
        assert place.read("_verger/manifest-000001.json") == b"{}"


def test_a_run_that_lost_its_lock_touches_nothing_of_the_other(bucket: Path) -> None:
    place = open_place("s3://fruits/OUT")
    with Output.open_for_writing(place) as slow:
        slow_part, slow_pca = slow.next_part(PREPROCESSING), slow.versioned_name("pca")
        lock = place.read("_verger/lock")
        place.remove("_verger/lock")  # as if nobody had renewed it for long
        with Output.open_for_writing(place) as other:
            commit_version(other, "1")
            before = {name: place.read(name) for name in all_files(place)}
            # Its tasks know of no lock.
            place.publish_new(slow_part, reject("late"))
            for late in (slow.publish, slow.stage):
                with pytest.raises(InUse, match="taken over the lock"):
                    late(slow_pca, b"late")
            with pytest.raises(InUse, match="taken over the lock"):
                slow.commit(other.extracted())
        assert {name: place.read(name) for name in before} == before
        place.publish("_verger/lock", lock)


def test_names_are_plain_on_a_disk(tmp_path: Path) -> None:
    with Output.open_for_writing(open_place(tmp_path)) as output:
        assert output.next_part(RESULTS) == "Results/part-00000.parquet"
        assert output.versioned_name("moments") == "_verger/moments-000001.bin"


@pytest.mark.parametrize(
    "name", ["Results/mine.parquet", "Preprocessing/part-0.parquet", PCA_DOCUMENT]
)
def test_files_of_others_are_refused_by_name(place: Place, name: str) -> None:
    place.make_folder(name.rpartition("/")[0])
    place.publish(name, b"{}")
    with pytest.raises(BadInput, match=name), Output.open_for_writing(place):
        pass
    assert place.read(name) == b"{}"


def test_names_that_are_not_text_are_refused_as_well(tmp_path: Path) -> None:
    (tmp_path / "Results").mkdir()
    (tmp_path / os.fsdecode(b"Results/\xff\x1b.parquet")).write_bytes(b"{}")
    message = r"Results/\\xff\\x1b\.parquet: not written by verger"
    with pytest.raises(BadInput, match=message), Output.open_for_writing(open_place(tmp_path)):
        pass


def test_results_go_with_the_features_they_were_made_of(place: Place) -> None:
    with Output.open_for_writing(place) as output:
        commit_version(output, "1")
        manifest = output.extracted()
        manifest.reduction = None
        output.commit(manifest)
    assert files(place, RESULTS) == []
    assert not place.exists(PCA_DOCUMENT)
    with pytest.raises(BadInput, match="reduce"):
        Output.open(place).reduced()


def test_a_file_that_changed_is_named(place: Place) -> None:
    with Output.open_for_writing(place) as output:
        commit_version(output, "1")
        part = output.extracted().preprocessing[0].file
        place.publish(part.name, b"features 2")
        with pytest.raises(Damaged, match=r"part-00000.*\.parquet: not the bytes"):
            output.read(part)
        place.remove(part.name)
        with pytest.raises(Damaged, match=r"part-00000.*\.parquet: missing"):
            output.read(part)


def test_temporaries_of_a_killed_run_go(tmp_path: Path) -> None:
    place = LocalPlace(str(tmp_path), str(tmp_path))
    with Output.open_for_writing(place):
        pass
    names = ["Results/.verger-tmp-1", "_verger/.verger-tmp-2", "_verger/staged/.verger-tmp-3"]
    for name in names:
        place.publish(name, b"half")
    with Output.open_for_writing(place):
        assert not any(place.exists(name) for name in names)
