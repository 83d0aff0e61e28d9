"""manage.py make_questions: a teacher model makes questions with choices of documents, and people get them."""

import json
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from annotation.actions.kept_questions import Reviewers, review_questions
from annotation.actions.people import CampaignRefused
from annotation.management.commands.assign_items import names_in
from annotation.models import Campaign
from judging.actions.candidates import candidates_of
from judging.actions.document_questions import PER_PASSAGE, Document, Teaching, open_teaching, start_teaching
from judging.actions.runs import RunRefused
from judging.actions.work import work_run
from judging.benchmarks.mmlu.teaching import TEMPERATURE
from judging.core.claimers import this_claimer
from judging.core.readers import FileRefused
from judging.core.readers.files import text_chunks
from judging.engines import ENGINES, queue_for
from judging.management.commands.run_judge import positive, refuse_silent_queue, wait
from judging.models import Run
from judging.reports.document_questions import made_questions


class Command(BaseCommand):
    """Make questions, and a campaign in which people review each of them."""

    help = "Let a model make questions with choices of documents (plain text, Markdown); people review every one."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("documents", nargs="+", type=Path, metavar="DOCUMENT")
        parser.add_argument("--model", required=True, help="the teacher: as its server calls it, or its folder")
        parser.add_argument("--engine", default="openai_api", help=f"what runs it: {', '.join(sorted(ENGINES))}")
        parser.add_argument("--base-url", default="", help="address of its server (OPENAI_BASE_URL)")
        parser.add_argument("--per-passage", type=positive, default=PER_PASSAGE, help=f"questions ({PER_PASSAGE})")
        parser.add_argument("--temperature", type=float, default=TEMPERATURE, help=f"({TEMPERATURE})")
        parser.add_argument("--seed", type=int, default=0)
        parser.add_argument("--campaign", default="", help="its name (the name of the first document)")
        people = parser.add_mutually_exclusive_group()
        people.add_argument("--annotators", default="", help="user names, separated by commas")
        people.add_argument("--group", default="", help="Django group whose members draw the questions")
        parser.add_argument("--labels-per-item", type=positive, default=1, help="people per question (1)")
        parser.add_argument("--inline", action="store_true", help="work in this process, without a queue")
        parser.add_argument("--json", action="store_true", help="print one JSON document")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            run = finished(options)
            if run.state != Run.State.FINISHED:
                raise CommandError(f"Run {run.pk} is {run.state}. {run.error}".strip())
            campaign = reviewed(run, options)
        except (RunRefused, CampaignRefused, FileRefused) as problem:
            raise CommandError(getattr(problem, "message", str(problem))) from problem
        made = made_questions(run)
        summary = {
            "run": run.pk,
            "passages": made.replies,
            "questions": len(made.questions),
            "bad": dict(made.bad),
            "dataset": campaign.dataset.name if campaign else None,
            "campaign": campaign.name if campaign else None,
        }
        self.stdout.write(json.dumps(summary, ensure_ascii=False) if options["json"] else in_words(summary))


def finished(options: dict[str, Any]) -> Run:
    """The teacher's run, when it is over."""
    documents = [Document(name=path.stem, text=text_in(path)) for path in options["documents"]]
    (teacher, *more) = candidates_of([options["model"]], engine=options["engine"], base_url=options["base_url"])
    if more:
        raise CommandError(f"{options['model']} holds several models; name one of them.")
    teaching = Teaching(
        teacher=teacher,
        per_passage=options["per_passage"],
        temperature=options["temperature"],
        seed=options["seed"],
    )
    if not options["inline"]:
        refuse_silent_queue(queue_for(teacher.engine))
    run = (open_teaching if options["inline"] else start_teaching)(documents, teaching)
    while not run.is_over:
        if not options["inline"] or not work_run(run.pk, claimer=this_claimer()):
            wait()
        run.refresh_from_db()
    return run


def text_in(path: Path) -> str:
    """The text of a document; CommandError with what it has to be."""
    try:
        return "".join(text_chunks(path))
    except FileRefused as problem:
        raise CommandError(f"{path}: {problem.message} Documents are plain text or Markdown.") from problem
    except OSError as problem:
        raise CommandError(f"{path} cannot be read: {problem.strerror}.") from problem


def reviewed(run: Run, options: dict[str, Any]) -> Campaign | None:
    """The campaign, where somebody is to review."""
    if not options["annotators"] and not options["group"]:
        return None
    reviewers = Reviewers(
        campaign=options["campaign"] or options["documents"][0].stem,
        annotators=names_in(options["annotators"]),
        group=options["group"],
        labels_per_item=options["labels_per_item"],
    )
    return review_questions(run, reviewers)


def in_words(summary: dict[str, Any]) -> str:
    """The summary for people."""
    bad = ", ".join(f"{reason} {n}" for reason, n in summary["bad"].items()) or "none"
    lines = [f"run {summary['run']}: {summary['questions']} questions of {summary['passages']} passages; bad: {bad}"]
    if summary["campaign"]:
        lines.append(
            f"campaign {summary['campaign']}: when people are done, manage.py keep_questions takes what is good"
        )
    else:
        lines.append("nobody reviews them yet: name --annotators or --group, or open the page of the run")
    return "\n".join(lines)
