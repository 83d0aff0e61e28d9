"""judge_prompts.jsonl of FastChat: its rows become the prompts of a rubric of ours, and nothing in them is executed.

Their templates are Python's str.format. The text between the placeholders goes into ours as text; a placeholder may be
one of the known names and nothing else. Which of two prompts a question gets, with or without the reference, is decided
by its category inside the template, so that one rubric holds the whole rule.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path
from string import Formatter
from typing import Any

from judging.core.pairs import A_B_TIE
from judging.core.scales import Criterion, Scale
from judging.core.specs import RubricSpec

REFERENCE_CATEGORIES = ("math", "reasoning", "coding", "arena-hard-200", "taxonomy")
"""Questions of these are judged by the reference."""

SINGLE, PAIR = "single", "pair"
TURNS = (1, 2)
RATING = Scale(low=1, high=10)
KINDS: Mapping[tuple[str, int], tuple[str, str]] = {
    (SINGLE, 1): ("single-v1", "single-math-v1"),
    (SINGLE, 2): ("single-v1-multi-turn", "single-math-v1-multi-turn"),
    (PAIR, 1): ("pair-v2", "pair-math-v1"),
    (PAIR, 2): ("pair-v2-multi-turn", "pair-math-v1-multi-turn"),
}
"""The names of the two prompts that judge a turn: without and with the reference."""

REFERENCES = {"ref_answer_1": "turns[0].reference", "ref_answer_2": "turns[1].reference"}
PLACES: Mapping[tuple[str, int], Mapping[str, str]] = {
    (SINGLE, 1): {"question": "turns[0].question", "answer": "turns[0].answer", **REFERENCES},
    (SINGLE, 2): {
        "question_1": "turns[0].question", "question_2": "turns[1].question",
        "answer_1": "turns[0].answer", "answer_2": "turns[1].answer", **REFERENCES,
    },
    (PAIR, 1): {
        "question": "turns[0].question", "answer_a": "turns[0].answer_a", "answer_b": "turns[0].answer_b",
        **REFERENCES,
    },
    (PAIR, 2): {
        "question_1": "turns[0].question", "question_2": "turns[1].question",
        "answer_a_1": "turns[0].answer_a", "answer_a_2": "turns[1].answer_a",
        "answer_b_1": "turns[0].answer_b", "answer_b_2": "turns[1].answer_b", **REFERENCES,
    },
}  # fmt: skip
"""Their placeholders, and what our templates call the same."""


class PromptsRefused(ValueError):
    """The file cannot be used; the message names it, the line and the mend."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PromptKind:
    """One row of the file. `ratings`: the legacy pair prompt, which asks for two numbers."""

    name: str
    system: str
    template: str
    ratings: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class PromptFile:
    """The prompts of a file by name, and what the file was."""

    kinds: Mapping[str, PromptKind]
    sha256: str = ""
    name: str = ""
    extra: Mapping[str, Any] = field(default_factory=dict)


def read_prompt_file(path: Path) -> PromptFile:
    """The prompts of a judge_prompts.jsonl. PromptsRefused names the line that is not one."""
    try:
        content = path.read_bytes()
        lines = content.decode("utf-8-sig").split("\n")
    except OSError as error:
        raise PromptsRefused(
            f"{path} cannot be read ({error.strerror}). Name the judge_prompts.jsonl of FastChat's tree."
        ) from error
    except UnicodeDecodeError as error:
        raise PromptsRefused(f"{path.name} is not UTF-8. Save it as UTF-8.") from error
    found = {kind.name: kind for kind in _rows(path.name, lines)}
    if not found:
        raise PromptsRefused(f"{path.name} holds no prompts. Name the judge_prompts.jsonl of FastChat's tree.")
    return PromptFile(kinds=found, sha256=sha256(content).hexdigest(), name=path.name)


def _rows(name: str, lines: Sequence[str]) -> Iterator[PromptKind]:
    for number, line in enumerate(lines, start=1):
        if not line.strip():
            continue
        try:
            row = json.loads(line)
        except ValueError as error:
            raise PromptsRefused(f"{name}:{number}: the line is no JSON ({error}). Mend it.") from error
        yield _kind(f"{name}:{number}", row)


