import pytest

from annotation.core.differences import GONE, NEW, SAME, Part, differences


@pytest.mark.parametrize(
    ("old", "new", "found"),
    [
        ("", "", ()),
        ("as it was", "as it was", (Part(SAME, "as it was"),)),
        ("a red car", "a blue car", (Part(SAME, "a "), Part(GONE, "red"), Part(NEW, "blue"), Part(SAME, " car"))),
        ("", "new", (Part(NEW, "new"),)),
        ("old", "", (Part(GONE, "old"),)),
        ("東京は首都", "京都は首都", (Part(GONE, "東"), Part(SAME, "京"), Part(NEW, "都"), Part(SAME, "は首都"))),
    ],
)
def test_what_changed(old: str, new: str, found: tuple[Part, ...]) -> None:
    assert differences(old, new) == found


@pytest.mark.parametrize("lines", [3, 900])
def test_both_texts_can_be_read_from_the_parts(lines: int) -> None:
    old = "".join(f"line {n} of it\n" for n in range(lines))
    new = old.replace("line 2 ", "LINE two ") + "and one more"
    found = differences(old, new)
    assert "".join(part.text for part in found if part.kind != NEW) == old
    assert "".join(part.text for part in found if part.kind != GONE) == new
    assert any(part.kind == SAME for part in found)
