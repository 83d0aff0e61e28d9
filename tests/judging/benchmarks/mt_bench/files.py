"""A small bench in FastChat's layout, and engines that talk."""

import json
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any

from judging.actions.answer_items import store_answers
from judging.actions.answers import open_answer_run
from judging.actions.candidates import Candidate
from judging.actions.imports import InputFile, import_files
from judging.actions.runs import RunScope, open_run
from judging.actions.work import work_run
from judging.benchmarks.mt_bench.answering import Asking
from judging.engines.base import EngineOptions, EngineReply, Request
from judging.models import Dataset, Judge, Run

MARK = "[[rating]], for example: [[5]]"
TEMPLATES = {
    "single-v1": f"Rate, {MARK}.\nQ {{question}}\nA {{answer}}",
    "single-math-v1": f"Check, {MARK}.\nQ {{question}}\nR {{ref_answer_1}}\nA {{answer}}",
    "single-v1-multi-turn": "Q1 {question_1}\nA1 {answer_1}\nQ2 {question_2}\nA2 {answer_2}",
    "single-math-v1-multi-turn": (
        "R1 {ref_answer_1}\nR2 {ref_answer_2}\nQ1 {question_1}\nA1 {answer_1}\nQ2 {question_2}\nA2 {answer_2}"
    ),
    "pair-v2": "Q {question}\nFIRST {answer_a}\nSECOND {answer_b}",
    "pair-math-v1": "Q {question}\nR {ref_answer_1}\nFIRST {answer_a}\nSECOND {answer_b}",
    "pair-v2-multi-turn": "Q {question_2}\nFIRST {answer_a_1} {answer_a_2}\nSECOND {answer_b_1} {answer_b_2}",
    "pair-math-v1-multi-turn": "R {ref_answer_2}\nFIRST {answer_a_1} {answer_a_2}\nSECOND {answer_b_1} {answer_b_2}",
}


def prompt_rows(**templates: str) -> list[dict[str, Any]]:
    return [
        {
            "name": name,
            "type": "pairwise" if name.startswith("pair") else "single",
            "system_prompt": f"You judge. End with {'[[A]], [[B]] or [[C]]' if name.startswith('pair') else MARK}.",
            "prompt_template": template,
            "description": "",
            "category": "math" if "math" in name else "general",
            "output_format": "[[A]]" if name.startswith("pair") else "[[rating]]",
        }
        for name, template in (TEMPLATES | templates).items()
    ]


def write_prompts(folder: Path, **templates: str) -> Path:
    path = folder / "judge_prompts.jsonl"
    path.write_text("".join(json.dumps(row) + "\n" for row in prompt_rows(**templates)), encoding="utf-8")
    return path


def write_lines(path: Path, rows: list[dict[str, Any]]) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows), encoding="utf-8")
    return path


class Talker:
    """An engine for tests: says what a function makes of a request; remembers what it was asked."""

    def __init__(self, says: Callable[[Request], EngineReply | str]) -> None:
        self.asked: list[Request] = []
        self._says = says

    def __call__(self, name: str, options: EngineOptions) -> Any:
        return self

    def replies(self, requests: Iterable[Request]) -> Iterator[EngineReply]:
        for request in requests:
            self.asked.append(request)
            said = self._says(request)
            yield said if isinstance(said, EngineReply) else EngineReply(id=request.id, text=said, finish="stop")

    def versions(self) -> dict[str, str]:
        return {"talker": "1"}

    def close(self) -> None:
        """Nothing to free."""


QUESTIONS: list[dict[str, Any]] = [
    {"question_id": 81, "category": "writing", "turns": ["Write.", "Rewrite."]},
    {"question_id": 111, "category": "math", "turns": ["3+4?", "Double it."], "reference": ["7", "14"]},
]


def questions_dataset(folder: Path, rows: list[dict[str, Any]] | None = None) -> Dataset:
    path = write_lines(folder / "question.jsonl", QUESTIONS if rows is None else rows)
    import_files("mt_bench", [InputFile(path)])
    return Dataset.objects.get(name="mt_bench")


def answered(
    questions: Dataset, model: str, says: Callable[[Request], EngineReply | str] = lambda request: "An answer."
) -> Run:
    candidate = Candidate(engine="openai_api", model=model, base_url="http://127.0.0.1:9/v1")
    run = open_answer_run(questions, candidate, Asking(), scope=RunScope())
    work_run(run.pk, claimer="here", engine=Talker(says))
    run.refresh_from_db()
    store_answers(run)
    run.refresh_from_db()
    return run


def judged(judge: Judge, answers: Run, says: Callable[[Request], EngineReply | str]) -> tuple[Run, Talker]:
    place = answers.snapshot["answers"]
    scope = RunScope(first=place["first"], last=place["last"])
    return judged_all(judge, Dataset.objects.get(pk=place["dataset"]), says, scope)


def judged_all(
    judge: Judge, dataset: Dataset, says: Callable[[Request], EngineReply | str], scope: RunScope | None = None
) -> tuple[Run, Talker]:
    run = open_run(judge, dataset, scope=scope or RunScope(), base_url="http://127.0.0.1:9/v1")
    talker = Talker(says)
    work_run(run.pk, claimer="here", engine=talker)
    run.refresh_from_db()
    return run, talker
