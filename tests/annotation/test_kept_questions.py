"""Questions from a document to MMLU-Branch: made, reviewed by people, and only then asked."""

import json
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import CommandError, call_command
from django.test import Client

from annotation.actions.kept_questions import Reviewers, keep_questions, review_questions
from annotation.actions.people import CampaignRefused
from annotation.models import Campaign, Label
from judging.actions.candidates import Candidate
from judging.actions.document_questions import Document, Teaching, open_teaching, store_questions
from judging.actions.runs import RunRefused
from judging.actions.work import work_run
from judging.core.verdicts import Reason, Unscored
from judging.engines.base import EngineReply, Request
from judging.engines.scripted import ScriptedEngine
from judging.models import BenchmarkRun, Dataset, Item, Run
from judging.reports.document_questions import made_questions
from tests.conftest import logged_in
from tests.factories import make_annotator, make_campaign, make_dataset, make_items, make_label, make_user

pytestmark = pytest.mark.django_db
TEACHER = Candidate(engine="scripted", model="teacher")
TEXT = "Oslo lies in the north.\n\n" + "Lima lies in the south. " * 125


def block(place: str, answer: str = "A) north", more: str = "") -> str:
    return f"[QUESTION]\nWhere is {place}?{more}\nA) north\nB) south\nC) east\nD) west\n[ANSWER]\n{answer}\n[END]\n"


def taught(*replies: str | EngineReply, text: str = TEXT) -> Run:
    """A finished run whose teacher says this of the passages, one after another."""
    said = iter(replies)

    def answer(request: Request) -> Any:
        reply = next(said)
        return EngineReply(id=request.id, failure=reply.failure) if isinstance(reply, EngineReply) else reply

    run = open_teaching([Document(name="places", text=text)], Teaching(teacher=TEACHER))
    work_run(run.pk, claimer="here", engine=lambda name, options: ScriptedEngine(answer))
    run.refresh_from_db()
    assert run.state == Run.State.FINISHED
    return run


def reviewed(*verdicts: str, run: Run | None = None) -> Campaign:
    """A campaign over four questions about which one person says this."""
    make_user("ann", role="annotator")
    run = run or taught("".join(block(place) for place in ("Oslo", "Lima", "Bern", "Rome")), text="Short.")
    campaign = review_questions(run, Reviewers(campaign="places", annotators=["ann"]))
    annotator = make_annotator()
    for item, verdict in zip(campaign.dataset.items.order_by("position"), verdicts, strict=False):
        make_label(campaign, item, annotator, verdict)
    return campaign


def test_questions_and_bad_replies_are_counted() -> None:
    failed = EngineReply(id=(0, "", 0), failure=Unscored(Reason.SERVER_ERROR, "gone"))
    run = taught(block("Oslo") + block("oslo") + block("Rome", "B) north"), failed)
    made = made_questions(run)
    assert [each.made.question.text for each in made.questions] == ["Where is Oslo?"]
    assert made.bad == {"other_answer": 1, "repeated": 1, "server_error": 1}
    assert made.replies == 2


def test_a_teacher_is_asked_about_every_passage_and_the_same_document_is_the_same_dataset() -> None:
    run = taught(block("Oslo"), block("Lima"))
    assert run.dataset.items.count() == 2
    assert run.snapshot["asking"] | {"temperature": 0.7, "max_tokens": 2048} == run.snapshot["asking"]
    assert open_teaching([Document(name="places", text=TEXT)], Teaching(teacher=TEACHER)).dataset == run.dataset
    with pytest.raises(RunRefused, match="There is no text to make questions of"):
        open_teaching([Document(name="empty", text=" \n")], Teaching(teacher=TEACHER))


def test_questions_become_items_with_their_passage_once() -> None:
    run = taught(block("Oslo"), block("Lima"))
    dataset = store_questions(run)
    assert store_questions(run) == dataset
    item = dataset.items.get(position=1)
    assert item.question.startswith("Where is Oslo?\n\nA) ")
    assert item.answer.endswith(") north")
    assert (item.context, item.category, item.model) == ("Oslo lies in the north.", "places", "teacher")
    assert item.extra["teacher"] == "teacher"


