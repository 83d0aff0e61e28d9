"""Whole rows of the formats of objects, with every key that their readers look at, and ways to damage them."""

import json
from collections.abc import Iterator
from typing import Any

from tests.judging.core.readers.test_every_reader import LINES
from tests.judging.core.readers.test_malformed_fastchat import ANSWERED, JUDGED

ASKED = [{"role": "user", "content": "Q"}]
ANSWER = {"role": "assistant", "content": "A"}
ROOT = {"message_id": "1", "role": "prompter", "text": "Q"}
REPLY = {"message_id": "2", "role": "assistant", "text": "A", "replies": []}
RATED = {"model": "m", "response": "A", "overall_score": 3, "fine-grained_score": 2}
ASPECTS = {"a": {"Rating": "4", "Rationale": "r"}, "b": 3}
PEOPLE = {"completed_by": {"email": "a@b"}, "lead_time": 3, "was_cancelled": False, "updated_at": "2026-01-01"}
CHOSEN = {"from_name": "verdict", "value": {"choices": ["clean"]}}
COMMENT = {"from_name": "comment", "value": {"text": ["x"]}}
PART = {"pass": True, "score": 1, "reason": "r", "comment": "c", "assertion": {"type": "human", "weight": 1}}
GAMES = {"g1_winner": "model_1", "g2_winner": "tie", "g1_user_prompt": "p", "g1_judgment": "j", "g2_judgment": "k"}

