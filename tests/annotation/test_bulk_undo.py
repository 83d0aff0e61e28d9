from collections.abc import Callable
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.urls import reverse

from annotation.actions import bulk
from annotation.actions.bulk import Done
from annotation.actions.bulk_undo import NothingToUndo, Undone, last_bulk_action, undo_bulk
from annotation.actions.campaign_rules import Changes, change_campaign
from annotation.actions.campaigns import add_guideline
from annotation.actions.labels import open_assignment, save_draft, submit_label, undo_label
from annotation.actions.people import add_annotators, hand_over, remove_annotators
from annotation.actions.queue import next_place, skip
from annotation.actions.rereview import rereview
from annotation.core.rules import CampaignRules
from annotation.core.words import Terms
from annotation.models import Annotator, Assignment, BulkAction, BulkChange, Campaign, CampaignItem, Label
from tests import factories
from tests.annotation.review_help import make_review, place, view_of, word

pytestmark = pytest.mark.django_db
COLUMNS = ("item", "rank", "how", "probability", "wanted", "taken", "known_value", "for_adjudication", "unskippable")
Verb = Callable[..., Done]


@pytest.fixture
def campaign(annotator: User, other_annotator: User) -> Campaign:
    made = make_review()
    factories.make_user("annotator-3", role="annotator")
    made.rules = made.rules | {"annotators": ["annotator-1", "annotator-2", "annotator-3"]}
    made.save(update_fields=["rules"])
    return made


@pytest.fixture
def pulled(annotator: User, other_annotator: User) -> Campaign:
    rules = {"annotators": ["annotator-1", "annotator-2"]}
    dataset = factories.make_dataset("pulled")
    made = factories.make_campaign(dataset, "pulled", distribution="pulled", rules=rules)
    for rank, item in enumerate(factories.make_items(dataset, 3), 1):
        CampaignItem.objects.create(campaign=made, item=item, rank=rank, wanted=2)
    return made


def items(campaign: Campaign) -> list[int]:
    return list(CampaignItem.objects.filter(campaign=campaign).order_by("rank").values_list("pk", flat=True))


def rows(campaign: Campaign) -> list[tuple[Any, ...]]:
    return list(CampaignItem.objects.filter(campaign=campaign).order_by("rank").values_list("pk", *COLUMNS))


def places(campaign: Campaign) -> list[tuple[Any, ...]]:
    """Every place that was there from the start: those that an action made are closed and stay."""
    found = Assignment.objects.filter(campaign=campaign).exclude(skip_reason="no longer wanted").order_by("pk")
    return list(found.values_list("pk", "state", "placed", "skip_reason", "draft"))


def undo(campaign: Campaign) -> Undone:
    return undo_bulk(campaign, BulkAction.objects.latest("pk").pk)


def decided(campaign: Campaign, name: str = "annotator-1", rank: int = 1, verdict: str = "wrong") -> Label:
    row = place(campaign, rank, name)
    return submit_label(row, word(verdict), view=view_of(row))


def on(verb: Verb, *more: Any) -> Callable[[Campaign], Done]:
    return lambda campaign: verb(campaign, items(campaign), *more)


VERBS = {
    "one more": on(bulk.more_labels),
    "one less": on(bulk.fewer_labels),
    "to adjudication": on(bulk.send_to_adjudication),
    "back to pending": on(bulk.back_to_pending),
    "known": on(bulk.mark_known, "wrong"),
    "not skippable": on(bulk.forbid_skipping),
    "removed": on(bulk.remove_items),
    "handed over": lambda campaign: bulk.hand_items_over(
        campaign, items(campaign), Annotator.objects.get(name="annotator-3")
    ),
}


