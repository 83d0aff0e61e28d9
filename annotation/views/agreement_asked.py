"""What the address of a page of agreement asks for, and the document that answers it."""

from collections.abc import Callable, Iterable
from contextlib import AbstractContextManager
from dataclasses import dataclass, replace
from functools import wraps
from typing import Any

from django.http import Http404, HttpRequest, HttpResponseBase
from django.shortcuts import get_object_or_404

from annotation.actions.splits import settle_split
from annotation.core.agreement import Level
from annotation.models import Campaign, TestLook
from annotation.pages.context import COLOURS, PANELS, VIEWS
from annotation.reports import (
    MOST_READ_BY_COMMAND,
    AgreementReport,
    Question,
    ReportRefused,
    agreement_document,
    document_of,
    judged_runs,
    panel_document,
)
from annotation.reports import (
    agreement_report as report_of,
)
from annotation.reports.which import EVERY, PARTS, Which, about, locked_split
from annotation.reports.words import MOST_READ
from judging.models import Dataset, Run

RUNS_ON_PAGE = 10
MOST_JUDGED = 400_000
"""Judged items that a page reads one by one."""
NO_NAME = "(none)"
"""The criterion without a name, in an address."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """A dataset, and of it maybe a campaign, a criterion, a level, the run shown in full and the runs in the table."""

    dataset: Dataset
    campaigns: tuple[Campaign, ...]
    campaign: Campaign | None
    run: Run | None
    chosen: tuple[int, ...] = ()
    criterion: str | None = None
    level: Level | None = None
    view: str = VIEWS[0]
    colour: str = COLOURS[0]
    whole: bool = False
    which: Which = EVERY
    look: TestLook | None = None

    @property
    def has_to_choose(self) -> bool:
        """Whether several campaigns could be meant."""
        return self.campaign is None and len(self.campaigns) > 1

    def offered_runs(self) -> list[Run]:
        """Runs to choose from: the newest, and those asked for wherever they stand."""
        newest = list(judged_runs(self.dataset)[:RUNS_ON_PAGE])
        wanted = {*self.chosen, *([self.run.pk] if self.run else [])} - {run.pk for run in newest}
        older = _runs(self.dataset).filter(pk__in=wanted).order_by("-pk") if wanted else ()
        return [*older, *newest]

    def runs(self) -> list[Run]:
        """Runs of the report, the one shown in full among them; of the test part, those of the judges asked for."""
        if self.look is None:
            return self._runs()
        judges = set(self.look.judges.values_list("pk", flat=True))
        return [run for run in self._runs() if run.judge_id in judges]

    def about(self) -> AbstractContextManager[None]:
        """Around everything that reads items for the page."""
        return about(self.dataset, self.campaign, self.which)

    def _runs(self) -> list[Run]:
        if not self.chosen:
            return self.offered_runs()
        wanted = {*self.chosen, *([self.run.pk] if self.run else [])}
        return [run for run in self.offered_runs() if run.pk in wanted]

    def question(self, panels: Iterable[str] = ()) -> Question:
        """What is asked of the report: with the panel of people as much is read as by the command, for panels of one
        run fewer items, of which each is a row in memory."""
        wanted = tuple(panels)
        at_most = MOST_READ_BY_COMMAND if "people" in wanted else MOST_JUDGED if wanted else MOST_READ
        return Question(criterion=self.criterion, level=self.level, at_most=at_most, panels=wanted, which=self.which)

    def part(self, panels: Iterable[str] = ()) -> tuple[dict[str, Any], tuple[str, ...]]:
        """The document of the campaign and the criterion with these panels, and the criteria there are."""
        question = self.question(panels)
        if not question.panels:
            report = self.report()
            return document_of(report, question), report.criteria
        try:
            return panel_document(self.dataset, campaign=self.campaign, runs=self.runs(), question=question)
        except ReportRefused as refusal:
            raise Http404(str(refusal)) from refusal

    def of_one_run(self) -> "Asked":
        """The same of the run alone that is shown in full."""
        shown = self.run or next(iter(self.runs()), None)
        return replace(self, run=shown, chosen=(shown.pk,)) if shown else self

    def report(self) -> AgreementReport:
        """What follows from kept counts; 404 where the address asks for what is not there."""
        try:
            return report_of(self.dataset, campaign=self.campaign, runs=self.runs(), question=self.question())
        except ReportRefused as refusal:
            raise Http404(str(refusal)) from refusal

    def document(self) -> dict[str, Any]:
        """The whole document, as the command prints it; of the runs in the address, else of all."""
        runs = self.runs() if self.chosen or self.run or self.look else None
        if self.run and not self.chosen:
            runs = [run for run in self.runs() if run == self.run]
        try:
            return agreement_document(self.dataset, campaign=self.campaign, runs=runs, question=self.question(PANELS))
        except ReportRefused as refusal:
            raise Http404(str(refusal)) from refusal


def asked_of(request: HttpRequest, dataset_pk: int) -> Asked:
    """Read an address; 404 for numbers and words that name nothing, and for the test part without having asked."""
    dataset = get_object_or_404(Dataset.objects.ready(), pk=dataset_pk)
    settle_split(dataset)
    campaigns = tuple(Campaign.objects.filter(dataset=dataset).order_by("name"))
    number, run = number_in(request, "campaign"), number_in(request, "run")
    chosen = tuple(_number(given, "runs") for given in request.GET.getlist("runs"))
    if chosen and _runs(dataset).filter(pk__in=chosen).count() != len(set(chosen)):
        raise Http404("A run is not of this dataset.")
    return Asked(
        dataset=dataset,
        campaigns=campaigns,
        campaign=_campaign(campaigns, number),
        run=get_object_or_404(_runs(dataset), pk=run) if run else None,
        chosen=chosen,
        criterion=_criterion(request.GET.get("criterion", "")),
        level=Level(given) if (given := one_of(request, "level", tuple(Level))) else None,
        view=one_of(request, "view", VIEWS) or VIEWS[0],
        colour=one_of(request, "colour", COLOURS) or COLOURS[0],
        whole=bool(request.GET.get("whole")),
        which=(which := _which(request, dataset)),
        look=_look(request, dataset) if which.shows_test else None,
    )


def about_asked(view: Callable[..., HttpResponseBase]) -> Callable[..., HttpResponseBase]:
    """A view that reads only the items which its address asks for."""

    @wraps(view)
    def asking(request: HttpRequest, dataset_pk: int, **names: str) -> HttpResponseBase:
        with asked_of(request, dataset_pk).about():
            return view(request, dataset_pk, **names)

    return asking


def _which(request: HttpRequest, dataset: Dataset) -> Which:
    """The part of the split, with or without flagged items."""
    split = one_of(request, "split", PARTS)
    if split and not locked_split(dataset):
        raise Http404("Nothing of this dataset is locked away.")
    return Which(split=split, without_flagged=one_of(request, "flagged", ("out",)) == "out")


def _look(request: HttpRequest, dataset: Dataset) -> TestLook:
    """The look that one asked for oneself."""
    return get_object_or_404(TestLook, pk=number_in(request, "look") or 0, dataset=dataset, by=request.user.pk)


def number_in(request: HttpRequest, name: str) -> int | None:
    """A number of the address; None without it."""
    given = request.GET.get(name, "")
    return _number(given, name) if given else None


def one_of(request: HttpRequest, name: str, allowed: tuple[str, ...]) -> str:
    """A word of the address; empty without it."""
    given = request.GET.get(name, "")
    if given and given not in allowed:
        raise Http404(f"{name} is one of {', '.join(allowed)}.")
    return given


def _number(given: str, name: str) -> int:
    if not (given.isascii() and given.isdigit() and len(given) < 19):
        raise Http404(f"{name} is a number.")
    return int(given)


def _criterion(given: str) -> str | None:
    if not given:
        return None
    return "" if given == NO_NAME else given


def _campaign(campaigns: tuple[Campaign, ...], number: int | None) -> Campaign | None:
    """The campaign asked for, or the only one."""
    if number is None:
        return campaigns[0] if len(campaigns) == 1 else None
    found = next((campaign for campaign in campaigns if campaign.pk == number), None)
    if found is None:
        raise Http404("The campaign is not of this dataset.")
    return found


def _runs(dataset: Dataset) -> Any:
    return Run.objects.filter(dataset=dataset, judge__isnull=False).select_related("judge__rubric")
