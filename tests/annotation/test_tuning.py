"""Tuning a judge: new versions, drafts, thresholds and coefficients, on the items to tune on alone."""

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from django.contrib.auth.models import User
from django.core.management import CommandError, call_command
from django.test import Client
from django.urls import reverse
from django.utils.translation import override

from annotation.actions.proposals import Proposer, propose_rubric
from annotation.actions.splits import lock_split
from annotation.actions.tuning import (
    TuningRefused,
    accept_draft,
    decline_draft,
    draft_rubric,
    save_rubric,
    with_refit,
    with_threshold,
)
from annotation.core.splits import SplitRule
from annotation.core.tuning.refit import Sampled, TooFew, refit
from annotation.models import RubricDraft, TestLook
from judging.actions.judges import judge_for
from judging.actions.runs import RunScope, open_run
from judging.actions.work import work_run
from judging.core.attributes import Coefficients, read_coefficients
from judging.core.builtin import JUDGES
from judging.core.claimers import this_claimer
from judging.models import Judge, Reply, Run
from judging.pages.sentences import sentence
from tests.factories import make_annotator, make_campaign, make_dataset, make_item, make_judgment, make_label

pytestmark = pytest.mark.django_db
ANSWER = "```\nQuestion: {{ question }}\nAnswer: {{ answer }}\nBe strict about units.\n```"
FITTED = Coefficients(intercept=0.5, slope=(0.1,) * 9)


class Site:
    """Thirty items that the scripted judge graded by their reference, and people who see more wrong ones."""

    def __init__(self) -> None:
        self.dataset = make_dataset()
        answers = ["12 V", "13 V", "about 12 volts"]
        self.items = [make_item(self.dataset, f"Question {n}?", answers[n % 3], "12 V") for n in range(30)]
        self.judge = judge_for(JUDGES["scripted"])
        self.campaign = make_campaign(self.dataset)
        person = make_annotator("ann")
        for at, item in enumerate(self.items):
            make_label(self.campaign, item, person, "clean" if at % 3 == 0 else "wrong")
        self.run = self.judged(self.judge)
        lock_split(self.dataset, SplitRule(seed=2), campaign=self.campaign)

    def judged(self, judge: Judge, **scope: Any) -> Run:
        run = open_run(judge, self.dataset, scope=RunScope(**scope))
        work_run(run.pk, claimer=this_claimer())
        run.refresh_from_db()
        return run

    def prompts(self, more: str = "\nBe strict.") -> dict[str, dict[str, str]]:
        assert self.judge.rubric is not None
        old = self.judge.rubric.prompts
        return {part: {role: text + more for role, text in roles.items()} for part, roles in old.items()}


@pytest.fixture
def site() -> Site:
    return Site()


def tune(site: Site, **query: Any) -> str:
    parts = "&".join(f"{name}={value}" for name, value in query.items())
    return reverse("agreement_tune", args=[site.dataset.pk]) + (f"?{parts}" if parts else "")


def test_an_edit_becomes_a_new_version_and_the_used_one_stays(site: Site, lead: User) -> None:
    made = save_rubric(site.dataset, site.judge, site.prompts(), by=lead)
    assert (made.version, made.rubric.version) == (2, 2)  # type: ignore[union-attr]
    site.judge.refresh_from_db()
    assert site.judge.rubric.version == 1  # type: ignore[union-attr]
    draft = RubricDraft.objects.get()
    assert (draft.state, draft.made_by, draft.decided_by, draft.accepted) == ("accepted", lead, lead, made)


@pytest.mark.parametrize(
    ("more", "message"),
    [("", "already"), ("{{ nonsense }}", "nonsense"), ("{% if %}", "does not parse")],
)
def test_an_edit_that_changes_nothing_or_cannot_work_is_refused(site: Site, more: str, message: str) -> None:
    with pytest.raises(TuningRefused, match=message):
        save_rubric(site.dataset, site.judge, site.prompts(more), by=None)
    assert not RubricDraft.objects.exists()


def test_a_draft_is_decided_once(site: Site, lead: User) -> None:
    draft = draft_rubric(site.dataset, site.judge, site.prompts(), by=lead)
    assert Judge.objects.filter(name=site.judge.name).count() == 1
    decline_draft(draft, by=lead)
    with pytest.raises(TuningRefused, match="declined already"):
        accept_draft(draft, by=lead)
    assert Judge.objects.filter(name=site.judge.name).count() == 1


def proposing(site: Site, reply: str) -> Run:
    spec = replace(JUDGES["scripted"], sampling={"rules": [{"reply": reply}]})
    made = judge_for(spec)
    run = site.judged(made)
    Run.objects.filter(pk=run.pk).update(judge=made)
    return run