@pytest.mark.parametrize("verb", VERBS.values(), ids=VERBS.keys())
def test_what_was_done_to_many_items_is_taken_back(campaign: Campaign, verb: Callable[[Campaign], Done]) -> None:
    decided(campaign)
    skip(place(campaign, 2), "not mine", view=view_of(place(campaign, 2)))
    before = (rows(campaign), places(campaign))
    changed = verb(campaign).changed
    assert changed
    assert (rows(campaign), places(campaign)) != before
    assert undo(campaign) == Undone(restored=changed, left=0)
    assert (rows(campaign), places(campaign)) == before
    assert last_bulk_action(campaign) is None
    assert Label.objects.current().count() == 1


@pytest.mark.parametrize("name", ["one more", "one less", "known", "removed", "to adjudication"])
def test_it_is_taken_back_where_people_draw_their_items_too(pulled: Campaign, name: str) -> None:
    next_place(pulled, Annotator.objects.get(name="annotator-1"))
    before = rows(pulled)
    changed = VERBS[name](pulled).changed
    assert undo(pulled) == Undone(restored=changed, left=0)
    assert rows(pulled) == before


def people(campaign: Campaign) -> tuple[str, ...]:
    return CampaignRules.from_json(Campaign.objects.get(pk=campaign.pk).rules).annotators


def named(name: str) -> Annotator:
    return Annotator.objects.get(name=name)


PEOPLE_VERBS: dict[str, Callable[[Campaign], int]] = {
    "handed over": lambda campaign: hand_over(campaign, named("annotator-1"), [named("annotator-3")]),
    "a part handed over": lambda campaign: hand_over(campaign, named("annotator-2"), [named("annotator-3")], count=1),
    "removed": lambda campaign: remove_annotators(campaign, ["annotator-1"]),
    "put back": lambda campaign: rereview(campaign, Label.objects.values_list("pk", flat=True)),
}


@pytest.mark.parametrize("verb", PEOPLE_VERBS.values(), ids=PEOPLE_VERBS.keys())
def test_what_was_done_to_people_and_their_labels_is_taken_back(
    campaign: Campaign, verb: Callable[[Campaign], int]
) -> None:
    add_annotators(campaign, ["annotator-3"])
    Annotator.objects.get_or_create(name="annotator-3", defaults={"user": User.objects.get(username="annotator-3")})
    decided(campaign)
    before = (rows(campaign), places(campaign), people(campaign))
    moved = verb(campaign)
    assert moved
    assert (rows(campaign), places(campaign), people(campaign)) != before
    undone = undo(campaign)
    assert (undone.restored, undone.left) == (moved, 0)
    assert (rows(campaign), places(campaign), people(campaign)) == before
    assert Label.objects.current().count() == 1


def test_who_was_added_is_out_again_with_the_places_that_nobody_has_begun(annotator: User) -> None:
    campaign = make_review(("annotator-1",))
    factories.make_user("annotator-2", role="annotator")
    CampaignItem.objects.filter(campaign=campaign).update(wanted=2)
    before = rows(campaign)
    add_annotators(campaign, ["annotator-2"])
    assert [row.taken for row in CampaignItem.objects.filter(campaign=campaign)] == [2, 2, 2]
    open_assignment(place(campaign, 3, "annotator-2"), judge_shown=False)
    assert undo(campaign) == Undone(restored=2, left=1, rules=True)
    assert people(campaign) == ("annotator-1",)
    assert rows(campaign)[:2] == before[:2]
    assert place(campaign, 1, "annotator-2").skip_reason == "no longer wanted"
    assert place(campaign, 3, "annotator-2").state == "pending"


def test_what_a_pulled_campaign_gave_to_others_meanwhile_stays_with_them(pulled: Campaign) -> None:
    first = next_place(pulled, named("annotator-1"))
    assert first is not None
    CampaignItem.objects.exclude(pk=first.campaign_item_id).delete()
    CampaignItem.objects.update(wanted=1)
    assert remove_annotators(pulled, ["annotator-1"]) == 1
    assert next_place(pulled, named("annotator-2")) is not None
    assert undo(pulled) == Undone(restored=0, left=1, rules=True)
    assert people(pulled) == ("annotator-1", "annotator-2")
    assert list(Assignment.objects.filter(placed=True).values_list("annotator__name", flat=True)) == ["annotator-2"]


