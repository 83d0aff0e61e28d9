import pytest
from django.contrib.auth.models import User

from judging.actions.revisions import RevisionRefused, restore_item, revise_item
from judging.core.items import Turn, question_key
from judging.models import Item, ItemRevision
from tests import factories

pytestmark = pytest.mark.django_db


@pytest.fixture
def item() -> Item:
    return factories.make_item(factories.make_dataset(), "Q?", "A.", "R.")


def test_a_new_text_is_a_new_revision_and_the_old_one_stays(item: Item, lead: User) -> None:
    kept = revise_item(item, {"answer": "B."}, revision=1, reason="adjudicated", author=lead)
    item.refresh_from_db()
    assert (item.answer, item.question, item.reference, item.revision) == ("B.", "Q?", "R.", 2)
    assert kept is not None
    assert (kept.number, kept.author, kept.reason) == (1, lead, "adjudicated")
    assert kept.fields == {"turns": [{"question": "Q?", "answer": "A.", "reference": "R."}]}


def test_later_turns_stay_as_they_were(item: Item) -> None:
    second = Turn("And?", "So.", "").as_json()
    Item.objects.filter(pk=item.pk).update(turns=[*item.turns, second])
    revise_item(item, {"question": "Q2?"}, revision=1, reason="r")
    item.refresh_from_db()
    assert item.turns[1] == second
    assert item.question_key == question_key((Turn("Q2?"), Turn("And?")))


def test_texts_as_they_are_make_no_revision(item: Item) -> None:
    assert revise_item(item, {"answer": "A.", "question": "Q?"}, revision=1, reason="r") is None
    assert not ItemRevision.objects.exists()


def test_a_reference_may_go(item: Item) -> None:
    revise_item(item, {"reference": ""}, revision=1, reason="r")
    item.refresh_from_db()
    assert item.reference == ""


def test_restoring_is_one_more_revision(item: Item) -> None:
    kept = revise_item(item, {"answer": "B."}, revision=1, reason="r")
    assert kept is not None
    assert restore_item(kept, reason="taken back") is not None
    item.refresh_from_db()
    assert (item.answer, item.revision) == ("A.", 3)
    assert list(item.revisions.values_list("number", flat=True)) == [1, 2]


def test_what_others_changed_since_is_not_restored(item: Item) -> None:
    kept = revise_item(item, {"answer": "B."}, revision=1, reason="r")
    revise_item(item, {"answer": "C."}, revision=2, reason="r")
    assert kept is not None
    assert restore_item(kept, reason="taken back") is None
    item.refresh_from_db()
    assert item.answer == "C."


@pytest.mark.parametrize(
    ("texts", "revision", "said"),
    [
        ({"answer": "B."}, 2, "has changed since"),
        ({"answer": " \n"}, 1, "cannot be empty"),
        ({"category": "x"}, 1, "Only question, answer, reference and context"),
    ],
)
def test_refusals_change_nothing(item: Item, texts: dict[str, str], revision: int, said: str) -> None:
    with pytest.raises(RevisionRefused, match=said):
        revise_item(item, texts, revision=revision, reason="r")
    item.refresh_from_db()
    assert (item.answer, item.revision) == ("A.", 1)
    assert not ItemRevision.objects.exists()


def test_the_texts_of_a_pair_are_not_revised() -> None:
    turns_b = [Turn("Q?", "B.").as_json()]
    pair = factories.make_item(factories.make_dataset(), kind="pair", turns_b=turns_b)
    with pytest.raises(RevisionRefused, match="of an answer"):
        revise_item(pair, {"answer": "C."}, revision=1, reason="r")


def test_a_new_context_is_a_revision_that_leaves_the_turns_alone(item: Item) -> None:
    Item.objects.filter(pk=item.pk).update(context="The pump runs at 12 V.")
    kept = revise_item(item, {"context": "The pump runs at 24 V."}, revision=1, reason="adjudicated")
    item.refresh_from_db()
    assert (item.context, item.answer, item.revision) == ("The pump runs at 24 V.", "A.", 2)
    assert kept is not None
    assert kept.fields == {"context": "The pump runs at 12 V."}
    undone = restore_item(kept, reason="taken back")
    item.refresh_from_db()
    assert undone is not None
    assert (item.context, item.revision) == ("The pump runs at 12 V.", 3)


def test_answer_and_context_are_one_revision(item: Item) -> None:
    kept = revise_item(item, {"answer": "B.", "context": "Because."}, revision=1, reason="r")
    assert kept is not None
    assert set(kept.fields) == {"turns", "context"}
    item.refresh_from_db()
    assert (item.answer, item.context, item.revision) == ("B.", "Because.", 2)
