"""promptfoo's results: JSON or YAML of the versions 1, 2 and 3, and results as JSON lines.

The machine's grade is a judgment, a person's correction a person's word, and the two are never mixed: version 2 keeps
corrections in its table only, later ones as a component of the grade whose assertion is `human`.
"""

import json
import re
from collections import defaultdict, deque
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from judging.core.items import ImportedJudgment, ItemRow, PersonWord, RowProblem, Turn
from judging.core.readers.documents import document_format
from judging.core.readers.fields import QUESTION, TEXTS, BadField, find, finished_row, lines_of
from judging.core.readers.files import CHUNK, FileRefused, open_text
from judging.core.readers.json_records import first_character, json_document, kind_of, why_not_storable
from judging.core.readers.records import objects
from judging.core.readers.yaml_file import load_yaml
from judging.core.verdicts import PersonVerdict, Reason, Verdict

VERSIONS = (1, 2, 3, 4)
VERSION_WITHOUT_NUMBER = 1
"""What the first results were, before they said their version."""
VERSION_OF_LINES = 3
MAX_YAML = 20_000_000
_YAML = re.compile(r"^(evalId|results):", re.MULTILINE)
OBJECTS = ("vars", "response", "gradingResult")
_OF_A_LINE = {"prompt", "vars"}
_OF_A_RESULT = {"gradingResult", "testIdx", "promptIdx", "namedScores"}


@dataclass(frozen=True, slots=True)
class Evaluation:
    """One evaluation: its id, the version of its results, the results, and of version 2 the table."""

    name: str
    version: int
    results: list[Any]
    table: Mapping[str, Any]


def recognises(entry: Mapping[str, Any]) -> bool:
    """Whether an object is one result: a line of the results as JSON lines."""
    return entry.keys() >= _OF_A_LINE and bool(entry.keys() & _OF_A_RESULT)


def is_yaml(path: Path) -> bool:
    """Whether a text that is no JSON is a document of results in YAML."""
    with open_text(path) as file:
        return _YAML.search(file.read(CHUNK).decode(errors="replace")) is not None


def read(path: Path) -> Iterator[ItemRow | RowProblem]:
    """One item per result of a file: a document of results as JSON or YAML, or a result per line."""
    if first_character(path) not in {"[", "{"}:
        yield from evaluation_rows(evaluation_of(_yaml(path), ""))
    elif document_format(path):
        yield from evaluation_rows(evaluation_of(json_document(path), ""))
    else:
        yield from _lines(path)


def _lines(path: Path) -> Iterator[ItemRow | RowProblem]:
    lines, seen, cells = Evaluation("", VERSION_OF_LINES, [], {}), defaultdict[str, int](int), _cells({})
    for record in objects(path):
        if isinstance(record, RowProblem):
            yield record
            continue
        try:
            yield _row(lines, record.number, _checked(record.value), cells, seen)
        except BadField as error:
            yield RowProblem(record.number, str(error))


def _yaml(path: Path) -> Mapping[str, Any]:
    document = load_yaml(path, MAX_YAML)
    if not isinstance(document, dict):
        raise FileRefused(1, "The file holds no results of promptfoo. Export them as JSON.")
    return document


def evaluation_of(document: Mapping[str, Any], name: str) -> Evaluation:
    """The evaluation of an exported document, or of the column `results` of the database."""
    inner = document.get("results")
    summary: Mapping[str, Any] = inner if isinstance(inner, dict) else document
    results, version, table = summary.get("results"), summary.get("version"), summary.get("table")
    if not isinstance(results, list):
        # The summary of lm-eval has a key of this name, too.
        others = " Of lm-eval import samples_*.jsonl." if document.keys() & {"configs", "n-shot", "versions"} else ""
        raise FileRefused(1, f"There is no list 'results' in the results. Export them again with promptfoo.{others}")
    if version is None:
        version = VERSION_WITHOUT_NUMBER
    if version not in VERSIONS or isinstance(version, bool):
        raise FileRefused(1, f"The version of the results is {version!r}; 1 to 4 can be read.")
    named = document.get("evalId")
    return Evaluation(
        named if isinstance(named, str) else name, version, results, table if isinstance(table, dict) else {}
    )


def evaluation_rows(evaluation: Evaluation) -> Iterator[ItemRow | RowProblem]:
    """One item per result, in their order."""
    cells = _cells(evaluation.table)
    seen: dict[str, int] = defaultdict(int)
    for number, result in enumerate(evaluation.results, 1):
        try:
            yield _row(evaluation, number, _checked(result), cells, seen)
        except BadField as error:
            yield RowProblem(number, str(error))


def _checked(result: Any) -> Mapping[str, Any]:
    if not isinstance(result, dict):
        raise BadField(f"The result is {kind_of(result)}; it is an object with prompt and response.")
    for name in OBJECTS:
        if result.get(name) is not None and not isinstance(result[name], dict):
            raise BadField(f"'{name}' is {kind_of(result[name])}; it is an object, or null. Export the results again.")
    if result.get("success") is not None and not isinstance(result["success"], bool):
        raise BadField(f"'success' is {kind_of(result['success'])}; it is true or false. Export the results again.")
    why = why_not_storable("NaN", result)
    if why:
        raise BadField(why)
    return result