def changed(campaign: Campaign, **rules: Any) -> Changes:
    guideline = campaign.guidelines.order_by("-version").first()
    text = rules.pop("guideline", guideline.text if guideline else "")
    terms = Terms(rubric=rules.pop("rubric", campaign.rubric_id), guideline=text, blind_people=rules.pop("blind", True))
    given = CampaignRules(**rules)
    return Changes(name=rules.pop("name", campaign.name), run=campaign.run, terms=terms, rules=given, hold_seconds=60)


def settings_of(campaign: Campaign) -> tuple[Any, ...]:
    row = Campaign.objects.get(pk=campaign.pk)
    newest = row.guidelines.order_by("-version").first()
    names = ("name", "rubric_id", "rules", "hold_seconds", "blind_people", "blind_judge", "blind_model")
    return (*(getattr(row, name) for name in names), newest.text if newest else "")


def test_one_more_annotator_and_all_other_rules_are_as_they_were(campaign: Campaign) -> None:
    add_guideline(campaign, "Read twice.")
    before = settings_of(campaign)
    change_campaign(campaign, changed(campaign, extra_below=0.7, extra_most=2, blind=False, guideline="Read once."))
    assert settings_of(campaign)[2]["extra_below"] == 0.7
    assert undo(campaign) == Undone(restored=0, left=0, rules=True)
    assert settings_of(campaign) == before
    assert campaign.guidelines.count() == 1


def test_rules_that_did_not_change_leave_nothing_to_take_back(campaign: Campaign) -> None:
    change_campaign(campaign, changed(campaign))
    change_campaign(campaign, changed(campaign))
    assert BulkAction.objects.count() == 1
    undo(campaign)
    assert last_bulk_action(campaign) is None


def test_a_guideline_that_somebody_labelled_by_stays_in_the_history(campaign: Campaign) -> None:
    add_guideline(campaign, "Read twice.")
    change_campaign(campaign, changed(campaign, guideline="Read once."))
    decided(campaign)
    assert undo(campaign).rules
    texts = list(campaign.guidelines.order_by("version").values_list("text", flat=True))
    assert texts == ["Read twice.", "Read once.", "Read twice."]


def test_rules_that_were_used_or_changed_since_stay(campaign: Campaign) -> None:
    rubric = factories.make_rubric("another")
    change_campaign(campaign, changed(campaign, rubric=rubric.pk))
    decided(campaign)
    assert undo(campaign).rules is False
    change_campaign(campaign, changed(campaign, rubric=rubric.pk, error_types=("typo",)))
    Campaign.objects.filter(pk=campaign.pk).update(hold_seconds=5, rules={"error_types": ["other"]})
    assert undo(campaign).rules is False
    assert Campaign.objects.get(pk=campaign.pk).rules == {"error_types": ["other"]}


def test_a_place_that_somebody_began_stays(campaign: Campaign) -> None:
    bulk.more_labels(campaign, items(campaign))
    row = place(campaign, 1, "annotator-3")
    open_assignment(row, judge_shown=False)
    assert undo(campaign) == Undone(restored=2, left=1)
    assert list(CampaignItem.objects.order_by("rank").values_list("wanted", "taken")) == [(3, 3), (2, 2), (2, 2)]
    assert place(campaign, 1, "annotator-3").state == "pending"
    assert place(campaign, 2, "annotator-3").skip_reason == "no longer wanted"


def test_who_decided_again_since_keeps_the_new_word(campaign: Campaign) -> None:
    decided(campaign, "annotator-1")
    decided(campaign, "annotator-2")
    bulk.back_to_pending(campaign, items(campaign)[:1])
    decided(campaign, "annotator-1", verdict="clean")
    assert undo(campaign) == Undone(restored=0, left=1)
    assert place(campaign).state == "submitted"
    assert place(campaign, 1, "annotator-2").state == "draft"