def _kind(where: str, row: Any) -> PromptKind:
    texts = {"name", "system_prompt", "prompt_template"}
    if not isinstance(row, dict) or not all(isinstance(row.get(key), str) for key in texts):
        raise PromptsRefused(f"{where}: a prompt has name, system_prompt and prompt_template, all texts. Add them.")
    ratings = row.get("output_format") == "[[rating_a,rating_b]]"
    return PromptKind(name=row["name"], system=row["system_prompt"], template=row["prompt_template"], ratings=ratings)


def single_rubric(
    file: PromptFile, *, name: str = "mt-bench", turns: Sequence[int] = TURNS, merged: bool = False
) -> RubricSpec:
    """The rubric that rates one answer, turn by turn. `merged`: the system message begins the user's.

    PromptsRefused where the file lacks a prompt, or one has a placeholder that nothing is known of.
    """
    criteria = tuple(Criterion(f"turn_{turn}", RATING) for turn in turns)
    prompts = {f"turn_{turn}": _roles(file, (SINGLE, turn), merged=merged) for turn in turns}
    return RubricSpec(name=name, kind="score", criteria=criteria, prompts=prompts)


def pair_rubric(
    file: PromptFile, *, name: str = "mt-bench-pair", turns: Sequence[int] = TURNS, merged: bool = False
) -> RubricSpec:
    """The rubric that compares two answers, each turn in both orders; otherwise as `single_rubric`."""
    criteria = tuple(Criterion(f"turn_{turn}", A_B_TIE.scale) for turn in turns)
    prompts = {
        f"turn_{turn}_{order}": _roles(file, (PAIR, turn), merged=merged) for turn in turns for order in ("ab", "ba")
    }
    return RubricSpec(name=name, kind="pair", criteria=criteria, prompts=prompts)


def kind_name(mode: str, turn: int, category: str) -> str:
    """The name of the prompt that judges a turn of a question of this category."""
    plain, by_reference = KINDS[mode, turn]
    return by_reference if category in REFERENCE_CATEGORIES else plain


def _roles(file: PromptFile, place: tuple[str, int], *, merged: bool) -> dict[str, str]:
    """The two templates of a turn, the category choosing between the prompts inside them."""
    plain, by_reference = (_named(file, name) for name in KINDS[place])
    places = PLACES[place]
    system = _by_category(escaped(plain.system), escaped(by_reference.system))
    user = _by_category(
        _converted(file.name, plain, places), _guard(place) + _converted(file.name, by_reference, places)
    )
    return {"user": f"{system}\n{user}"} if merged else {"system": system, "user": user}


def _guard(place: tuple[str, int]) -> str:
    """A prompt with references is not for a question that lacks one of them: saying its name in vain says so."""
    needed = [f"turns[{number}].reference" for number in range(place[1])]
    return "".join(f"{{% if not {name} %}}{{{{ {name} }}}}{{% endif %}}" for name in needed)


def _by_category(plain: str, by_reference: str) -> str:
    if plain == by_reference:
        return plain
    return f"{{% if category in {list(REFERENCE_CATEGORIES)} %}}{by_reference}{{% else %}}{plain}{{% endif %}}"


def _named(file: PromptFile, name: str) -> PromptKind:
    if name not in file.kinds:
        raise PromptsRefused(
            f"{file.name} has no prompt named {name}; it has {', '.join(sorted(file.kinds))}. "
            "Add the row, or name another judge_prompts.jsonl."
        )
    return file.kinds[name]


def _converted(file: str, kind: PromptKind, places: Mapping[str, str]) -> str:
    """A str.format template as one of ours."""
    try:
        pieces = list(Formatter().parse(kind.template))
    except ValueError as error:
        raise PromptsRefused(
            f"{file}: the template of {kind.name} cannot be read ({error}). Double the brace."
        ) from error
    text = []
    for literal, name, spec, conversion in pieces:
        text.append(escaped(literal))
        if name is None:
            continue
        if spec or conversion or name not in places:
            raise PromptsRefused(
                f"{file}: the template of {kind.name} has the placeholder {{{name}}}; there is only "
                f"{', '.join(places)}. Remove it."
            )
        text.append(f"{{{{ {places[name]} }}}}")
    return "".join(text)


def escaped(text: str) -> str:
    """Text that a template of ours prints as it stands: no brace of it begins anything, no line end is changed."""
    return "".join({"{": '{{ "{" }}', "\r": '{{ "\\r" }}'}.get(sign, sign) for sign in text)
