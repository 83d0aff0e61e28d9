"""Every format byte for byte against the files in samples/."""

import json
from hashlib import sha256
from pathlib import Path

import pytest

from judging.core.items import Turn
from judging.core.verdicts import PersonVerdict, Verdict
from training_export.core.records import JudgeWord, Origin, PeopleWord, Record, Rule, Source
from training_export.core.tally import write_records
from training_export.core.writers import WRITERS, WriterOptions
from training_export.core.writers.mdk import log_entry

SAMPLES = Path(__file__).resolve().parents[1] / "samples"
STAMP = "2026-01-31-09-05-07"
REPLIES = [" helpfulness: 3 [/ATTR_1]", " quality: 'good' [/ATTR_2]"]
JUDGE_LOG = {
    "entry": 1,
    "format": "judge_log",
    "convert_template": None,
    "evaluate_template": "ja/verify.jinja2",
    "prompt": ["… [ATTR_1]", "… [ATTR_2]"],
    "output": REPLIES,
    "raw_score": [-0.3257],
    "score": -0.3257,
    "num_error": 0,
    "previous_num_error": 1,
    "reviewer_note": {"seen": True},
}


def by(verdict: PersonVerdict, **fields: object) -> PeopleWord:
    return PeopleWord(origin=Origin.MAJORITY, verdict=verdict, **fields)  # type: ignore[arg-type]


def judged(verdict: Verdict, score: float | None = None) -> JudgeWord:
    return JudgeWord(verdict=verdict, score=score)


def records() -> list[Record]:
    return [
        Record(
            key="pump",
            position=1,
            turns=(Turn("ポンプの電圧は?", "ポンプは24ボルトで動く。"),),
            context="ポンプは12ボルトで動く。",
            extra={"mdk": JUDGE_LOG, "qa": {"source_page": 3}},
            judge=judged(Verdict.CLEAN, -0.3257),
            people=by(PersonVerdict.WRONG, error_count=2, correction={"answer": "ポンプは12ボルトで動く。"}),
        ),
        Record(
            key="quote",
            position=2,
            turns=(Turn('Say "hi".', "hi\n— \\ 😀\u2028", "hi"),),
            criteria="exact",
            category="writing",
            model="m-1",
            extra={"tags": ["a", "b"], "level": 2},
            judge=judged(Verdict.WRONG, 2.0),
            replies=("It's wrong.",),
            people=by(PersonVerdict.CLEAN),
        ),
        Record(
            key="unsure",
            position=3,
            turns=(Turn("Which?", "That."),),
            judge=JudgeWord(verdict=Verdict.INVALID, reason="no_verdict"),
            people=by(PersonVerdict.UNDEFINED),
        ),
        Record(
            key="tied",
            position=4,
            turns=(Turn("Tied?", "Yes."),),
            judge=judged(Verdict.CLEAN),
            replies=("Fine.",),
            people=PeopleWord(origin=Origin.TIE),
        ),
        Record(key="nobody", position=5, turns=(Turn("Seen?", "No."),)),
        Record(
            key="turns",
            position=6,
            turns=(Turn("One?", "1"), Turn("Two?", "2")),
            one_answer=False,
            people=by(PersonVerdict.CLEAN),
        ),
    ]


@pytest.mark.parametrize(
    ("format_name", "source", "sample"),
    [("mdk", "gold", "mdk_people"), ("mdk", "judge", "mdk_judge"), ("qa_jsonl", "human", "qa_jsonl_people")],
)
def test_writes_the_sample_byte_for_byte(format_name: str, source: str, sample: str, tmp_path: Path) -> None:
    options = WriterOptions(source=Source(source), stamp=STAMP)
    _tally, files = write_records(records(), WRITERS[format_name].make(tmp_path, options), Rule(source=options.source))
    wanted = {path.name: path.read_bytes() for path in (SAMPLES / sample).iterdir()}
    assert {path.name: path.read_bytes() for path in tmp_path.iterdir()} == wanted
    assert {file.name: file.sha256 for file in files} == {n: sha256(data).hexdigest() for n, data in wanted.items()}
    assert {file.name: file.bytes for file in files} == {name: len(data) for name, data in wanted.items()}


