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
    "cp1252": "Latin-1 (Windows-1252, cp1252)",
    "utf-8": "UTF-8 (utf-8)",
}
_BEFORE, _BEHIND = 4000, 400
"""Bytes around a place that tell what the text is in."""
MEND = "Save the file as UTF-8 and import it again, or name its encoding with --encoding."
_UNMARKED = "Name utf-16-le or utf-16-be, or the encoding that it is in."
_LEAST, _SURE, _RARE = 0.2, 0.5, 0.3
"""What the average character outside ASCII counts for at least in the right encoding, and where it is surely right;
what a rare one counts."""


class BadEncoding(ValueError):
    """A name that is no encoding of files, or a place where the file is not in the one it was said to be."""

    def __init__(self, message: str, line: int = 0) -> None:
        super().__init__(message)
        self.message = message
        self.line = line


def likeliest(raw: bytes) -> str:
    """The likeliest codec of bytes, '' where it is none of the known; a cut-off last character is forgiven.

    UTF-8 is likeliest where most of its characters are whole: a damaged one does not make it another encoding.
    """
    if _is_utf8(raw):
        return "utf-8"
    likely = {codec: _likelihood(raw, codec) for codec in _COMMON}
    best = max(likely, key=lambda codec: likely[codec])
    if likely[best] >= _LEAST:
        return best
    return "cp1252" if _is_latin(raw) else ""


def _is_utf8(raw: bytes) -> bool:
    text = codecs.getincrementaldecoder("utf-8")("replace").decode(raw)
    wide = sum(char > "\x7f" for char in text)
    broken = text.count("\ufffd")
    return wide - broken >= 2 * broken and wide > broken


def _is_latin(raw: bytes) -> bool:
    """Whether every byte is a letter of Western Europe, and none a mark that only machines write."""
    try:
        text = raw.decode("cp1252")
    except UnicodeDecodeError:
        return False
    return all(char >= " " or char in "\t\n\r\f" for char in text)


def why_not(encoding: str, codec: str, error: UnicodeDecodeError) -> str:
    """What a text is instead of what it was said to be, or that it is damaged here."""
    raw = _around(error)
    found = codec if _was(codec, error, raw) else likeliest(raw)
    if found == codec:
        byte = f"0x{error.object[error.start]:02x}"
        return f"The text is not {encoding} here: the byte {byte} belongs to no character. Mend the line. {MEND}"
    if not found:
        return f"The text is not {encoding}, and looks like no other encoding: it is damaged, or no text. {MEND}"
    return f"The text is not {encoding}; it looks like {_NAMES[found]}. {MEND}"


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


def _around(error: UnicodeDecodeError) -> bytes:
    """What tells the encoding: from the beginning of the line, where a character begins in all of them."""
    start = error.object.rfind(b"\n", 0, error.start) + 1
    start = start if error.start - start <= _BEFORE else error.start
    return error.object[start : error.start + _BEHIND]


def _was(codec: str, error: UnicodeDecodeError, raw: bytes) -> bool:
    """Whether a text was in an encoding up to a place, and is damaged there."""
    if codec == "utf-8" or _is_utf8(raw):
        return codec == "utf-8" and _is_utf8(raw)
    if codec.startswith(("utf-16", "utf-32")):
        return True
    return codec in _COMMON and _likelihood(error.object[: error.start], codec) >= _SURE


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
            except UnicodeDecodeError as error:
                bad_line = line + error.object[: error.start].count(b"\n")
                raise BadEncoding(why_not(encoding, codec, error), bad_line) from None
            except UnicodeError:
                message = f"The text is not {encoding}: it begins without a byte order mark. {_UNMARKED}"
                raise BadEncoding(message, line) from None
            if not raw:
                return copy