SHAPES: list[tuple[str, dict[str, Any]]] = [
    *LINES.items(),
    ("qa_jsonl", {"id": 1, "prompt": ASKED, "completion": [ANSWER], "contexts": ["a"], "ground_truths": ["r"]}),
    ("texts", {"text": "x", "id": 1, "reference": "r", "model": "m", "category": "c", "context": "d"}),
    ("chat", {"conversations": [{"from": "human", "value": "Q"}, {"from": "gpt", "value": "A"}], "reference": ["x"]}),
    ("chat", {"messages": [*ASKED, {"role": "assistant", "content": None, "tool_calls": [1]}, {"role": "tool"}]}),
    ("chat", {"messages": [{"role": "user", "content": [{"type": "text", "text": "Q"}]}], "id": 3, "model": "m"}),
    ("choices", {"question": {"stem": "Q", "choices": [{"text": "a", "label": "A"}] * 2}, "answerKey": "A"}),
    ("choices", {"question": "Q", "A": "a", "B": "b", "C": "c", "answer": 2, "id": 1, "subject": "s"}),
    ("lm_eval", {"doc_id": 1, "prompt_0": "Q Answer: a", "logit_0": -1.0, "prompt_1": "Q Answer: b", "logit_1": -2.0}),
    (
        "lm_eval",
        {
            "doc_id": 1,
            "doc": {"question": "Q", "choices": ["a", "b"], "subject": "s"},
            "target": 0,
            "arguments": [["Q", " a"], ["Q", " b"]],
            "resps": [[[-1.0, False]], [[-2.0, False]]],
            "filtered_resps": [[-1.0, False], [-2.0, True]],
            "acc": 1.0,
            "metrics": ["acc"],
            "filter": "none",
        },
    ),
    ("pairs", {"question": '["Q","R"]', "output_1": ["a", "b"], "output_2": ["c", "d"], "winner": "model_a"}),
    ("pairs", {"question": "Q", "answer_a": "a", "answer_b": "b", "model_a": "m", "model_b": "n", "winner_tie": 1}),
    ("pairs", {"question": "Q", "output_1": "a", "output_2": "b", "preference": 1.2, "annotator": "z", "judge": "x"}),
    ("preference", {"prompt": "Q", "completion": "A", "label": True}),
    ("preference", {"prompt": ASKED, "chosen": [ANSWER], "rejected": [{"role": "assistant", "content": "B"}]}),
    (
        "preference",
        {
            "input": {"messages": ASKED, "tools": []},
            "preferred_output": [ANSWER],
            "non_preferred_output": [{"role": "assistant", "content": "B"}],
        },
    ),
    ("rated_answers", {"id": 1, "question": "Q", "completions": [{**RATED, "annotations": ASPECTS}]}),
    ("oasst", {"message_tree_id": "1", "prompt": {**ROOT, "replies": [REPLY]}}),
    (
        "openai_evals",
        {"run_id": "r", "sample_id": "s", "type": "sampling", "data": {"prompt": ASKED, "sampled": ["a"]}},
    ),
    ("openai_evals", {"run_id": "r", "sample_id": "s", "type": "match", "data": {"correct": True, "expected": "x"}}),
    ("openai_evals", {"datasource_item": {"question": "Q"}, "sample": {"output": [ANSWER]}, "results": [{"score": 1}]}),
    ("openai_evals", {"spec": {"completion_fns": ["m"]}}),
    ("label_studio", {"question": "Q", "id": 1, "verdict": "correct", "annotator": 3, "annotation_id": 4}),
    (
        "label_studio",
        {
            "id": 1,
            "data": {"question": "Q"},
            "annotations": [{**PEOPLE, "result": [CHOSEN, COMMENT]}],
            "predictions": [{"model_version": "m", "score": 0.5, "result": [CHOSEN]}],
        },
    ),
    (
        "argilla",
        {
            "fields": {"question": "Q"},
            "responses": {"quality": [{"value": "good", "status": "submitted", "user_id": "u"}]},
            "suggestions": {"quality": {"value": "x", "score": 1, "agent": "a"}},
        },
    ),
    ("argilla", {"question": "Q", "v": [{"value": "good", "status": "submitted"}], "v-suggestion": "x"}),
    ("argilla", {"question": "Q", "r.responses": [[{"rank": 1, "value": "a"}]], "r.responses.users": ["u"]}),
    ("elyza", {"input": "Q", "sample_output": "s", "model_output": "m", "eval_aspect": "e", "score": 3, "id": 1}),
    ("fastchat_question", {"question_id": 1, "text": "Q", "category": "c", "reference": ["r"]}),
    ("fastchat_question", {"question_id": 1, "turns": [{"content": "Q"}], "reference": ["r"]}),
    ("fastchat_answer", ANSWERED),
    ("fastchat_reference", ANSWERED),
    ("fastchat_judgment", JUDGED),
    ("fastchat_judgment", {"question_id": 81, "model_1": "a", "model_2": "b", "judge": ["m", "p"], "turn": 1, **GAMES}),
    (
        "promptfoo",
        {
            **LINES["promptfoo"],
            "success": True,
            "score": 1,
            "provider": {"id": "p"},
            "namedScores": {"a": 1},
            "gradingResult": {"pass": True, "score": 1, "comment": "c", "componentResults": [PART]},
        },
    ),
]

ABSENT = object()
VALUES: list[Any] = [
    *(
        None,
        True,
        False,
        0,
        -1,
        3,
        1.5,
        1e300,
        10**30,
        10**400,
        "",
        " ",
        "x",
        "2",
        "a\u2028b",
        "x" * 300,
        [],
        {},
        ABSENT,
    ),
    *([1], ["x"], ["x", None], [[]], [{}], {"a": 1}, {"text": "x"}, [{"role": "user", "content": "x"}], [["x", "y"]]),
]


def places(value: Any, above: tuple[str | int, ...] = ()) -> Iterator[tuple[str | int, ...]]:
    """Where the values of a row are, from the outer to the inner ones."""
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for name, found in inner:
        yield (*above, name)
        yield from places(found, (*above, name))


def changed(row: dict[str, Any], place: tuple[str | int, ...], value: Any) -> dict[str, Any]:
    """A copy of the row with another value at this place, or without it."""
    copy: dict[str, Any] = json.loads(json.dumps(row))
    holder: Any = copy
    for name in place[:-1]:
        holder = holder[name]
    if value is ABSENT and place[-1] == "new":
        return copy
    if value is ABSENT:
        del holder[place[-1]]
    else:
        holder[place[-1]] = value
    return copy
