"""Writes every form of mdk's logs, as the tool itself lays them out."""

import json
from pathlib import Path
from typing import Any

ATTR_1 = " helpfulness: 3 correctness: 3 coherence: 3 complexity: 2 verbosity: 2 [/ATTR_1]"
ATTR_2 = " quality: 3 toxicity: 0 humor: 0 creativity: 1 [/ATTR_2]"
PASSAGE = "ポンプは 12 V で動く。\nThe pump runs at 12 V."


def write(path: Path, entries: list[dict[str, Any]]) -> Path:
    """One array, indent 4, characters as they are."""
    path.write_text(json.dumps(entries, ensure_ascii=False, indent=4), encoding="utf-8")
    return path


def qa(number: int = 1) -> dict[str, Any]:
    return {"question": f"ポンプ {number} の電圧は?", "answer": f"The pump {number} is driven at 12 volts."}


def converter_entry(*numbers: int, **keys: Any) -> dict[str, Any]:
    return {
        "convert_template": "ja/qa_zeroshot_json.jinja2",
        "prompt": "...",
        "output": ["{...}", "{...}"],
        "page": {"page": PASSAGE},
        "qa": [qa(number) for number in numbers],
    } | keys


def judge_entry(number: int = 1, **keys: Any) -> dict[str, Any]:
    """Two samples of each of two topics, topic-major."""
    return {
        "convert_template": None,
        "evaluate_template": "ja/verify_dataset_by_karakuri_apm.jinja2",
        "prompt": ["... [ATTR_1]", "... [ATTR_2]"],
        "output": [f"a{ATTR_1}", f"b{ATTR_1}", f"c{ATTR_2}", f"d{ATTR_2}"],
        "page": {"page": PASSAGE},
        "qa": [qa(number)],
        "raw_score": [-0.25, -0.75],
        "score": -0.5,
        "num_error": 0,
        "previous_num_error": None,
    } | keys


def manual_entry(number: int = 1, **keys: Any) -> dict[str, Any]:
    """An entry that was on the screen: its replies are printed into one text."""
    entry = {"qa": [qa(number)], "page": {"page": PASSAGE}, "num_error": 0, "output": str([ATTR_1, ATTR_2])}
    return entry | keys


def gold_entry(number: int = 1, **keys: Any) -> dict[str, Any]:
    return {"qa": [qa(number)], "page": {"page": PASSAGE}, "num_error": 0, "output": [ATTR_1, ATTR_2]} | keys


def blind_entry(number: int = 1) -> dict[str, Any]:
    return {"qa": [qa(number)], "page": {"page": PASSAGE}, "output": [ATTR_1, ATTR_2], "prompt": ""}
