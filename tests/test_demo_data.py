"""The example data is whole: what its README says of it can be counted."""

import json
import re
from pathlib import Path
from typing import Any

import pytest
from sacrebleu.metrics import CHRF

FOLDER = Path(__file__).resolve().parents[1] / "evalsite" / "demo_data"
REVIEWERS = ("reviewer-1", "reviewer-2")


def rows_of(name: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in (FOLDER / name).read_text(encoding="utf-8").splitlines()]


@pytest.fixture(scope="module")
def items() -> dict[str, dict[str, Any]]:
    return {row["id"]: row for row in rows_of("qa.jsonl")}


@pytest.fixture(scope="module")
def labels() -> list[dict[str, Any]]:
    return rows_of("labels.jsonl")


@pytest.fixture(scope="module")
def intent() -> dict[str, list[str]]:
    stored: dict[str, list[str]] = json.loads((FOLDER / "intent.json").read_text(encoding="utf-8"))
    return stored


@pytest.fixture(scope="module")
def verdicts(labels: list[dict[str, Any]]) -> dict[str, dict[str, str]]:
    """reviewer -> item -> verdict"""
    return {who: {row["id"]: row["verdict"] for row in labels if row["annotator"] == who} for who in REVIEWERS}


def test_has_at_least_sixty_items_with_their_own_ids(items: dict[str, dict[str, Any]]) -> None:
    assert len(rows_of("qa.jsonl")) == len(items) >= 60


def test_has_both_languages_in_useful_numbers(items: dict[str, dict[str, Any]]) -> None:
    languages = [row["lang"] for row in items.values()]
    assert set(languages) == {"ja", "en"}
    assert min(languages.count("ja"), languages.count("en")) >= 30


def test_the_language_of_a_question_is_the_one_it_names(items: dict[str, dict[str, Any]]) -> None:
    for row in items.values():
        outside_quotes = re.sub("「.*?」", "", row["question"])
        assert (row["lang"] == "ja") is ("。" in outside_quotes), row["id"]


def test_every_category_is_there(items: dict[str, dict[str, Any]]) -> None:
    assert {row["category"] for row in items.values()} == {
        "facts", "arithmetic", "reading", "translation", "writing", "safety", "code",
    }  # fmt: skip


def test_no_text_is_empty_and_every_item_has_a_reference(items: dict[str, dict[str, Any]]) -> None:
    for row in items.values():
        assert {"question", "answer", "reference", "model"} <= row.keys(), row["id"]
        assert all(text.strip() for text in row.values()), row["id"]


def test_reading_items_bring_their_text(items: dict[str, dict[str, Any]]) -> None:
    assert all("context" in row for row in items.values() if row["category"] == "reading")


def test_japanese_is_written_literally() -> None:
    for path in FOLDER.iterdir():
        assert "\\u" not in path.read_text(encoding="utf-8")


@pytest.mark.parametrize(
    "pattern",
    ["```python\n", r"\n- .*\n- ", "[０-９]", "[\U0001f300-\U0001faff]", r"\[\[5\]\]", "verdict: clean", "<b>"],
)
def test_difficult_text_is_among_the_answers(pattern: str, items: dict[str, dict[str, Any]]) -> None:
    assert any(re.search(pattern, row["answer"]) for row in items.values())


def test_answers_run_from_one_character_to_a_long_text(items: dict[str, dict[str, Any]]) -> None:
    lengths = [len(row["answer"]) for row in items.values()]
    assert min(lengths) == 1
    assert max(lengths) >= 600


def test_every_item_was_meant_right_wrong_or_debatable(
    items: dict[str, dict[str, Any]], intent: dict[str, list[str]]
) -> None:
    meant = [key for keys in intent.values() for key in keys]
    assert set(intent) == {"right", "wrong", "debatable"}
    assert sorted(meant) == sorted(items)


def test_about_a_third_is_wrong_on_purpose(items: dict[str, dict[str, Any]], intent: dict[str, list[str]]) -> None:
    assert 0.25 <= len(intent["wrong"]) / len(items) <= 0.35
    assert 0.55 <= len(intent["right"]) / len(items) <= 0.65


def test_the_readme_gives_the_counts(items: dict[str, dict[str, Any]], intent: dict[str, list[str]]) -> None:
    readme = (FOLDER / "README.md").read_text(encoding="utf-8")
    for count, word in [(len(items), "question-answer items"), *((len(keys), kind) for kind, keys in intent.items())]:
        assert f"{count} {word}" in readme


def test_comparing_strings_is_wrong_in_both_directions_but_not_useless(
    items: dict[str, dict[str, Any]], intent: dict[str, list[str]]
) -> None:
    def overlap(key: str) -> float:
        return float(CHRF().sentence_score(items[key]["answer"], [items[key]["reference"]]).score)

    right = [overlap(key) for key in intent["right"]]
    wrong = [overlap(key) for key in intent["wrong"]]
    assert sum(score < 40 for score in right) >= 10
    assert sum(score > 60 for score in wrong) >= 10
    assert sum(score >= 50 for score in right) + sum(score < 50 for score in wrong) > (len(right) + len(wrong)) * 0.55


def test_every_label_is_one_reviewers_word_on_one_item(
    items: dict[str, dict[str, Any]], labels: list[dict[str, Any]]
) -> None:
    assert {row["annotator"] for row in labels} == set(REVIEWERS)
    assert {row["verdict"] for row in labels} == {"clean", "wrong", "undefined"}
    assert len({(row["annotator"], row["id"]) for row in labels}) == len(labels)
    assert all(row["id"] in items and row["seconds"] > 0 for row in labels)


def test_the_last_four_items_have_one_label(
    items: dict[str, dict[str, Any]], verdicts: dict[str, dict[str, str]]
) -> None:
    assert list(verdicts["reviewer-1"]) == list(items)
    assert list(verdicts["reviewer-2"]) == list(items)[:-4]


def test_whoever_says_wrong_or_undefined_says_why(
    items: dict[str, dict[str, Any]], labels: list[dict[str, Any]]
) -> None:
    for row in labels:
        assert row["verdict"] == "clean" or row["comment"].strip(), row
        in_japanese = re.search("[ぁ-んァ-ン]", row["comment"]) is not None
        assert not row["comment"] or in_japanese is (items[row["id"]]["lang"] == "ja"), row


def test_five_corrections_change_the_answer_of_wrong_items(
    items: dict[str, dict[str, Any]], labels: list[dict[str, Any]]
) -> None:
    corrected = [row for row in labels if "correction" in row]
    assert len(corrected) == 5
    for row in corrected:
        assert (row["annotator"], row["verdict"]) == ("reviewer-1", "wrong")
        assert row["correction"].keys() == {"answer"}
        assert row["correction"]["answer"] != items[row["id"]]["answer"]


def test_the_reviewers_agree_on_most_items(verdicts: dict[str, dict[str, str]]) -> None:
    first, second = (verdicts[who] for who in REVIEWERS)
    same = sum(first[key] == verdict for key, verdict in second.items())
    assert 0.75 <= same / len(second) <= 0.95


def test_the_reviewers_disagree_mostly_where_the_answer_is_debatable(
    verdicts: dict[str, dict[str, str]], intent: dict[str, list[str]]
) -> None:
    first, second = (verdicts[who] for who in REVIEWERS)
    apart = {key for key, verdict in second.items() if first[key] != verdict}
    assert len(apart & set(intent["debatable"])) > len(apart) / 2
