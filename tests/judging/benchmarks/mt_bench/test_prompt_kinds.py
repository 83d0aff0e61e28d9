"""The prompts of FastChat's file, as a rubric of ours."""

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from judging.benchmarks.mt_bench.prompt_kinds import (
    PromptsRefused,
    kind_name,
    pair_rubric,
    read_prompt_file,
    single_rubric,
)
from judging.core.items import ItemText, Turn
from judging.core.prompts import CannotAsk, check_prompts, render_prompt
from judging.core.verdicts import Reason
from tests.judging.benchmarks.mt_bench.files import write_lines, write_prompts

MATH = ItemText(turns=(Turn("3+4?", "7", "seven"), Turn("Double it.", "14", "fourteen")), category="math")
WRITING = ItemText(turns=(Turn("Write.", "Once."), Turn("Rewrite.", "Again.")), category="writing")


def test_the_category_decides_about_the_reference(tmp_path: Path) -> None:
    rubric = single_rubric(read_prompt_file(write_prompts(tmp_path)))
    assert check_prompts(rubric) == []
    assert dict(render_prompt(rubric, MATH, "turn_1").messages)["user"].endswith("Q 3+4?\nR seven\nA 7")
    assert dict(render_prompt(rubric, WRITING, "turn_1").messages)["user"].endswith("Q Write.\nA Once.")
    assert dict(render_prompt(rubric, MATH, "turn_2").messages)["user"] == (
        "R1 seven\nR2 fourteen\nQ1 3+4?\nA1 7\nQ2 Double it.\nA2 14"
    )
    assert kind_name("single", 2, "coding") == "single-math-v1-multi-turn"


def test_a_pair_is_shown_in_both_orders(tmp_path: Path) -> None:
    rubric = pair_rubric(read_prompt_file(write_prompts(tmp_path)))
    assert check_prompts(rubric) == []
    pair = replace(MATH, turns_b=(Turn("3+4?", "8", "seven"), Turn("Double it.", "16", "fourteen")))
    texts = {part: dict(render_prompt(rubric, pair, part).messages)["user"] for part in rubric.prompts}
    assert texts["turn_1_ab"] == "Q 3+4?\nR seven\nFIRST 7\nSECOND 8"
    assert texts["turn_1_ba"] == "Q 3+4?\nR seven\nFIRST 8\nSECOND 7"
    assert texts["turn_2_ba"] == "R fourteen\nFIRST 8 16\nSECOND 7 14"


def test_a_question_without_its_reference_is_not_asked(tmp_path: Path) -> None:
    rubric = single_rubric(read_prompt_file(write_prompts(tmp_path)))
    without = replace(MATH, turns=(Turn("3+4?", "7"), Turn("Double it.", "14", "fourteen")))
    for part in ("turn_1", "turn_2"):
        with pytest.raises(CannotAsk) as refused:
            render_prompt(rubric, without, part)
        assert refused.value.outcome.reason == Reason.NO_REFERENCE


def test_a_turn_without_an_answer_is_not_asked(tmp_path: Path) -> None:
    rubric = single_rubric(read_prompt_file(write_prompts(tmp_path)))
    half = replace(WRITING, turns=(WRITING.turns[0], Turn("Rewrite.", " ")))
    assert render_prompt(rubric, half, "turn_1").messages
    with pytest.raises(CannotAsk) as refused:
        render_prompt(rubric, half, "turn_2")
    assert refused.value.outcome.reason == Reason.NO_ANSWER


def test_nothing_of_the_file_is_executed(tmp_path: Path) -> None:
    nasty = (
        "{{% if category %}} {{{{ 7 * 7 }}}} {{# gone #}} {{question}} }}}} %}}\r\n\ttab\rQ {question}\nA {answer}\n"
    )
    rubric = single_rubric(read_prompt_file(write_prompts(tmp_path, **{"single-v1": nasty})))
    assert check_prompts(rubric) == []
    text = dict(render_prompt(rubric, WRITING, "turn_1").messages)["user"]
    assert text == nasty.format(question="Write.", answer="Once.")


def test_what_an_answer_holds_is_not_executed_either(tmp_path: Path) -> None:
    rubric = single_rubric(read_prompt_file(write_prompts(tmp_path)))
    item = replace(WRITING, turns=(Turn("{answer}", "{{ question }} {% if x %} [[0] * 3] [[10]]"), WRITING.turns[1]))
    text = dict(render_prompt(rubric, item, "turn_1").messages)["user"]
    assert "Q {answer}\nA {{ question }} {% if x %} [[0] * 3] " in text
    assert "[[10]]" not in text