Cells = dict[tuple[str, str], deque[tuple[Mapping[str, Any], str]]]


def _cells(table: Mapping[str, Any]) -> Cells:
    """The cells of version 2's table by prompt and text, with their providers."""
    cells: Cells = defaultdict(deque)
    heads = _list_in(table.get("head"), "prompts")
    for line in _list_in(table, "body"):
        for column, cell in enumerate(_list_in(line, "outputs")):
            if not isinstance(cell, dict):
                continue
            head = heads[column] if column < len(heads) and isinstance(heads[column], dict) else {}
            provider = cell.get("provider") or head.get("provider") or ""
            cells[str(cell.get("prompt")), str(cell.get("text"))].append((cell, str(provider)))
    return cells


def _list_in(held: Any, name: str) -> list[Any]:
    """A list in an object; nothing where there is none."""
    found = held.get(name) if isinstance(held, dict) else None
    return found if isinstance(found, list) else []


def _row(
    evaluation: Evaluation, number: int, result: Mapping[str, Any], cells: Cells, seen: dict[str, int]
) -> ItemRow | RowProblem:
    provider, prompt, output = _provider(result), _prompt(result), _output(result)
    cell = _cell(cells, prompt, output, provider, result)
    machine, corrected = _grades(result, cell)
    variables = result.get("vars") or {}
    key = _key(evaluation, result, seen)
    return finished_row(
        ItemRow(
            line=number,
            turns=(Turn(_question(variables, prompt), output or "", _reference(variables, result)),),
            key=key,
            model=provider[:200],
            context=context_of(variables),
            has_answer=output is not None,
            extra={"promptfoo": {**_kept(result, cell), "evalId": evaluation.name, "version": evaluation.version}},
            judgments=(machine,) if machine else (),
            person=corrected,
        )
    )


def _key(evaluation: Evaluation, result: Mapping[str, Any], seen: dict[str, int]) -> str:
    """Evaluation, test and prompt; '' where the version does not number them."""
    test, column = result.get("testIdx"), result.get("promptIdx")
    if not isinstance(test, int) or not isinstance(column, int):
        return ""
    key = ":".join([*([evaluation.name[-150:]] if evaluation.name else []), str(test), str(column)])
    seen[key] += 1
    return key if seen[key] == 1 else f"{key}#{seen[key]}"


def _kept(result: Mapping[str, Any], cell: Mapping[str, Any] | None) -> dict[str, Any]:
    """Everything but the grade that was shown; a comment that stands in the table only is kept with the grade."""
    left = {"success", "score"}
    kept = {name: value for name, value in result.items() if name not in left}
    comment, grading = _comment(cell), result.get("gradingResult")
    if comment and (grading is None or isinstance(grading, dict)):
        kept["gradingResult"] = {**(grading or {}), "comment": comment}
    return kept


def _comment(cell: Mapping[str, Any] | None) -> str:
    grading = cell.get("gradingResult") if cell else None
    comment = grading.get("comment") if isinstance(grading, dict) else None
    return comment if isinstance(comment, str) else ""


def _provider(result: Mapping[str, Any]) -> str:
    provider = result.get("provider")
    named = provider.get("id") if isinstance(provider, dict) else provider
    if named is not None and not isinstance(named, str):
        raise BadField(f"The provider's id is {kind_of(named)}; it is text. Export the results again.")
    return named or ""


def _prompt(result: Mapping[str, Any]) -> str:
    prompt = result.get("prompt")
    raw = prompt.get("raw") if isinstance(prompt, dict) else prompt
    if not isinstance(raw, str):
        raise BadField("The result has no text under 'prompt'. Export the results again.")
    return raw


def _output(result: Mapping[str, Any]) -> str | None:
    """The answer; an object is kept as its JSON."""
    response = result.get("response")
    output = response.get("output") if isinstance(response, dict) else None
    if output is None or isinstance(output, str):
        return output
    return json.dumps(output, ensure_ascii=False)


def _question(variables: Mapping[str, Any], prompt: str) -> str:
    """The variable that is named as a question, else the prompt as it was sent."""
    name = find(variables, QUESTION)
    asked = variables[name] if name is not None else None
    return asked if isinstance(asked, str) and asked.strip() else prompt


def context_of(variables: Mapping[str, Any]) -> str:
    """The variable that is named as a context: a text, or several passages; '' where it holds something else."""
    name = find(variables, TEXTS["context"])
    if name is None:
        return ""
    try:
        return lines_of(name, variables[name], "\n\n")
    except BadField:
        return ""