def test_who_typed_since_keeps_what_was_typed(campaign: Campaign) -> None:
    decided(campaign)
    bulk.back_to_pending(campaign, items(campaign))
    row = place(campaign)
    save_draft(row, {"comment": "on second thoughts"}, view=view_of(row), sequence=1)
    assert undo(campaign) == Undone(restored=0, left=1)
    assert place(campaign).draft["comment"] == "on second thoughts"


def test_a_label_that_was_taken_back_since_is_not_decided_again(campaign: Campaign) -> None:
    label = decided(campaign)
    bulk.back_to_pending(campaign, items(campaign))
    Label.objects.filter(pk=label.pk).update(ended_at=label.at, ended_by="undone")
    assert undo(campaign) == Undone(restored=0, left=1)
    assert place(campaign).state == "draft"


def test_other_work_on_the_item_is_no_hindrance(campaign: Campaign) -> None:
    bulk.more_labels(campaign, items(campaign)[:1])
    undo_label(decided(campaign, "annotator-2"))
    decided(campaign)
    assert undo(campaign) == Undone(restored=1, left=0)
    assert place(campaign).state == "submitted"


def test_a_place_more_that_somebody_drew_stays(pulled: Campaign) -> None:
    bulk.more_labels(pulled, items(pulled))
    CampaignItem.objects.filter(pk=items(pulled)[0]).update(taken=3)
    assert undo(pulled) == Undone(restored=2, left=1)
    assert list(CampaignItem.objects.order_by("rank").values_list("wanted", flat=True)) == [3, 2, 2]


def test_a_check_item_that_somebody_drew_stays_one(pulled: Campaign) -> None:
    bulk.mark_known(pulled, items(pulled)[:2], "clean")
    CampaignItem.objects.filter(pk=items(pulled)[0]).update(wanted=1, taken=1)
    assert undo(pulled) == Undone(restored=1, left=1)
    assert list(CampaignItem.objects.order_by("rank").values_list("how", flat=True)) == ["check", "all", "all"]


def test_an_item_that_came_in_again_is_there_once(pulled: Campaign) -> None:
    item = CampaignItem.objects.get(pk=items(pulled)[0]).item
    bulk.remove_items(pulled, items(pulled)[:2])
    CampaignItem.objects.create(campaign=pulled, item=item, rank=4, wanted=1)
    assert undo(pulled) == Undone(restored=1, left=1)
    assert CampaignItem.objects.filter(campaign=pulled).count() == 3


def test_only_the_last_action_is_taken_back_and_once(campaign: Campaign) -> None:
    bulk.send_to_adjudication(campaign, items(campaign))
    first = BulkAction.objects.get()
    bulk.forbid_skipping(campaign, items(campaign))
    with pytest.raises(NothingToUndo, match="something else since"):
        undo_bulk(campaign, first.pk)
    assert undo(campaign).restored == 3
    with pytest.raises(NothingToUndo, match="taken back already"):
        undo(campaign)
    assert BulkAction.objects.count() == 2
    assert not BulkChange.objects.exists()


def test_an_action_that_changed_nothing_does_not_hide_the_one_before(campaign: Campaign) -> None:
    bulk.send_to_adjudication(campaign, items(campaign))
    bulk.send_to_adjudication(campaign, items(campaign))
    found = last_bulk_action(campaign)
    assert (found and found.verb, found and found.changed) == ("send_to_adjudication", 3)


def test_queues_of_a_closed_campaign_stay_and_its_marks_do_not(campaign: Campaign) -> None:
    bulk.more_labels(campaign, items(campaign))
    campaign.state = Campaign.State.CLOSED
    with pytest.raises(NothingToUndo, match="closed"):
        undo(campaign)
    bulk.mark_known(campaign, items(campaign), "clean")
    assert undo(campaign).restored == 3


def test_many_items_are_taken_back_some_at_a_time(annotator: User, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bulk, "CHUNK", 2)
    campaign = make_review(("annotator-1",), items=5)
    bulk.send_to_adjudication(campaign, items(campaign))
    assert BulkChange.objects.count() == 3
    assert undo(campaign) == Undone(restored=5, left=0)