def test_system_and_user_message_become_one(tmp_path: Path) -> None:
    file = read_prompt_file(write_prompts(tmp_path))
    apart = dict(render_prompt(single_rubric(file), MATH, "turn_1").messages)
    merged = render_prompt(single_rubric(file, merged=True), MATH, "turn_1").messages
    assert merged == (("user", f"{apart['system']}\n{apart['user']}"),)


@pytest.mark.parametrize("answers", ["gpt-4", "gpt-3.5-turbo", "vicuna-13b-v1.3"])
def test_real_prompts_are_those_of_str_format(shared_data: Path, answers: str) -> None:
    bench = shared_data / "mt_bench"
    rubric = single_rubric(read_prompt_file(bench / "judge_prompts.jsonl"))
    templates = {row["name"]: row for row in rows(bench / "judge_prompts.jsonl")}
    given = {row["question_id"]: row["choices"][0]["turns"] for row in rows(bench / f"model_answer/{answers}.jsonl")}
    known = {row["question_id"]: row["choices"][0]["turns"] for row in rows(bench / "reference_answer/gpt-4.jsonl")}
    same = 0
    for row in rows(bench / "question.jsonl"):
        number, questions = row["question_id"], row["turns"]
        references, said = known.get(number, ["", ""]), given[number]
        turns = tuple(Turn(*texts) for texts in zip(questions, said, references, strict=True))
        item = ItemText(turns=turns, category=row["category"])
        names = dict(zip(("question_1", "question_2"), questions, strict=True))
        names |= dict(zip(("answer_1", "answer_2"), said, strict=True))
        names |= dict(zip(("ref_answer_1", "ref_answer_2"), references, strict=True))
        names |= {"question": questions[0], "answer": said[0]}
        for turn in (1, 2):
            template = templates[kind_name("single", turn, row["category"])]
            expected = (("system", template["system_prompt"]), ("user", template["prompt_template"].format(**names)))
            same += render_prompt(rubric, item, f"turn_{turn}").messages == expected
    assert same == 160


def rows(path: Path) -> list[Any]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


@pytest.mark.parametrize(
    ("template", "sentence"),
    [
        (
            "Q {question} {answer.__class__}",
            r"has the placeholder \{answer\.__class__\}; there is only question, answer",
        ),
        ("Q {question!r} {answer}", r"has the placeholder \{question\}"),
        ("Q {0} {answer}", r"has the placeholder \{0\}"),
        ("Q {question_1} {answer}", r"has the placeholder \{question_1\}"),
        ("Q {question", r"the template of single-v1 cannot be read"),
    ],
)
def test_other_placeholders_are_refused(tmp_path: Path, template: str, sentence: str) -> None:
    file = read_prompt_file(write_prompts(tmp_path, **{"single-v1": template}))
    with pytest.raises(PromptsRefused, match=sentence):
        single_rubric(file)


def test_files_that_are_none_are_refused_with_their_line(tmp_path: Path) -> None:
    with pytest.raises(PromptsRefused, match=r"absent\.jsonl cannot be read \(No such file"):
        read_prompt_file(tmp_path / "absent.jsonl")
    (tmp_path / "broken.jsonl").write_text('\n{"name": 1\n')
    with pytest.raises(PromptsRefused, match=r"broken\.jsonl:2: the line is no JSON"):
        read_prompt_file(tmp_path / "broken.jsonl")
    with pytest.raises(PromptsRefused, match=r"other\.jsonl:1: a prompt has name, system_prompt"):
        read_prompt_file(write_lines(tmp_path / "other.jsonl", [{"name": "single-v1"}]))
    (tmp_path / "empty.jsonl").write_text("\n")
    with pytest.raises(PromptsRefused, match="holds no prompts"):
        read_prompt_file(tmp_path / "empty.jsonl")


def test_a_file_without_a_needed_prompt_is_refused(tmp_path: Path) -> None:
    row = {"name": "single-v1", "system_prompt": "S", "prompt_template": "{question}{answer}"}
    file = read_prompt_file(write_lines(tmp_path / "one.jsonl", [row]))
    with pytest.raises(PromptsRefused, match=r"one\.jsonl has no prompt named single-math-v1; it has single-v1"):
        single_rubric(file)