def test_a_run_without_a_question_gives_nothing_to_review() -> None:
    with pytest.raises(RunRefused, match="made no question"):
        store_questions(taught("No.", "Never."))
    other = Run.objects.create(dataset=make_dataset(), kind=Run.Kind.GENERATE, state=Run.State.FINISHED)
    with pytest.raises(RunRefused, match="has no questions to review"):
        store_questions(other)


def test_only_what_people_approved_is_asked() -> None:
    campaign = reviewed("clean", "wrong", "undefined")
    kept = keep_questions(campaign)
    assert (kept.kept, kept.mended, kept.left_out) == (1, 0, {"undefined": 1, "unreviewed": 1, "wrong": 1})
    (item,) = kept.dataset.items.all()
    assert (item.kind, item.question, item.category) == (Item.Kind.CHOICE, "Where is Oslo?", "places")
    assert item.choices["ABCD".index(item.gold_choice)] == "north"
    assert item.extra["reviewed_in"] == campaign.pk
    assert keep_questions(campaign).dataset == kept.dataset


def test_without_a_word_of_a_person_nothing_is_asked() -> None:
    campaign = reviewed()
    with pytest.raises(CampaignRefused, match=r"No question of campaign places is approved yet \(unreviewed 4\)"):
        keep_questions(campaign)
    assert not Dataset.objects.filter(name__startswith="mmlu_branch").exists()


@pytest.mark.parametrize("verdict", ["clean", "wrong"])
def test_what_somebody_mended_counts_as_they_wrote_it(verdict: str) -> None:
    campaign = reviewed("clean")
    label = Label.objects.get()
    mended = {"question": "Where exactly is Oslo?\nA) up\nB) down\nC) left\nD) right", "answer": "B) down"}
    Label.objects.filter(pk=label.pk).update(correction=mended, verdict=verdict, value=verdict)
    kept = keep_questions(campaign)
    (item,) = kept.dataset.items.all()
    assert (item.question, item.gold_choice) == ("Where exactly is Oslo?", "B")
    assert item.choices == ["up", "down", "left", "right"]
    assert (kept.mended, item.extra["mended"]) == (1, True)


def test_a_text_that_is_no_question_any_more_is_counted() -> None:
    campaign = reviewed("clean", "clean")
    Label.objects.filter(pk=Label.objects.earliest("pk").pk).update(correction={"question": "Where is Oslo? North."})
    assert keep_questions(campaign).left_out == {"unreadable": 1, "unreviewed": 2}


def test_a_word_on_an_older_text_is_none_on_this_one() -> None:
    campaign = reviewed("clean", "clean")
    Item.objects.filter(dataset=campaign.dataset, position=1).update(revision=2)
    assert keep_questions(campaign).left_out == {"unreviewed": 3}


def test_another_campaign_has_no_such_questions() -> None:
    dataset = make_dataset()
    make_items(dataset, 1)
    with pytest.raises(CampaignRefused, match="reviews no questions of a teacher"):
        keep_questions(make_campaign(dataset))


class TestCommands:
    def ran(self, *words: str) -> str:
        out = StringIO()
        call_command(*words, stdout=out)
        return out.getvalue()

    def test_from_a_document_to_an_examination(self, tmp_path: Path) -> None:
        make_user("ann", role="annotator")
        document = tmp_path / "places.md"
        document.write_text("Norway Sweden Finland Denmark\n\nPeru Chile Bolivia Ecuador Uruguay Brazil")
        teacher = ["--model", "t", "--engine", "scripted", "--inline"]
        made = json.loads(self.ran("make_questions", str(document), *teacher, "--annotators", "ann", "--json"))
        assert (made["questions"], made["bad"], made["campaign"]) == (2, {}, "places")
        campaign = Campaign.objects.get()
        with pytest.raises(CommandError, match="is approved yet"):
            self.ran("keep_questions", "places")
        make_label(campaign, campaign.dataset.items.earliest("position"), make_annotator("bob"))
        kept = json.loads(self.ran("keep_questions", str(campaign.pk), "--json"))
        assert (kept["kept"], kept["left_out"]) == (1, {"unreviewed": 1})
        words = ["--data", kept["dataset"], "--engine", "scripted", "--model", "m", "--inline", "--json"]
        found = json.loads(self.ran("run_benchmark", "mmlu_branch", *words))
        assert found["models"][0]["overall"]["n"] == 1
        assert set(found["models"][0]["by_subject"]) == {"places"}
        assert found["options"]["recipe"]["continued"] == "texts"

    def test_what_is_wrong_is_said(self, tmp_path: Path) -> None:
        (tmp_path / "d.pdf").write_bytes(b"%PDF-1.4\xff\xfe")
        (tmp_path / "d.txt").write_text("Few words.")
        teacher = ("--model", "t", "--engine", "scripted", "--inline")
        with pytest.raises(CommandError, match=r"d\.pdf: .* Documents are plain text or Markdown"):
            self.ran("make_questions", str(tmp_path / "d.pdf"), *teacher)
        with pytest.raises(CommandError, match=r"none\.txt"):
            self.ran("make_questions", str(tmp_path / "none.txt"), *teacher)
        with pytest.raises(CommandError, match="made no question"):
            self.ran("make_questions", str(tmp_path / "d.txt"), *teacher, "--annotators", "ann")
        with pytest.raises(CommandError, match="There is not one campaign 'x'"):
            self.ran("keep_questions", "x")


