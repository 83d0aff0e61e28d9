"""Files packed with gzip."""

import gzip
import io
import json
from pathlib import Path

import pytest

from judging.core.readers import FileRefused, detect_format
from judging.core.readers.packed import is_packed, unpacked

ROW = json.dumps({"question": "Q", "answer": "A"}).encode()


def packed(folder: Path, raw: bytes, name: str = "rows.jsonl.gz") -> Path:
    path = folder / name
    path.write_bytes(gzip.compress(raw))
    return path


def test_a_file_is_unpacked_under_its_own_name_and_folders(tmp_path: Path) -> None:
    path = packed(tmp_path, ROW)
    copy = unpacked(path, tmp_path / "below")
    assert (is_packed(path), is_packed(copy), copy.name, copy.read_bytes()) == (True, False, "rows.jsonl", ROW)
    assert copy.parent.name == tmp_path.name
    assert unpacked(packed(tmp_path, ROW, "rows"), tmp_path / "other").name == "rows"


@pytest.mark.parametrize("keep", [3, 11, 40, -1])
def test_cut_off_files_are_refused(tmp_path: Path, keep: int) -> None:
    path = packed(tmp_path, ROW)
    path.write_bytes(path.read_bytes()[:keep])
    with pytest.raises(FileRefused, match="damaged"):
        unpacked(path, tmp_path / "below")


def test_damaged_and_foreign_content_is_refused(tmp_path: Path) -> None:
    path = packed(tmp_path, ROW * 50)
    raw = path.read_bytes()
    for changed in (raw[:20] + b"\xff" * 8 + raw[28:], b"\x1f\x8b" + b"junk" * 9, raw[:-8] + b"\0" * 8):
        path.write_bytes(changed)
        with pytest.raises(FileRefused, match="damaged"):
            unpacked(path, tmp_path / "below")


def test_damage_is_told_by_the_line_up_to_which_it_can_be_unpacked(tmp_path: Path) -> None:
    lines = b"".join(b'{"question": "%d", "answer": "%d"}\n' % (number, number**7) for number in range(9000))
    path = packed(tmp_path, lines)
    whole = path.read_bytes()
    path.write_bytes(whole[: len(whole) // 2])
    with pytest.raises(FileRefused, match="can be unpacked up to this line, and no further") as refused:
        unpacked(path, tmp_path / "below")
    assert 3000 < refused.value.line < 6000
    path.write_bytes(whole[:15])
    with pytest.raises(FileRefused) as at_once:
        unpacked(path, tmp_path / "below")
    assert at_once.value.line == 1


def test_bombs_are_refused_before_they_are_large(tmp_path: Path) -> None:
    path, target = tmp_path / "bomb.gz", io.BytesIO()
    with gzip.GzipFile(fileobj=target, mode="wb") as out:
        for _ in range(30):
            out.write(b"a" * 1_000_000)
    path.write_bytes(target.getvalue())
    with pytest.raises(FileRefused, match="unpacks to more than"):
        unpacked(path, tmp_path / "below")
    assert sum(found.stat().st_size for found in (tmp_path / "below").rglob("*.*")) < 10_000_000


def test_files_that_are_not_there_are_not_packed(tmp_path: Path) -> None:
    assert not is_packed(tmp_path / "nothing.gz")
    assert not is_packed(tmp_path)


@pytest.mark.parametrize(
    ("start", "message"),
    [
        (b"\x1f\x8b\x08\0", "packed with gzip"),
        (b"\x28\xb5\x2f\xfd\0\1", "packed with Zstandard"),
        (b"BZh91AY", "packed with bzip2"),
        (b"\xfd7zXZ\0", "packed with xz"),
        (b"7z\xbc\xaf\x27\x1c", "7-Zip archive"),
        (b"PK\x03\x04", "an archive"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1", "old Excel file"),
        (b"%PDF-1.7\n", "a PDF"),
        (b"ARROW1\0\0", "an Arrow file"),
        (b"\x80\x04\x95", "pickled Python, which is never run"),
    ],
)
def test_files_that_are_no_text_are_called_what_they_are(tmp_path: Path, start: bytes, message: str) -> None:
    path = tmp_path / "rows.jsonl"
    path.write_bytes(start + b"x" * 100)
    with pytest.raises(FileRefused, match=message):
        detect_format(path)
