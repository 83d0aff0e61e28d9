"""Encodings other than UTF-8: which one bytes look like, and a copy of a file in UTF-8 where a person named it.

Nothing is guessed into the database: a file in another encoding is refused by the name it looks like, and read only
when that name was given.
"""

import codecs
from pathlib import Path

BLOCK = 65_536
_WIDER = {"shift_jis": "cp932", "gb2312": "gb18030", "gbk": "gb18030", "euc_kr": "cp949"}
"""What such files are in truth: the wider set of characters of the same encoding."""
_NOT_OF_FILES = {"idna", "punycode", "unicode-escape", "raw-unicode-escape", "undefined", "utf-7", "mbcs", "oem"}
_BINARY = (b"PK\x03\x04", b"PAR1", b"SQLite format 3\x00", b"\x1f\x8b")

_KANA = "".join(map(chr, range(0x3041, 0x30FF)))
_COMMON = {
    "euc_jp": _KANA + "、。「」日本一人年大中国出時行見月分上生何気前間今地話来用者物事場言方長文会書問題答正",
    "cp932": _KANA + "、。「」日本一人年大中国出時行見月分上生何気前間今地話来用者物事場言方長文会書問題答正",
    "gb18030": "，。？！、：；“”的一是不了在人有我他这个们中来上大为和国地到以说时要就出会可也你对生能而子那得"
    "于着下自之年过发后作里用道行所然家种事成方多经么去法学如都同现当没动面起看定天分还进好小部其些主样理心问题答",
    "big5": "，。？！、：；「」的一是不了在人有我他這個們中來上大為和國地到以說時要就出會可也你對生能而子那得"
    "於著下自之年過發後作裡用道行所然家種事成方多經麼去法學如都同現當沒動面起看定天分還進好小部其些主樣理心問題答",
    "cp949": "이다는은을를가의에하고지도로한해서기사그나아리자시어인대정스라주부수전보일원요니까습당신것들않있없했된",
}
"""The commonest characters of the languages that an encoding is for."""
_NAMES = {
    "euc_jp": "EUC-JP (euc_jp)",
    "cp932": "Shift-JIS (cp932)",
    "gb18030": "GB18030 or GBK (gb18030)",
    "big5": "Big5 (big5)",
    "cp949": "EUC-KR (cp949)",
}
_LEAST, _RARE = 0.2, 0.3
"""What the average character outside ASCII counts for at least in the right encoding; what a rare one counts."""


class BadEncoding(ValueError):
    """A name that is no encoding of files, or a place where the file is not in the one it was said to be."""

    def __init__(self, message: str, line: int = 0) -> None:
        super().__init__(message)
        self.message = message
        self.line = line


def looks_like(raw: bytes) -> str:
    """The likeliest encoding of bytes outside UTF-8, as a person knows it; a cut-off last character is forgiven."""
    likely = {codec: _likelihood(raw, codec) for codec in _COMMON}
    best = max(likely, key=lambda codec: likely[codec])
    return _NAMES[best] if likely[best] >= _LEAST else "Latin-1 (Windows-1252, cp1252)"


def _likelihood(raw: bytes, codec: str) -> float:
    try:
        text = codecs.getincrementaldecoder(codec)("strict").decode(raw)
    except UnicodeDecodeError:
        return 0.0
    wide = [char for char in text if char > "\x7f"]
    # Rare characters speak for a language less than its commonest characters, and more than letters with accents.
    points = sum(1.0 if char in _COMMON[codec] else _RARE if _is_rare(char) else 0.0 for char in wide)
    return points / len(wide) if wide else 0.0


def _is_rare(char: str) -> bool:
    return "\u3041" <= char <= "\u30ff" or "\u4e00" <= char <= "\u9fff" or "\uac00" <= char <= "\ud7a3"


def encoding_named(name: str) -> str:
    """The codec that a person means; BadEncoding where there is none. '' for UTF-8, which needs none."""
    try:
        codec = codecs.lookup(name).name
        codec = _WIDER.get(codec, codec)
        "a".encode(codec)
    except (LookupError, ValueError):
        codec = "undefined"
    if codec in _NOT_OF_FILES:
        known = "cp932, euc_jp, iso2022_jp, gb18030, big5, cp949, utf-16, cp1252"
        raise BadEncoding(f"There is no encoding {name!r}. Use one of: {known}.")
    return "" if codec in {"utf-8", "utf-8-sig", "ascii"} else codec


def copy_in_utf8(path: Path, encoding: str, folder: Path) -> Path:
    """The file in UTF-8, under its own name and folders below `folder`; the file itself where it is no text."""
    codec = encoding_named(encoding)
    with path.open("rb") as file:
        if not codec or file.read(16).startswith(_BINARY):
            return path
    copy = folder.joinpath(*path.resolve().parts[1:])
    copy.parent.mkdir(parents=True, exist_ok=True)
    decoder, line = codecs.getincrementaldecoder(codec)("strict"), 1
    with path.open("rb") as file, copy.open("w", encoding="utf-8", newline="") as out:
        while True:
            raw = file.read(BLOCK)
            try:
                text = decoder.decode(raw, final=not raw)
                line += out.write(text) and text.count("\n")
            except UnicodeError as error:
                raise BadEncoding(_not_that(error, encoding), line + _lines_before(error)) from None
            if not raw:
                return copy


def _lines_before(error: UnicodeError) -> int:
    return error.object[: error.start].count(b"\n") if isinstance(error, UnicodeDecodeError) else 0


def _not_that(error: UnicodeError, encoding: str) -> str:
    raw = error.object[error.start :][:200] if isinstance(error, UnicodeDecodeError) else b""
    mend = "Name another with --encoding, or save the file as UTF-8."
    return f"The text is not {encoding}; it looks like {looks_like(raw)}. {mend}"
