"""Texts that leave as the database stores them are what the writers would make of them."""

import json
from pathlib import Path
from typing import Any

import pytest
from django.db import connection

from judging.core.items import Turn
from judging.models import Item
from tests import factories
from training_export.actions import export_dataset
from training_export.core.records import Record
from training_export.core.writers.base import quoted
from training_export.core.writers.qa_jsonl import NAMES, qa_line
from training_export.selection import records, select
from training_export.selection.labelled import said_in, word_of_code
from training_export.selection.stored import BY_LENGTH, WRITTEN, Quoted, plain, turn_json, turns_of

CONTROL = "".join(map(chr, range(1, 32)))
TEXTS = [
    "",
    "plain",
    'a "quoted", "answer": "text"',
    "ends in \\",
    '"}, {"',
    "日本語\n\t😀\u2028\x7f",
    "C:\\users",
    CONTROL,
]


def of_length(turn: Turn) -> str:
    texts = {"answer": turn.answer, "question": turn.question, "reference": turn.reference}
    return json.dumps([texts], ensure_ascii=False)


@pytest.mark.parametrize("question", TEXTS)
@pytest.mark.parametrize("answer", TEXTS)
def test_the_parts_of_a_turn_are_what_was_stored(question: str, answer: str) -> None:
    turn = Turn(question, answer, question[:3])
    for stored, layout in ((f"[{turn.json_text()}]", WRITTEN), (of_length(turn), BY_LENGTH)):
        found = turn_json(stored, layout)
        assert found in (None, (quoted(question), quoted(answer), quoted(turn.reference)))
        assert turns_of(stored, found) == (turn,)
        # Only what is written with numbers of characters has to be decoded.
        assert (found is None) == ("\\u" in stored)


@pytest.mark.parametrize(
    "stored",
    [
        json.dumps([Turn("日", "本").as_json()]),
        f"[{Turn('a', 'b').json_text()}, {Turn('c', 'd').json_text()}]",
        '[{"reference": "r", "question": "q", "answer": "a"}]',
        '[{"question": "q", "answer": null, "reference": ""}]',
        '[{"question": "q", "reference": "r"}]',
        "[]",
    ],
)
def test_other_forms_are_decoded(stored: str) -> None:
    assert turn_json(stored, WRITTEN) is None


@pytest.mark.django_db
@pytest.mark.parametrize("text", TEXTS)
def test_the_database_quotes_as_the_writers_do(text: str) -> None:
    factories.make_item(factories.make_dataset(), "Q?", context=text)
    stored = Item.objects.values_list(Quoted("context"), flat=True).get()
    assert (stored, plain(stored)) == (quoted(text), text)


@pytest.mark.django_db
@pytest.mark.parametrize("extra", [{}, {"n": 1.5, "deep": {"a": [1, None]}}, {"題": "日"}, {"question": "of the file"}])
@pytest.mark.parametrize("fields", [{}, {"context": '本文 "x"\n', "criteria": "c", "category": "k", "model": "m"}])
def test_a_line_of_json_is_the_line_of_its_texts(extra: dict[str, Any], fields: dict[str, str]) -> None:
    dataset = factories.make_dataset()
    campaign, person = factories.make_campaign(dataset), factories.make_annotator()
    for number, text in enumerate(TEXTS[1:]):
        item = factories.make_item(dataset, f"{text}?", text, key=f"k{number}", extra=extra, **fields)
        Item.objects.filter(pk=item.pk).update(turns=[Turn(f"{text}?", text, text[:2]).as_json()])
        factories.make_label(campaign, item, person, "clean")
    needs = ("context", "extra")
    plainly = [qa_line(record) for record in records(select(dataset), needs=needs)]  # type: ignore[arg-type]
    made = list(records(select(dataset), needs=needs, json_without=NAMES))  # type: ignore[arg-type]
    assert [qa_line(record) for record in made] == plainly
    if connection.vendor == "sqlite" and not extra:
        assert any(isinstance(record, Record) and record.json for record in made)


@pytest.mark.django_db
def test_a_corrected_item_leaves_with_all_it_has(tmp_path: Path) -> None:
    dataset = factories.make_dataset()
    item = factories.make_item(dataset, "Q?", "A.", context="c", extra={"n": 1})
    label = {"correction": {"answer": "B."}}
    factories.make_label(factories.make_campaign(dataset), item, factories.make_annotator(), "clean", **label)
    export_dataset(select(dataset), tmp_path / "out", format_name="qa_jsonl")
    (line,) = next((tmp_path / "out").glob("*_clean.jsonl")).read_text().splitlines()
    assert json.loads(line) == {"id": item.key, "question": "Q?", "answer": "B.", "context": "c", "n": 1}


@pytest.mark.parametrize(
    ("code", "revision", "said"),
    [
        ("clean", 1, [("clean", None)]),
        ("wrong,clean", 1, [("clean", None), ("wrong", None)]),
        ("clean,2:wrong:3", 2, [("wrong", 3)]),
        ("1:wrong:2,2:wrong:,clean", 1, [("clean", None), ("wrong", 2)]),
        ("clean", 2, []),
    ],
)
def test_labels_of_a_row_are_read(code: str, revision: int, said: list[Any]) -> None:
    assert said_in(code, revision) == said
    assert (word_of_code(code, revision) is None) == (not said)
