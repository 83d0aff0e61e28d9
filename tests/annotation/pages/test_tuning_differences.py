"""What a draft changes is in sight, however long the prompt is."""

import pytest

from annotation.pages.tuning import changed_prompts

LONG = "".join(f"Line {n}.\n" for n in range(1, 41))


def shown(new: str) -> str:
    ((_part, _role, parts),) = changed_prompts({"judge": {"system": LONG}}, {"judge": {"system": new}})
    return "".join(part.text if part.kind == "same" else f"[{part.kind}: {part.text.strip()}]" for part in parts)


@pytest.mark.parametrize(
    ("new", "seen"),
    [
        (LONG + "Be strict.\n", "…\nLine 38.\nLine 39.\nLine 40.\n[new: Be strict.]"),
        ("Be strict.\n" + LONG, "[new: Be strict.]Line 1.\nLine 2.\nLine 3.\n…\n"),
    ],
)
def test_a_change_at_either_end_stands_beside_its_lines(new: str, seen: str) -> None:
    assert shown(new) == seen


def test_between_two_changes_the_lines_beside_both_are_kept() -> None:
    assert "Line 1.\nLine 2.\nLine 3.\n…\nLine 38.\nLine 39.\nLine 40.\n" in shown("A.\n" + LONG + "B.\n")


def test_a_short_text_is_shown_whole() -> None:
    ((_part, _role, parts),) = changed_prompts({"judge": {"user": "Say it."}}, {"judge": {"user": "Say it. Now."}})
    assert parts[0].text.startswith("Say it.")
