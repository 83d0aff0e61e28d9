"""The encoding that an upload offers, from the first bytes of its file."""

from pathlib import Path

import pytest

from annotation.actions.uploads.looking import encoding_of

TEXT = "question\nポンプは何ボルトで動きますか\n答え、問いです。\n"


@pytest.mark.parametrize(
    ("raw", "encoding"),
    [
        (TEXT.encode(), ""),
        (TEXT.encode("utf-8-sig"), ""),
        (TEXT.encode("cp932"), "cp932"),
        (TEXT.encode("euc_jp"), "euc_jp"),
        (TEXT.encode("utf-16"), "utf-16"),
        (TEXT.encode("utf-32"), "utf-32"),
        ("question\nl'été, où est la pompe\n".encode("cp1252"), "cp1252"),
        # Damaged UTF-8 is no other encoding, and what looks like nothing is offered as nothing.
        (TEXT.encode() + b"\xe3\x83 and more\n" * 2, ""),
        (b"question\nx\x81\xff\x01y and more\n", ""),
        (bytes(200), ""),
        (b"", ""),
    ],
)
def test_an_upload_offers_what_its_bytes_look_like(tmp_path: Path, raw: bytes, encoding: str) -> None:
    path = tmp_path / "a.csv"
    path.write_bytes(raw)
    assert encoding_of(path) == encoding