class TestPages:
    @pytest.fixture
    def client(self) -> Client:
        return logged_in(make_user("lead", role="lead"))

    def test_a_document_is_given_to_a_teacher(self, client: Client) -> None:
        page = client.get("/benchmarks/questions/").content.decode()
        assert "Nothing yet" in page
        said = {"name": "places", "text": TEXT, "model": "t", "engine": "scripted", "per_passage": 3, "seed": 0}
        response = client.post("/benchmarks/questions/", said)
        run = Run.objects.get(stage="questions")
        assert response.headers["Location"] == f"/runs/{run.pk}/questions/"
        assert "0 of 2 passages" in client.get(f"/runs/{run.pk}/questions/").content.decode()
        fragment = client.get(f"/runs/{run.pk}/questions/", headers={"HX-Request": "true"})
        assert "<html" not in fragment.content.decode()
        assert run.dataset.name in client.get("/benchmarks/questions/").content.decode()

    @pytest.mark.parametrize(
        ("said", "refusal"),
        [
            ({}, "Choose a file or write a text"),
            ({"file": SimpleUploadedFile("d.txt", b"\xff\xfe\x00")}, "no text in UTF-8"),
            ({"text": "A text.", "model": "m", "engine": "telepathy"}, "telepathy"),
        ],
    )
    def test_a_document_that_is_none_is_refused(self, client: Client, said: dict[str, Any], refusal: str) -> None:
        base = {"name": "places", "model": "t", "engine": "scripted", "per_passage": 3}
        assert refusal in client.post("/benchmarks/questions/", base | said).content.decode()
        assert not Run.objects.exists()

    def test_questions_are_reviewed_and_asked(self, client: Client) -> None:
        ann = make_user("ann", role="annotator")
        run = taught(block("Oslo") + block("Rome", "B) north"), "No.")
        url = f"/runs/{run.pk}/questions/"
        page = client.get(url).content.decode()
        assert "Where is Oslo?" in page
        assert "letter and text of the answer are different choices" in page
        assert "Choose annotators or a group" in client.post(url + "review/", {"campaign": "c"}).content.decode()
        response = client.post(url + "review/", {"campaign": "c", "annotators": [ann.pk], "labels_per_item": 1})
        assert response.status_code == 302
        campaign = Campaign.objects.get()
        assert "Examine models with what is approved" in client.get(url).content.decode()
        refused = client.post(f"/campaigns/{campaign.pk}/keep/", follow=True).content.decode()
        assert "is approved yet" in refused
        make_label(campaign, campaign.dataset.items.get(), make_annotator("bob"))
        page = client.post(f"/campaigns/{campaign.pk}/keep/", follow=True).content.decode()
        assert "1 approved question is in mmlu_branch c" in page
        assert '<option value="mmlu_branch" selected' in page
        assert not BenchmarkRun.objects.exists()

    def test_a_run_of_another_kind_has_no_such_page(self, client: Client) -> None:
        run = Run.objects.create(dataset=make_dataset(), kind=Run.Kind.GENERATE)
        assert client.get(f"/runs/{run.pk}/questions/").status_code == 404
