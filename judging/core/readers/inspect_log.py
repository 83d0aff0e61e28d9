"""Inspect's logs: a JSON file, or the archive `.eval` with a JSON file per sample. Nothing of an archive is unpacked.

The reply is the sample's output, every scorer a judgment: C is clean, I wrong, P a score of a half without a verdict,
N no answer. What was not scored has no judgment.
"""

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any
from zipfile import BadZipFile, LargeZipFile, ZipFile, ZipInfo, is_zipfile
from zlib import error as ZlibError

from judging.core.items import ImportedJudgment, ItemRow, RowProblem, Turn
from judging.core.readers.choices import LETTERS
from judging.core.readers.fields import BadField, finished_row, question_of, reference_of, text_of
from judging.core.readers.files import MAX_RECORD, FileRefused
from judging.core.readers.json_records import json_document, kind_of, why_not_storable
from judging.core.readers.workbook import NO_ARCHIVE
from judging.core.verdicts import Reason, Verdict

MAX_SAMPLES = 1_000_000
MAX_RATIO = 200
_HEADERS = ("header.json", "_journal/start.json")
_SAMPLES = "samples/"
_PASSED_OVER = {"events", "attachments", "store", "model_usage"}
_WORDS = {"C": (Verdict.CLEAN, 1.0), "I": (Verdict.WRONG, 0.0), "P": (None, 0.5), "N": (None, None)}
_TAKEN = {"id", "epoch", "input", "target", "choices", "output", "scores", "score"}
_ATTACHED = "attachment://"
_BROKEN = (BadZipFile, LargeZipFile, ZlibError, OSError, EOFError, RuntimeError, ValueError)


def is_archive(path: Path) -> bool:
    """Whether the file is an archive with a log's header in it."""
    try:
        if not path.is_file() or not is_zipfile(path):
            return False
        with ZipFile(path) as archive:
            return bool({*_HEADERS} & {*archive.namelist()})
    except NO_ARCHIVE:
        return False


def read(path: Path) -> Iterator[ItemRow | RowProblem]:
    """One item per sample and epoch."""
    yield from _archive_rows(path) if is_zipfile(path) else _document_rows(json_document(path))


def _document_rows(log: Mapping[str, Any]) -> Iterator[ItemRow | RowProblem]:
    samples = log.get("samples")
    if not isinstance(samples, list):
        raise FileRefused(1, "The log has no list 'samples'. Write it with its samples: inspect log dump FILE.")
    model, epochs = _header(log)
    for number, sample in enumerate(samples, 1):
        yield _row(number, sample, model, epochs)


def _archive_rows(path: Path) -> Iterator[ItemRow | RowProblem]:
    try:
        with ZipFile(path) as archive:
            parts = {part.filename: part for part in archive.infolist()}
            header = next((parts[name] for name in _HEADERS if name in parts), None)
            if header is None:
                raise FileRefused(0, "The archive has no header.json. Import a log of Inspect as it was written.")
            model, epochs = _header(_loaded(archive, header))
            samples = [part for name, part in parts.items() if name.startswith(_SAMPLES) and name.endswith(".json")]
            if len(samples) > MAX_SAMPLES:
                raise FileRefused(0, f"The archive has more than {MAX_SAMPLES:,} samples. Split it.")
            for number, part in enumerate(samples, 1):
                yield _row(number, _loaded(archive, part, number), model, epochs)
    except NotImplementedError:
        raise FileRefused(0, f"The archive is packed in a way that is not read. {_CONVERT}") from None
    except FileRefused:
        raise
    except _BROKEN as error:
        raise FileRefused(0, f"The archive is damaged ({type(error).__name__}). Copy it again.") from None


_CONVERT = "Write it as JSON: inspect log convert --to json."


def _loaded(archive: ZipFile, part: ZipInfo, number: int = 1) -> Any:
    """The JSON of one member, read as far as it says it goes and never written anywhere; `number` is the sample's."""
    unpacked = part.file_size
    if unpacked > MAX_RECORD or (unpacked > 1_000_000 and unpacked > MAX_RATIO * max(part.compress_size, 1)):
        raise FileRefused(number, f"{part.filename[:100]!r} unpacks to {unpacked:,} bytes. {_CONVERT}")
    with archive.open(part) as file:
        raw = file.read(MAX_RECORD + 1)
    try:
        return json.loads(raw)
    except (ValueError, RecursionError):
        raise FileRefused(number, f"{part.filename[:100]!r} in the archive is not JSON. {_CONVERT}") from None


def _header(log: Any) -> tuple[str, int]:
    """The model and the number of epochs."""
    spec = log.get("eval") if isinstance(log, dict) else None
    if not isinstance(spec, dict):
        raise FileRefused(1, "The log has no 'eval' that names task and model. Import it as Inspect wrote it.")
    config = spec.get("config")
    epochs = config.get("epochs") if isinstance(config, dict) else None
    model = spec.get("model")
    return model if isinstance(model, str) else "", epochs if isinstance(epochs, int) else 1