def test_a_model_proposes_a_draft_from_items_to_tune_on(site: Site, lead: User) -> None:
    draft = propose_rubric(proposing(site, ANSWER), site.campaign, "", Proposer(), by=lead)
    assert draft.state == RubricDraft.State.OPEN
    assert "Be strict about units." in json.dumps(draft.prompts)
    assert draft.proposed_by == "scripted"
    assert draft.shown
    sides = dict(site.dataset.items.values_list("position", "split"))
    assert all(sides[position] == "dev" for position in draft.shown)


@pytest.mark.parametrize(
    ("reply", "message"), [("No.", "no prompt"), ("```\nWithout the item.\n```", "answer|question")]
)
def test_a_proposal_that_cannot_be_used_is_refused(site: Site, reply: str, message: str) -> None:
    with pytest.raises(TuningRefused, match=message):
        propose_rubric(proposing(site, reply), site.campaign, "", Proposer())
    assert not RubricDraft.objects.exists()


def test_the_page_shows_what_there_is_to_tune(site: Site, lead_client: Client) -> None:
    html = lead_client.get(tune(site)).content.decode()
    for said in ("It was looked at 0 times.", "Save as a new version", "Confirm on the test part", "No drafts yet."):
        assert said in html


def test_the_page_of_a_dataset_without_runs_says_what_to_do(lead_client: Client) -> None:
    dataset = make_dataset()
    html = lead_client.get(reverse("agreement_tune", args=[dataset.pk])).content.decode()
    assert "No judge to tune yet" in html
    assert "Nothing is locked away yet." in html


def test_the_page_sets_saved_and_new_side_by_side_with_flips(site: Site, lead_client: Client, lead: User) -> None:
    rules = [{"contains": "about", "reply": '{"verdict": "wrong"}'}]
    assert site.judge.rubric is not None
    new = site.judged(judge_for(replace(JUDGES["scripted"], sampling={"rules": rules})), split="dev")
    found = lead_client.get(tune(site, run=site.run.pk, new=new.pk))
    compared = found.context["compared"]
    assert compared["n"] == 18
    assert compared["better"] == len(found.context["better"]) > 0
    sides = dict(site.dataset.items.values_list("position", "split"))
    assert all(sides[row["item"].position] == "dev" for row in found.context["better"])


def test_the_test_part_is_shown_after_a_look_that_is_kept(site: Site, lead_client: Client, lead: User) -> None:
    address = reverse("agreement_look", args=[site.dataset.pk]) + f"?run={site.run.pk}"
    shown = lead_client.post(address, follow=True)
    assert "It was looked at 1 time." in shown.content.decode()
    look = TestLook.objects.get()
    assert (look.by, list(look.judges.all())) == (lead, [site.judge])


def test_the_page_saves_an_edit_and_puts_it_to_work_on_dev(site: Site, lead_client: Client) -> None:
    text = site.prompts()
    data = {f"{part}:{role}": said for part, roles in text.items() for role, said in roles.items()}
    shown = lead_client.post(reverse("agreement_rubric", args=[site.dataset.pk]), data, follow=True)
    run = Run.objects.order_by("-pk")[0]
    assert (run.scope["split"], str(run.judge)) == ("dev", f"{site.judge.name} v2")
    assert f'<option value="{run.pk}" selected>' in shown.content.decode()  # Though it is not finished.


def test_a_lead_decides_a_flag_on_the_page(site: Site, lead_client: Client) -> None:
    make_label(site.campaign, site.items[0], make_annotator("bob"), "clean", flags=["bad_question"])
    site.dataset.items.filter(pk=site.items[0].pk).update(split="dev")
    address = reverse("agreement_flag", args=[site.dataset.pk, 1])
    shown = lead_client.post(address, {"decision": "good"}, follow=True)
    assert [row.decision.is_bad for row in shown.context["flagged"]] == [False]


def scored(site: Site) -> Run:
    run = site.judged(judge_for(replace(JUDGES["score-1-10"], engine="scripted", model="")), split="dev")
    run.judgments.all().delete()
    for at, item in enumerate(site.items):
        make_judgment(run, item, "clean", value=str(9 - at % 3), score=9.0 - at % 3)
    return run


def test_a_sweep_follows_the_judges_own_comparison_on_dev(site: Site, tmp_path: Path, capsys: Any) -> None:
    run = scored(site)
    files = {"csv": tmp_path / "plot.csv", "svg": tmp_path / "plot.svg"}
    call_command("sweep_threshold", "dataset", run=run.pk, min_x=7, max_x=9, step=0.5, json=True, **files)
    found = json.loads(capsys.readouterr().out)
    assert (found["part"], found["items"], found["direction"]) == ("dev", 18, "higher")
    rows = {row["x"]: row for row in found["rows"]}
    assert (rows[9.0]["recall"], rows[9.0]["inversed_precision"], rows[9.0]["corr"]) == (1.0, 1.0, 1.0)
    assert rows[7.0]["positive_ratio"] == 1.0
    assert (
        files["csv"].read_text().startswith("x,recall,inversed-precision,corr,positive_ratio\n7.000,0.000,0.333,,1.000")
    )
    assert files["svg"].read_text().count("line line-") >= 8