def test_counts_what_went_where(tmp_path: Path) -> None:
    options = WriterOptions(source=Source.GOLD, stamp=STAMP)
    tally, files = write_records(records(), WRITERS["mdk"].make(tmp_path, options), Rule(source=options.source))
    assert tally.as_json(options.source) == {
        "items": 6,
        "clean": 1,
        "wrong": 1,
        "invalid": 1,
        "left_out": {"unreviewed": 1, "tie": 1, "not_one_answer": 1},
        "undefined": 1,
        "corrected": 1,
        "verdict_from": {"gold": 0, "majority": 3},
    }
    assert [file.rows for file in files] == [1, 1, 1, 5]


def test_writes_empty_files_for_no_records(tmp_path: Path) -> None:
    options = WriterOptions(source=Source.HUMAN, stamp=STAMP)
    write_records([], WRITERS["mdk"].make(tmp_path, options), Rule(source=options.source))
    assert json.loads((tmp_path / f"experiment_log_manual_{STAMP}.json").read_text()) == []
    assert (tmp_path / f"dataset_manual_{STAMP}_clean.jsonl").read_bytes() == b""


def test_every_format_is_written_from_every_source(tmp_path: Path) -> None:
    for name, form in WRITERS.items():
        for source in Source:
            folder = tmp_path / name / source
            folder.mkdir(parents=True)
            writer = form.make(folder, WriterOptions(source=source, stamp=STAMP))
            _tally, files = write_records(records(), writer, Rule(source=source))
            lying = {str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file()}
            assert {file.name for file in files} == lying


def test_half_a_character_is_written_escaped(tmp_path: Path) -> None:
    broken = Record(key="k", position=1, turns=(Turn("日本\ud83d", "A."),), judge=JudgeWord(verdict=Verdict.CLEAN))
    options = WriterOptions(source=Source.JUDGE, stamp=STAMP)
    write_records([broken], WRITERS["mdk"].make(tmp_path, options), Rule(source=options.source))
    line = (tmp_path / "dataset_clean.jsonl").read_text(encoding="utf-8")
    assert json.loads(line)["question"] == "日本\ud83d"


def entry_of(mdk: dict[str, object], people: PeopleWord | None = None, **fields: object) -> dict[str, object]:
    whole = Record(  # type: ignore[arg-type]
        key="k", position=1, turns=(Turn("Q?", "A."),), extra={"mdk": mdk}, people=people or PeopleWord(), **fields
    )
    return log_entry(whole)


def test_a_verdict_that_people_left_is_kept_where_the_labels_differ() -> None:
    mdk = {"format": "manual_log", "entry": 1, "num_error": 1, "output": "['a']"}
    assert entry_of(mdk, by(PersonVerdict.CLEAN))["previous_num_error"] == 1
    assert "previous_num_error" not in entry_of(mdk, by(PersonVerdict.WRONG))
    taken = entry_of(mdk | {"previous_num_error": 0}, by(PersonVerdict.CLEAN))
    assert (taken["previous_num_error"], taken["imported_num_error"]) == (0, 1)


def test_printed_replies_become_a_list_again_where_nobody_labelled() -> None:
    assert entry_of({"output": "['a', \"it's\"]"})["output"] == ["a", "it's"]
    assert entry_of({"output": "__import__('os')"})["output"] == ["__import__('os')"]
    assert entry_of({"output": ["a"]}, by(PersonVerdict.CLEAN))["output"] == "['a']"


def test_a_page_that_is_not_the_usual_object_comes_back_as_it_was() -> None:
    assert entry_of({"page": {"page": "p", "number": 3}}, context="p")["page"] == {"page": "p", "number": 3}
    assert entry_of({}, context="p")["page"] == {"page": "p"}


def test_entries_of_one_page_get_a_key_of_their_own() -> None:
    entry = entry_of({"key": "shared"})
    assert (entry["key"], entry["entry_key"]) == ("k", "shared")
