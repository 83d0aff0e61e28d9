"""MT-Bench's judges, made from a file of prompts, and the pairs of answers that they compare."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from judging.actions.judges import judge_for
from judging.benchmarks.mt_bench.prompt_kinds import (
    KINDS,
    PAIR,
    SINGLE,
    TURNS,
    PromptFile,
    PromptsRefused,
    pair_rubric,
    read_prompt_file,
    single_rubric,
)
from judging.core.extraction import MODES, STRICT
from judging.core.extraction.fastchat import FASTCHAT, FASTCHAT_MODES, FASTCHAT_RATINGS
from judging.core.specs import JudgeSpec, RubricSpec
from judging.models import Judge

SAMPLING: Mapping[str, Any] = {"temperature": 0, "max_tokens": 2048}
TIMES_AGAIN = 2
TEMPERATURE_AGAIN = 0.7
NAMES = {SINGLE: "mt-bench", PAIR: "mt-bench-pair"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Grading:
    """How answers are graded. `mode`: one answer at a time (single) or two (pair).

    `reader`: strict, or fastchat, which reads replies as FastChat does, defects included, and asks nothing again.
    `turns`: (1,) for questions of one turn. `merged`: the system message begins the user's, for judges without such a
    role. `times_again`: how often a reply that cannot be read is asked for once more; None is 2, with fastchat 0.
    """

    mode: str = SINGLE
    reader: str = STRICT
    turns: tuple[int, ...] = TURNS
    merged: bool = False
    samples: int = 1
    times_again: int | None = None
    name: str = ""


SINGLY = Grading()


def judge_for_mt_bench(prompts: Path, *, model: str, engine: str = "openai_api", grading: Grading = SINGLY) -> Judge:
    """The judge that grades by these prompts; a new version where none says the same.

    PromptsRefused names what is wrong with the file.
    """
    return judge_for(mt_bench_spec(read_prompt_file(prompts), model=model, engine=engine, grading=grading))


def mt_bench_spec(file: PromptFile, *, model: str, engine: str = "openai_api", grading: Grading = SINGLY) -> JudgeSpec:
    """The same as a value; nothing is stored."""
    refuse_grading(grading)
    name = grading.name or NAMES[grading.mode]
    make = pair_rubric if grading.mode == PAIR else single_rubric
    rubric: RubricSpec = make(file, name=name, turns=grading.turns, merged=grading.merged)
    reader = reader_of(file, grading)
    times = (0 if reader in FASTCHAT_MODES else TIMES_AGAIN) if grading.times_again is None else grading.times_again
    return JudgeSpec(
        name=name,
        kind="model",
        engine=engine,
        model=model,
        rubric=rubric,
        sampling=dict(SAMPLING),
        samples=grading.samples,
        decision={
            "rule": "majority" if grading.mode == PAIR else "mean",
            "mode": reader,
            "ask_again": {"times": times, "temperature": TEMPERATURE_AGAIN},
            "prompts": {"file": file.name, "sha256": file.sha256},
        },
    )


def refuse_grading(grading: Grading) -> None:
    """Raise PromptsRefused for a way of grading that there is not."""
    if grading.mode not in NAMES:
        raise PromptsRefused(f"Answers are graded {' or '.join(NAMES)}, not {grading.mode!r}.")
    if grading.reader not in {*MODES, FASTCHAT}:
        raise PromptsRefused(f"Replies are read {', '.join([*MODES, FASTCHAT])}, not {grading.reader!r}.")
    if not grading.turns or not set(grading.turns) <= set(TURNS):
        raise PromptsRefused(f"The turns that are graded are 1, or 1 and 2, not {grading.turns}.")


def reader_of(file: PromptFile, grading: Grading) -> str:
    """The reader; a legacy file asks for two ratings of a pair, which FastChat reads in its own way."""
    if grading.reader != FASTCHAT or grading.mode != PAIR:
        return grading.reader
    names = [name for turn in grading.turns for name in KINDS[PAIR, turn]]
    return FASTCHAT_RATINGS if any(file.kinds[name].ratings for name in names) else FASTCHAT