def test_a_chosen_threshold_is_a_new_version_and_a_confirmation_a_look(site: Site, capsys: Any) -> None:
    run = scored(site)
    call_command("sweep_threshold", "dataset", run=run.pk, choose=8.5, confirm=8.5, json=True)
    found = json.loads(capsys.readouterr().out)
    assert Judge.objects.get(name=found["judge"]["judge"], version=2).decision["threshold"] == 8.5
    assert found["confirmed"]["items"] == 12
    assert TestLook.objects.get().where == "sweep_threshold"


def test_a_judge_without_scores_is_not_swept(site: Site) -> None:
    with pytest.raises(CommandError, match="gives no scores"):
        call_command("sweep_threshold", "dataset")


def attributes(site: Site) -> Run:
    judge = judge_for(replace(JUDGES["attributes"], engine="scripted", model="", samples=2))
    more = [make_item(site.dataset, f"More {n}?", "A.", split="dev") for n in range(60)]
    person = make_annotator("cleo")
    run = Run.objects.create(
        dataset=site.dataset,
        judge=judge,
        state=Run.State.FINISHED,
        snapshot={"judge": replace(JUDGES["attributes"], samples=2).as_json()},
    )
    for at, item in enumerate(more):
        make_label(site.campaign, item, person, "wrong" if at % 2 else "clean")
        make_judgment(run, item, "clean", score=0.1 * (at % 3))
        for sample in range(2):
            first = f"2 {3 - 2 * (at % 2) + (at + sample) % 2} 2 2 {at % 5}"
            for part, value in (("attr_1", first), ("attr_2", "2 0 1 1")):
                Reply.objects.create(run=run, item=item, part=part, sample=sample, value=value, status="scored")
    return run


def test_a_refit_writes_what_a_run_reads_and_tells_before_and_after(site: Site, tmp_path: Path, capsys: Any) -> None:
    run = attributes(site)
    out = tmp_path / "new.yaml"
    call_command("refit_coefficients", "dataset", run=run.pk, out=out, choose=True, json=True)
    found = json.loads(capsys.readouterr().out)
    assert (found["items"], found["samples"], found["folds"]) == (60, 120, 5)
    assert read_coefficients(out).as_json() == found["coefficients"]
    assert found["after"]["accuracy"]["value"] > found["before"]["accuracy"]["value"]
    assert found["difference"]["agreement_difference"]["low"] > 0
    assert Judge.objects.get(name="attributes", version=2).decision["coefficients"] == found["coefficients"]


def test_a_refit_is_for_judges_with_coefficients(site: Site) -> None:
    with pytest.raises(CommandError, match="no coefficients"):
        call_command("refit_coefficients", "dataset")
    with pytest.raises(TuningRefused, match="takes no coefficients"):
        with_refit(site.judge, FITTED)


def test_a_threshold_needs_a_rubric(site: Site) -> None:
    with pytest.raises(TuningRefused, match="no rubric"):
        with_threshold(Judge.objects.create(name="elsewhere", kind=Judge.Kind.IMPORTED), 0.5)


def test_the_page_offers_the_coefficients_as_a_file(site: Site, lead_client: Client, tmp_path: Path) -> None:
    address = reverse("agreement_refit", args=[site.dataset.pk]) + f"?run={attributes(site).pk}"
    path = tmp_path / "new.yaml"
    path.write_bytes(lead_client.get(address).content)
    assert len(read_coefficients(path).slope) == 9
    shown = lead_client.post(address, follow=True).content.decode()
    assert "Accuracy on held-out items" in shown


def test_what_refuses_a_refit_is_said_in_the_reader_s_language(site: Site, lead_client: Client) -> None:
    lead_client.cookies["django_language"] = "ja"
    address = reverse("agreement_refit", args=[site.dataset.pk])
    scripted = lead_client.post(f"{address}?run={site.run.pk}", follow=True).content.decode()
    assert "係数がありません" in scripted


def test_too_few_items_to_refit_are_counted_in_the_reader_s_language() -> None:
    two = np.arange(2)
    with pytest.raises(TooFew) as few:
        refit(Sampled(np.zeros((2, 9), dtype=int), two, wrong=two, question=two, keys=two), FITTED, 0.0)
    with override("ja"):
        assert "人が 1 問をクリーン、1 問を誤り" in sentence(str(few.value))
