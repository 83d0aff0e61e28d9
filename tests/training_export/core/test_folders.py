"""A folder appears whole or not at all."""

from pathlib import Path

import pytest

from training_export.core.folders import FolderProblem, appearing_folder


def test_appears_when_all_went_well(tmp_path: Path) -> None:
    with appearing_folder(tmp_path / "new" / "out") as folder:
        (folder / "a").write_text("a")
        assert not (tmp_path / "new" / "out").exists()
    assert [path.name for path in (tmp_path / "new" / "out").iterdir()] == ["a"]
    assert [path.name for path in (tmp_path / "new").iterdir()] == ["out"]


def test_takes_the_place_of_an_empty_folder(tmp_path: Path) -> None:
    (tmp_path / "out").mkdir()
    with appearing_folder(tmp_path / "out") as folder:
        (folder / "a").write_text("a")
    assert (tmp_path / "out" / "a").read_text() == "a"


def test_leaves_nothing_behind_when_writing_fails(tmp_path: Path) -> None:
    with pytest.raises(KeyError), appearing_folder(tmp_path / "out") as folder:  # noqa: PT012
        (folder / "a").write_text("a")
        raise KeyError
    assert list(tmp_path.iterdir()) == []


def test_refuses_a_folder_with_something_in_it(tmp_path: Path) -> None:
    (tmp_path / "mine").write_text("mine")
    with pytest.raises(FolderProblem, match="nothing is overwritten"), appearing_folder(tmp_path):
        pass
    assert (tmp_path / "mine").read_text() == "mine"


def test_refuses_a_file(tmp_path: Path) -> None:
    (tmp_path / "out").write_text("mine")
    with pytest.raises(FolderProblem, match="is a file"), appearing_folder(tmp_path / "out"):
        pass


def test_refuses_a_folder_that_filled_up_in_the_meantime(tmp_path: Path) -> None:
    with pytest.raises(OSError), appearing_folder(tmp_path / "out"):  # noqa: PT012
        (tmp_path / "out").mkdir()
        (tmp_path / "out" / "theirs").write_text("theirs")
    assert [path.name for path in tmp_path.iterdir()] == ["out"]