def _reference(variables: Mapping[str, Any], result: Mapping[str, Any]) -> str:
    """What mdk's tests expect: `__expected` = grade:answer, also as the value of the assertion."""
    expected = variables.get("__expected")
    if isinstance(expected, str):
        return expected.removeprefix("grade:")
    grading = result.get("gradingResult")
    assertion = grading.get("assertion") if isinstance(grading, dict) else None
    if isinstance(assertion, dict) and assertion.get("type") == "llm-rubric":
        value = assertion.get("value")
        return value if isinstance(value, str) else ""
    return ""


def _cell(
    cells: Cells, prompt: str, output: str | None, provider: str, result: Mapping[str, Any]
) -> Mapping[str, Any] | None:
    """The cell of the table that shows this result; a failed one shows its error in place of the text."""
    for text in (output, result.get("error")):
        waiting = cells.get((prompt, str(text)), deque())
        for found in list(waiting):
            if not provider or not found[1] or found[1] == provider:
                waiting.remove(found)
                return found[0]
    return None


def _grades(
    result: Mapping[str, Any], cell: Mapping[str, Any] | None
) -> tuple[ImportedJudgment | None, PersonWord | None]:
    """The machine's grade and, where a person changed it, the person's."""
    passed, score = result.get("success"), _number("score", result.get("score"))
    grading = result.get("gradingResult")
    grading = grading if isinstance(grading, dict) else {}
    parts = [part for part in _list_in(grading, "componentResults") if isinstance(part, dict)]
    people = [part for part in parts if _is_human(part)]
    if people:
        said = _word(grading.get("pass", passed), score, grading.get("comment") or people[-1].get("comment"))
        return _machine_without(people, parts), said
    machine = _judgment(result, passed, score, grading)
    if cell is None:
        return machine, None
    return machine, _corrected(passed, score, cell)


def _is_human(part: Mapping[str, Any]) -> bool:
    assertion = part.get("assertion")
    return isinstance(assertion, dict) and assertion.get("type") == "human"


def _judgment(
    result: Mapping[str, Any], passed: Any, score: float | None, grading: Mapping[str, Any]
) -> ImportedJudgment | None:
    if _failed(result):
        return ImportedJudgment(verdict=None, reason=Reason.NO_ANSWER, detail={"error": str(result.get("error"))[:500]})
    if score is None and not isinstance(passed, bool):
        return None
    if score is None:
        score = 1.0 if passed else 0.0
    if not isinstance(passed, bool):
        passed = score >= 1
    detail = {"score": score, "pass": passed, "reason": grading.get("reason"), "error": result.get("error")}
    return ImportedJudgment(verdict=Verdict.CLEAN if passed else Verdict.WRONG, score=score, detail=detail)


def _failed(result: Mapping[str, Any]) -> bool:
    """Whether the provider failed: then nothing was graded, and the 0 that promptfoo writes is no score."""
    return result.get("failureReason") == 2 or (bool(result.get("error")) and _output(result) is None)


def _machine_without(people: Sequence[Any], parts: Sequence[Mapping[str, Any]]) -> ImportedJudgment | None:
    """What the machine had said before: the weighted mean of its own components."""
    own = [part for part in parts if part not in people]
    scores = [(_number("score", part.get("score")), _weight(part)) for part in own]
    known = [(score, weight) for score, weight in scores if score is not None]
    total = sum(weight for _, weight in known)
    if not known or not total:
        return None
    passed = all(part.get("pass") is not False for part in own)
    score = sum(score * weight for score, weight in known) / total
    detail = {"score": score, "pass": passed, "from": "components"}
    return ImportedJudgment(verdict=Verdict.CLEAN if passed else Verdict.WRONG, score=score, detail=detail)


def _weight(part: Mapping[str, Any]) -> float:
    assertion = part.get("assertion")
    weight = assertion.get("weight") if isinstance(assertion, dict) else None
    return float(weight) if isinstance(weight, (int, float)) and not isinstance(weight, bool) else 1.0


def _corrected(passed: Any, score: float | None, cell: Mapping[str, Any]) -> PersonWord | None:
    """A cell that says something else than its result was changed by a person in the viewer."""
    shown, shown_score, comment = cell.get("pass"), _number("score", cell.get("score")), _comment(cell)
    if shown == passed and (shown_score is None or shown_score == score):
        return None
    # Saving a comment sets the cell's score to 0 and leaves `pass`: it is no grade, and what passed before passes.
    if comment and not shown_score:
        if shown == passed:
            return None
        shown_score = 1.0 if shown is True else shown_score
    return _word(shown, shown_score, comment)


def _word(passed: Any, score: float | None, comment: Any) -> PersonWord:
    if not isinstance(passed, bool):
        passed = score is not None and score >= 1
    verdict = PersonVerdict.CLEAN if passed else PersonVerdict.WRONG
    return PersonWord(verdict=verdict, score=score, comment=comment if isinstance(comment, str) else "")


def _number(name: str, value: Any) -> float | None:
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        raise BadField(f"'{name}' is {kind_of(value)}; it is a number.")
    return float(value)
