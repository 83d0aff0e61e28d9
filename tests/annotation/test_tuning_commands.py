"""What the page of tuning does, from the command line; and looks at the test part, which are counted there."""

import json
from dataclasses import replace
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.core.management import CommandError, call_command
from django.test import Client
from django.urls import reverse

from annotation.models import RubricDraft, TestLook
from judging.actions.judges import judge_for
from judging.core.builtin import JUDGES
from judging.models import Run
from tests.annotation.test_tuning import ANSWER, Site, proposing
from tests.factories import make_dataset, make_user

pytestmark = pytest.mark.django_db


@pytest.fixture
def site() -> Site:
    return Site()


def stricter(site: Site) -> Run:
    """A version that calls a vague answer wrong, over every item."""
    rules = [{"contains": "about", "reply": '{"verdict": "wrong"}'}]
    return site.judged(judge_for(replace(JUDGES["scripted"], sampling={"rules": rules})))


def test_a_comparison_says_what_the_page_says(site: Site, lead_client: Client, capsys: Any) -> None:
    new = stricter(site)
    call_command("compare_versions", "dataset", run=site.run.pk, new=new.pk, json=True)
    found = json.loads(capsys.readouterr().out)
    page = lead_client.get(reverse("agreement_tune", args=[site.dataset.pk]), {"run": site.run.pk, "new": new.pk})
    assert {name: found[name] for name in page.context["compared"]} == page.context["compared"]
    assert (found["part"], found["n"]) == ("dev", 18)
    assert len(found["flips"]["better"]) == found["better"] > 0
    assert not TestLook.objects.exists()


def test_a_confirmed_comparison_is_a_look_about_both_versions(site: Site, capsys: Any) -> None:
    new = stricter(site)
    call_command("compare_versions", "dataset", run=site.run.pk, new=new.pk, confirm=True)
    out = capsys.readouterr().out
    assert "scripted v1" in out
    assert "on the test part, 12 items" in out
    look = TestLook.objects.get()
    assert (look.where, set(look.judges.all())) == ("compare_versions", {site.judge, new.judge})


def test_runs_that_are_not_there_are_refused(site: Site) -> None:
    make_dataset("other")
    with pytest.raises(CommandError, match="no run 999"):
        call_command("compare_versions", "dataset", new=999)
    with pytest.raises(CommandError, match="no such finished run"):
        call_command("compare_versions", "other", new=site.run.pk)
    with pytest.raises(CommandError, match="There is no dataset 'nothing'"):
        call_command("compare_versions", "nothing", new=1)


def test_a_proposal_is_a_draft_that_a_person_decides(site: Site, capsys: Any) -> None:
    run = proposing(site, ANSWER)
    call_command("propose_rubric", "dataset", run=run.pk, json=True)
    found = json.loads(capsys.readouterr().out)
    draft = RubricDraft.objects.get()
    assert (found["draft"], found["shown"], draft.state) == (draft.pk, draft.shown, RubricDraft.State.OPEN)
    assert "Be strict about units." in json.dumps(found["prompts"])
    call_command("propose_rubric", "dataset", run=run.pk)
    assert "Be strict about units." in (out := capsys.readouterr().out)
    assert found["address"] in out


def test_a_proposal_that_cannot_be_made_is_refused(site: Site) -> None:
    with pytest.raises(CommandError, match="There is no engine 'none'"):
        call_command("propose_rubric", "dataset", run=site.run.pk, engine="none")
    assert not RubricDraft.objects.exists()


def look(client: Client, site: Site) -> Any:
    address = reverse("agreement_look", args=[site.dataset.pk]) + f"?run={site.run.pk}"
    return client.post(address, follow=True)


def test_every_look_is_counted_beside_the_numbers_it_shows(site: Site, lead_client: Client) -> None:
    look(lead_client, site)
    shown = look(lead_client, site)
    assert "It was looked at 2 times." in shown.content.decode()
    number = TestLook.objects.order_by("-pk")[0].pk
    page = reverse("agreement_report", args=[site.dataset.pk])
    report = lead_client.get(page, {"split": "test", "look": str(number)})
    assert "12 items; the locked test part was looked at 2 times." in " ".join(report.content.decode().split())
    assert TestLook.objects.count() == 2


def test_the_test_part_is_shown_to_nobody_who_did_not_ask(site: Site, lead_client: Client, client: Client) -> None:
    page = reverse("agreement_report", args=[site.dataset.pk])
    assert lead_client.get(page, {"split": "test"}).status_code == 404
    look(lead_client, site)
    mine: dict[str, str | int] = {"split": "test", "look": TestLook.objects.get().pk}
    other = make_user("other", role="lead")
    client.force_login(User.objects.get(pk=other.pk))
    assert client.get(page, mine).status_code == 404
    assert lead_client.get(page, mine).status_code == 200
    assert TestLook.objects.count() == 1
