"""Items by their words: what a database keeps escaped is found as people write it."""

import pytest

from tests import factories

pytestmark = pytest.mark.django_db
WORDS = [
    'He said "yes"',
    "back\\slash",
    "line\nbreak",
    "tab\there",
    "東京タワー",
    "50% _under",
    "emoji 😀 x",
    "<script>",
    "a/b",
]


@pytest.mark.parametrize("place", ["question", "answer", "reference"])
@pytest.mark.parametrize("words", WORDS)
def test_words_are_found_wherever_they_stand(words: str, place: str) -> None:
    dataset = factories.make_dataset()
    texts = {"question": "q", "answer": "a", "reference": "r"} | {place: f"before {words} after"}
    item = factories.make_item(dataset, **texts)
    factories.make_item(dataset, "other", "none")
    assert list(dataset.items.saying(words)) == [item]


def test_the_names_of_parts_are_no_words_of_an_item() -> None:
    dataset = factories.make_dataset()
    factories.make_item(dataset, "q", "a")
    assert list(dataset.items.saying("reference")) == []


def test_context_criteria_and_key_are_searched_too() -> None:
    dataset = factories.make_dataset()
    items = [factories.make_item(dataset, **{place: f"a Pump {place}"}) for place in ("context", "criteria", "key")]
    assert list(dataset.items.saying("pump").order_by("position")) == items
