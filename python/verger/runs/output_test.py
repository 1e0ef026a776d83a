from __future__ import annotations

from pathlib import Path

import pytest

from verger.errors import BadInput, Damaged, InUse
from verger.runs.conftest import commit_version, reject
from verger.runs.output import PCA_DOCUMENT, PREPROCESSING, RESULTS, Output
from verger.runs.storage import Place, open_place


def files(place: Place, folder: str) -> list[str]:
    """Names of files, without folders."""
    return [name for name in place.list(folder) if place.exists(f"{folder}/{name}")]


def test_no_version_until_one_is_committed(place: Place) -> None:
    with Output.open_for_writing(place) as output:
        assert output.manifest is None
        output.publish(output.next_part(PREPROCESSING), b"features")
        with pytest.raises(BadInput, match="extract"):
            output.reduced()
    with pytest.raises(BadInput, match="holds no output"):
        Output.open(place)


def test_staged_parts_appear_with_their_version(place: Place) -> None:
    with Output.open_for_writing(place) as output:
        output.stage(output.next_part(RESULTS), reject("results"))
        assert files(place, RESULTS) == []
        commit_version(output, "1")
        assert files(place, RESULTS) == ["_SUCCESS", "part-00001.parquet"]
        assert place.read(PCA_DOCUMENT) == b"pca 1"


def test_what_only_the_version_before_had_goes(place: Place) -> None:
    with Output.open_for_writing(place) as output:
        commit_version(output, "1")
        commit_version(output, "2")
    assert files(place, PREPROCESSING) == ["_SUCCESS", "part-00001.parquet"]
    assert files(place, RESULTS) == ["_SUCCESS", "part-00001.parquet"]
    state = [name for name in files(place, "_verger") if name != "lock"]
    assert state == ["manifest-000002.json", "moments-000002.bin", "pca-000002.json"]
    assert place.read(PCA_DOCUMENT) == b"pca 2"


def test_the_latest_version_stays_when_the_next_is_never_committed(place: Place) -> None:
    with Output.open_for_writing(place) as output:
        commit_version(output, "1")
        output.publish(output.next_part(PREPROCESSING), reject("of a killed run"))
        output.publish(output.next_part(RESULTS), reject("of a killed run"))
        output.stage(output.next_part(RESULTS), reject("staged by a killed run"))
        output.publish(output.versioned_name("pca", "json"), b"pca of a killed run")
    with Output.open_for_writing(place) as output:
        assert output.read(output.reduced().results[0].part.file) == reject("results 1")
        assert output.unlisted(PREPROCESSING) == ["Preprocessing/part-00001.parquet"]
        assert files(place, RESULTS) == ["_SUCCESS", "part-00000.parquet"]
        assert files(place, "_verger/staged") == []
        assert output.next_part(PREPROCESSING) == "Preprocessing/part-00002.parquet"


def test_the_copy_of_the_pca_is_mended(place: Place) -> None:
    with Output.open_for_writing(place) as output:
        commit_version(output, "1")
    place.remove(PCA_DOCUMENT)
    with Output.open_for_writing(place):
        assert place.read(PCA_DOCUMENT) == b"pca 1"


def test_one_writer_at_a_time(place: Place) -> None:
    with Output.open_for_writing(place) as output:
        commit_version(output, "1")
        with pytest.raises(InUse, match="another run"), Output.open_for_writing(place):
            pass
        assert Output.open(place).manifest == output.manifest, "readers need no lock"


def test_the_lock_goes_with_a_run_that_fails(place: Place) -> None:
    with pytest.raises(ZeroDivisionError), Output.open_for_writing(place):
        raise ZeroDivisionError
    with Output.open_for_writing(place):
        pass


def test_a_version_that_another_run_made_is_never_replaced(place: Place) -> None:
    with Output.open_for_writing(place) as output:
        place.publish("_verger/manifest-000001.json", b"{}")
        with pytest.raises(InUse, match="meanwhile"):
            commit_version(output, "1")
        assert place.read("_verger/manifest-000001.json") == b"{}"


@pytest.mark.parametrize(
    "name", ["Results/mine.parquet", "Preprocessing/part-0.parquet", PCA_DOCUMENT]
)
def test_files_of_others_are_refused_by_name(place: Place, name: str) -> None:
    place.make_folder(name.rpartition("/")[0])
    place.publish(name, b"{}")
    with pytest.raises(BadInput, match=name), Output.open_for_writing(place):
        pass
    assert place.read(name) == b"{}"


def test_a_version_killed_after_its_manifest_is_completed(place: Place) -> None:
    with Output.open_for_writing(place) as output:
        commit_version(output, "1")
        manifest = output.extracted()
    manifest.replaced = ["Preprocessing/part-00007.parquet"]
    place.publish(manifest.replaced[0], reject("outdated"))
    place.publish("_verger/manifest-000002.json", manifest.to_json().encode())
    place.remove("Preprocessing/_SUCCESS")
    with Output.open_for_writing(place) as output:
        assert files(place, PREPROCESSING) == ["_SUCCESS", "part-00000.parquet"]
        assert not place.exists("_verger/manifest-000001.json")
        assert output.next_part(PREPROCESSING) == "Preprocessing/part-00008.parquet"


def test_unfinished_work_stays_when_another_version_is_made(place: Place) -> None:
    with Output.open_for_writing(place) as output:
        commit_version(output, "1")
        work = output.publish(output.next_part(PREPROCESSING), reject("of a killed run"))
        manifest = output.extracted()
        manifest.replaced = []
        output.commit(manifest)
        assert output.unlisted(PREPROCESSING) == [work.name]


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
        with pytest.raises(Damaged, match=r"part-00000.parquet: not the bytes"):
            output.read(part)
        place.remove(part.name)
        with pytest.raises(Damaged, match=r"part-00000.parquet: missing"):
            output.read(part)


def test_temporaries_of_a_killed_run_go(tmp_path: Path) -> None:
    place = open_place(tmp_path)
    with Output.open_for_writing(place):
        pass
    names = ["Results/.verger-tmp-1", "_verger/.verger-tmp-2", "_verger/staged/.verger-tmp-3"]
    for name in names:
        place.publish(name, b"half")
    with Output.open_for_writing(place):
        assert not any(place.exists(name) for name in names)
