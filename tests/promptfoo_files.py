"""Results of promptfoo as its versions write them: 5 questions, two providers, corrections in the viewer.

The machine passes finetuned 3 of 5 and baseline 2 of 5. In the viewer a person failed the finetuned answer to the first
question, passed the baseline answer to the third, gave the finetuned answer to the fourth 0.5, and only commented the
baseline answer to the first: finetuned 0 + 1 + 1 + 0.5 + 0 = 2.5 of 5, baseline 1 + 1 + 1 + 0 + 0 = 3 of 5.
"""

import json
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

PROVIDERS = ("openai:completion:finetuned", "openai:completion:baseline")
MACHINE = {PROVIDERS[0]: (1, 1, 1, 0, 0), PROVIDERS[1]: (1, 1, 0, 0, 0)}
CORRECTED: dict[tuple[str, int], tuple[bool, float]] = {
    (PROVIDERS[0], 0): (False, 0),
    (PROVIDERS[1], 2): (True, 1),
    (PROVIDERS[0], 3): (False, 0.5),
}
COMMENTED = (PROVIDERS[1], 0)
QUESTIONS = 5


def result(provider: str, number: int, **more: Any) -> dict[str, Any]:
    """A result as the machine graded it."""
    score = MACHINE[provider][number]
    return {
        "prompt": {"raw": f"質問に答えよ: 問{number}", "label": "質問に答えよ: {{question}}"},
        "provider": {"id": provider, "label": ""},
        "vars": {"question": f"問{number}", "__expected": f"grade:答{number}"},
        "response": {"output": f"{provider[-9:]}の答{number}"},
        "success": bool(score),
        "score": score,
        "gradingResult": {"pass": bool(score), "score": score, "reason": "machine", "componentResults": []},
        **more,
    }


def cell(provider: str, number: int) -> dict[str, Any]:
    """The cell of the table, which is all that the viewer of version 2 changes."""
    made = result(provider, number)
    passed, score = CORRECTED.get((provider, number), (made["success"], made["score"]))
    grading = made["gradingResult"] | {"pass": passed, "score": score}
    if (provider, number) == COMMENTED:
        # A comment alone is sent without a score, and the viewer makes that 0.
        score, grading = 0, grading | {"comment": "well put"}
    said = {"pass": passed, "score": score, "gradingResult": grading, "provider": provider}
    return {**said, "text": made["response"]["output"], "prompt": made["prompt"]["raw"]}


def version_2() -> dict[str, Any]:
    """What version 2 exports: results in the order of completion, corrections in the table only."""
    results = [result(provider, number) for number in reversed(range(QUESTIONS)) for provider in reversed(PROVIDERS)]
    prompts = [{"provider": provider, "raw": "質問に答えよ: {{question}}", "label": "p"} for provider in PROVIDERS]
    body = [
        {"vars": [f"問{number}"], "outputs": [cell(provider, number) for provider in PROVIDERS], "test": {}}
        for number in range(QUESTIONS)
    ]
    summary = {"version": 2, "timestamp": "t", "results": results, "stats": {}}
    return summary | {"table": {"head": {"vars": ["question"], "prompts": prompts}, "body": body}}


def rated(provider: str, number: int) -> dict[str, Any]:
    """A result of version 3: a rating changes its row and becomes a component beside the machine's."""
    made = result(provider, number, testIdx=number, promptIdx=PROVIDERS.index(provider))
    machine = made["gradingResult"] | {"assertion": {"type": "llm-rubric", "value": f"答{number}"}}
    grading = made["gradingResult"] | {"componentResults": [machine]}
    if (provider, number) in CORRECTED:
        passed, score = CORRECTED[provider, number]
        human = {"pass": passed, "score": score, "reason": "Manual result", "assertion": {"type": "human"}}
        made |= {"success": passed, "score": score}
        grading |= {"pass": passed, "score": score, "componentResults": [machine, human]}
    if (provider, number) == COMMENTED:
        grading |= {"comment": "well put"}
    return made | {"gradingResult": grading}


def version_3() -> dict[str, Any]:
    """What version 3 exports: no table."""
    results = [rated(provider, number) for number in range(QUESTIONS) for provider in PROVIDERS]
    return {"version": 3, "timestamp": "t", "prompts": [], "results": results, "stats": {}}


def version_1() -> dict[str, Any]:
    """The first version: bare results without scores, and a table that holds passes and failures only."""
    bare = [result(provider, number) for number in range(QUESTIONS) for provider in PROVIDERS]
    results = [{k: v for k, v in one.items() if k not in {"score", "gradingResult"}} for one in bare]
    return {"version": 1, "results": results, "stats": {}, "table": {"head": {"prompts": [], "vars": []}, "body": []}}


def written(path: Path, results: dict[str, Any], name: str = "eval-2024-05-01T10-00-00") -> Path:
    """A file of results."""
    document = {"evalId": name, "results": results, "config": {}, "shareableUrl": None}
    path.write_text(json.dumps(document, ensure_ascii=False), encoding="utf-8")
    return path


def database(path: Path) -> Path:
    """promptfoo.db with an evaluation of each way of keeping results: in one value, and in rows."""
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute("CREATE TABLE evals (id, created_at, author, description, results, config)")
        connection.execute(
            "CREATE TABLE eval_results (id, eval_id, prompt_idx, test_idx, test_case, prompt, provider, latency_ms, "
            "cost, response, error, success, score, grading_result, named_scores, metadata)"
        )
        add = "INSERT INTO evals (id, created_at, results) VALUES (?, ?, ?)"
        connection.execute(add, ("eval-old", 1, json.dumps(version_2())))
        connection.execute(add, ("eval-new", 2, "{}"))
        for one in version_3()["results"]:
            kept = {
                "test_case": {"vars": one["vars"]},
                "prompt": one["prompt"],
                "provider": one["provider"],
                "response": one["response"],
                "grading_result": one["gradingResult"],
            }
            texts = [json.dumps(value) for value in kept.values()]
            connection.execute(
                f"INSERT INTO eval_results (eval_id, test_idx, prompt_idx, success, score, {', '.join(kept)}) "
                "VALUES ('eval-new', ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                (one["testIdx"], one["promptIdx"], one["success"], one["score"], *texts),
            )
    return path
