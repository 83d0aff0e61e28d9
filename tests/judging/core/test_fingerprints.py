"""What a folder of a model is known by."""

from pathlib import Path

import pytest

from judging.core import fingerprints
from judging.core.fingerprints import counted, fingerprint, short_names


def model(folder: Path, weights: bytes) -> Path:
    folder.mkdir(parents=True)
    (folder / "config.json").write_text("{}")
    (folder / "model.safetensors").write_bytes(weights)
    return folder


def test_the_same_content_is_the_same_model_wherever_it_lies(tmp_path: Path) -> None:
    one, other = model(tmp_path / "a/step", b"weights"), model(tmp_path / "b/moved", b"weights")
    assert fingerprint(one) == fingerprint(other)
    assert fingerprint(one) != fingerprint(model(tmp_path / "c/step", b"weightS"))


def test_of_a_big_file_blocks_are_read_up_to_its_end(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in (("WHOLE", 100), ("BLOCK", 10), ("BLOCKS", 3)):
        monkeypatch.setattr(fingerprints, name, value)
    first = fingerprint(model(tmp_path / "a", b"x" * 1000))
    assert fingerprint(model(tmp_path / "b", b"x" * 999 + b"y")) != first
    assert fingerprint(model(tmp_path / "c", b"x" * 1001)) != first


def test_names_are_as_short_as_they_can_be() -> None:
    assert short_names(["/runs/a/step-1", "/runs/b/step-1"]) == ["a/step-1", "b/step-1"]
    assert short_names(["/runs/a/step-1", "/runs/a/step-2"]) == ["step-1", "step-2"]
    assert short_names(["org/m"]) == ["m"]
    assert sorted(["step-10", "step-9"], key=counted) == ["step-9", "step-10"]