def test_the_page_offers_it_at_once_and_later_on(lead_client: Client, lead: User, campaign: Campaign) -> None:
    page = reverse("campaign_items", args=[campaign.pk])
    assert "bulk-undo" not in lead_client.get(page).content.decode()
    sent = {"action": "send_to_adjudication", "everything": "1", "confirmed": "1"}
    answer = lead_client.post(reverse("campaign_bulk", args=[campaign.pk]), sent, follow=True)
    assert "lead-toast" in answer.content.decode()
    later = lead_client.get(page).content.decode()
    assert "lead-toast" not in later
    assert "to adjudication, 3 items" in later
    action = BulkAction.objects.get()
    assert action.by == lead
    undoing = reverse("campaign_undo", args=[campaign.pk]) + "?show=sent"
    answer = lead_client.post(undoing, {"bulk_action": action.pk}, follow=True)
    assert answer.redirect_chain == [(page + "?show=sent", 302)]
    assert "3 items are as they were before." in answer.content.decode()
    assert "bulk-undo" not in lead_client.get(page).content.decode()


@pytest.mark.parametrize("number", ["", "x", "0", "99999"])
def test_a_stale_page_takes_nothing_back(lead_client: Client, campaign: Campaign, number: str) -> None:
    bulk.send_to_adjudication(campaign, items(campaign))
    answer = lead_client.post(reverse("campaign_undo", args=[campaign.pk]), {"bulk_action": number}, follow=True)
    assert "nothing changed" in answer.content.decode()
    assert CampaignItem.objects.filter(for_adjudication=True).count() == 3


def undo_form(html: str) -> str:
    return html[html.index('id="bulk-undo"') :].partition("</form>")[0]


@pytest.mark.parametrize("name", ["campaign_detail", "campaign_rereview", "campaign_items"])
def test_every_page_that_changes_many_things_offers_it(lead_client: Client, campaign: Campaign, name: str) -> None:
    decided(campaign)
    rereview(campaign, Label.objects.values_list("pk", flat=True))
    page = reverse(name, args=[campaign.pk])
    form = undo_form(lead_client.get(page).content.decode())
    assert f'name="page" value="{name}"' in form
    assert "back with who labelled them, 1 item" in form
    sent = {"bulk_action": BulkAction.objects.get().pk, "page": name}
    answer = lead_client.post(reverse("campaign_undo", args=[campaign.pk]), sent, follow=True)
    assert answer.redirect_chain == [(page, 302)]
    assert "1 item is as it was before." in answer.content.decode()
    assert place(campaign).state == "submitted"


def test_people_and_rules_are_taken_back_from_the_campaign_s_page(lead_client: Client, campaign: Campaign) -> None:
    sent = {"action": "remove", "names": "annotator-2"}
    answer = lead_client.post(reverse("campaign_people", args=[campaign.pk]), sent, follow=True).content.decode()
    assert 'id="bulk-undo" class="lead-toast"' in answer
    undoing = reverse("campaign_undo", args=[campaign.pk])
    sent = {"bulk_action": str(BulkAction.objects.get().pk), "page": "campaign_detail"}
    answer = lead_client.post(undoing, sent, follow=True).content.decode()
    assert "people and rules are as they were before." in answer.replace("&#x27;", "'")
    assert people(campaign) == ("annotator-1", "annotator-2", "annotator-3")
    # What moved nothing says so, and does not offer to take something older back.
    sent = {"action": "remove", "names": "nobody"}
    assert (
        "lead-toast"
        not in lead_client.post(reverse("campaign_people", args=[campaign.pk]), sent, follow=True).content.decode()
    )


def test_a_page_that_is_not_ours_is_not_gone_to(lead_client: Client, campaign: Campaign) -> None:
    sent = {"bulk_action": "1", "page": "logout"}
    answer = lead_client.post(reverse("campaign_undo", args=[campaign.pk]), sent)
    assert answer["Location"] == reverse("campaign_items", args=[campaign.pk])