def _row(number: int, sample: Any, model: str, epochs: int) -> ItemRow | RowProblem:
    try:
        if not isinstance(sample, dict):
            raise BadField(f"The sample is {kind_of(sample)}; it is an object with input and output.")
        why = why_not_storable("NaN", sample)
        if why:
            raise BadField(why)
        sample = _attached(sample)
        choices = _choices(sample)
        target = reference_of("target", sample.get("target"))
        answer = _answer(sample)
        return finished_row(
            ItemRow(
                line=number,
                turns=(Turn(question_of("input", sample.get("input")), answer or "", "" if choices else target),),
                key=_key(sample, epochs),
                model=model,
                has_answer=answer is not None,
                extra=_extra(sample),
                judgments=tuple(_judgments(sample, has_answer=answer is not None)),
                choices=choices,
                gold_choice=_gold(target, choices),
            )
        )
    except BadField as error:
        return RowProblem(number, str(error))


def _attached(sample: dict[str, Any]) -> dict[str, Any]:
    """The sample with its attachments in their places: what is long is written once, and named where it belongs."""
    held = sample.get("attachments")
    if not isinstance(held, dict) or not held:
        return sample
    return {name: value if name in _PASSED_OVER else _with(held, value) for name, value in sample.items()}


def _with(held: Mapping[str, Any], value: Any) -> Any:
    if isinstance(value, str):
        text = held.get(value.removeprefix(_ATTACHED)) if value.startswith(_ATTACHED) else value
        return text if isinstance(text, str) else value
    if isinstance(value, dict):
        return {name: _with(held, inner) for name, inner in value.items()}
    return [_with(held, inner) for inner in value] if isinstance(value, list) else value


def _extra(sample: Mapping[str, Any]) -> dict[str, Any]:
    left = {name: value for name, value in sample.items() if name not in _TAKEN | _PASSED_OVER}
    kept = {name: value for name, value in left.items() if value not in (None, {}, [])}
    return kept | ({"input": sample["input"]} if isinstance(sample.get("input"), list) else {})


def _gold(target: str, choices: tuple[str, ...]) -> str:
    letter = target.strip().upper()
    return letter if len(letter) == 1 and letter in LETTERS[: len(choices)] else ""


def _key(sample: Mapping[str, Any], epochs: int) -> str:
    name, epoch = text_of("id", sample.get("id")), sample.get("epoch")
    # Logs that do not say how many epochs they had still number them.
    return f"{name}:{epoch}" if name and isinstance(epoch, int) and (epochs > 1 or epoch > 1) else name


def _choices(sample: Mapping[str, Any]) -> tuple[str, ...]:
    found = sample.get("choices") or []
    if not isinstance(found, list) or not all(isinstance(choice, str) for choice in found):
        raise BadField(f"'choices' is {kind_of(found)}; write a list of texts.")
    return tuple(found) if 2 <= len(found) <= len(LETTERS) else ()


def _answer(sample: Mapping[str, Any]) -> str | None:
    """What the model said; None where it failed."""
    output = sample.get("output")
    if sample.get("error") or not isinstance(output, dict):
        return None
    if isinstance(output.get("completion"), str):
        return str(output["completion"])
    said = output.get("choices")
    message = said[0].get("message") if isinstance(said, list) and said and isinstance(said[0], dict) else None
    return _content(message.get("content")) if isinstance(message, dict) else None


def _content(content: Any) -> str | None:
    if isinstance(content, list):
        parts = [part.get("text") for part in content if isinstance(part, dict) and part.get("type") == "text"]
        return "\n".join(part for part in parts if isinstance(part, str))
    return content if isinstance(content, str) else None


def _judgments(sample: Mapping[str, Any], *, has_answer: bool) -> Iterator[ImportedJudgment]:
    scores = sample.get("scores") or {}
    if not scores and isinstance(sample.get("score"), dict):
        scores = {"score": sample["score"]}
    if not isinstance(scores, dict):
        raise BadField(f"'scores' is {kind_of(scores)}; it is an object with a score per scorer.")
    named = {}
    for scorer, score in scores.items():
        if not isinstance(score, dict):
            raise BadField(f"The score of {scorer[:80]!r} is {kind_of(score)}; it is an object with a value.")
        value = score.get("value")
        parts = value.items() if isinstance(value, dict) else [("", value)]
        named.update({f"{scorer}.{part}".rstrip("."): (one, score) for part, one in parts})
    for name, (value, score) in named.items():
        yield _judgment("" if len(named) == 1 else name[:100], value, score, has_answer)


def _judgment(criterion: str, value: Any, score: Mapping[str, Any], has_answer: bool) -> ImportedJudgment:
    kept = ("value", "answer", "explanation", "metadata")
    detail = {name: score[name] for name in kept if score.get(name) is not None}
    verdict, number, said, reason = None, None, "", None
    if isinstance(value, bool):
        verdict, number = (Verdict.CLEAN, 1.0) if value else (Verdict.WRONG, 0.0)
    elif isinstance(value, (int, float)):
        number = float(value)
    elif isinstance(value, str) and value in _WORDS:
        verdict, number = _WORDS[value]
        reason = Reason.NO_ANSWER if value == "N" else None
    elif isinstance(value, str) and value:
        said = value[:100]
    else:
        reason = Reason.NO_VERDICT if has_answer else Reason.NO_ANSWER
    return ImportedJudgment(
        verdict=verdict, score=number, value=said, criterion=criterion, reason=reason, judge="inspect", detail=detail
    )
