"""What leaves: the dataset, whose verdict, the campaign and run it comes from, and the moment it shows."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Max, Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from annotation.models import Annotator, Campaign, GoldLabel, Label
from judging.models import Dataset, Item, Judgment, Run
from training_export.core.gate import Gate, gate_of
from training_export.core.records import Rule, Source

EXCLUDE, REPORT = "exclude", "report"
JUDGE_KINDS = (Run.Kind.JUDGE, Run.Kind.PANEL, Run.Kind.IMPORTED)


class ExportProblem(ValueError):
    """Why nothing can leave, as a sentence that says what to do about it, and which choice mends it, '' for none."""

    def __init__(self, sentence: str, *, choice: str = "") -> None:
        super().__init__(sentence)
        self.choice = choice

    @property
    def in_command(self) -> str:
        """The sentence with the option that makes the choice, for who asked by a command."""
        return f"{self} (--{self.choice.replace('_', '-')})" if self.choice else str(self)


@dataclass(frozen=True, slots=True, kw_only=True)
class AsOf:
    """The moment an export shows: the last rows it sees. What ended later was still current for it.

    `item` is of all datasets; None in exports from before it was noted, which see every item.
    """

    label: int
    gold_label: int
    judgment: int
    at: datetime
    item: int | None = None

    def as_json(self) -> dict[str, Any]:
        """The form in manifest and database."""
        rows = {"label": self.label, "gold_label": self.gold_label, "judgment": self.judgment}
        known = {} if self.item is None else {"item": self.item}
        return rows | known | {"at": self.at.isoformat()}


@dataclass(frozen=True, slots=True, kw_only=True)
class Selection:
    """A dataset and whose word goes with it. `run` is where the judge's words and replies are read, if anywhere;
    `annotator` the one person whose labels count, where not everybody's do; `criterion` the one that decides, where
    there is no overall verdict."""

    dataset: Dataset
    source: Source
    campaign: Campaign | None
    run: Run | None
    as_of: AsOf
    min_agreement: float = 0.0
    gate: Gate | None = None
    leakage_against: Dataset | None = None
    leakage: str = EXCLUDE
    annotator: Annotator | None = None
    criterion: str = ""

    @property
    def rule(self) -> Rule:
        """What decides where an item goes."""
        return Rule(source=self.source, min_agreement=self.min_agreement, gate=self.gate)

    @property
    def filters(self) -> dict[str, Any]:
        """What was asked beyond source, campaign and run, for the manifest; what was not asked is not in it."""
        found: dict[str, Any] = {"min_agreement": self.min_agreement} if self.min_agreement else {}
        if self.gate:
            found["judge_gate"] = self.gate.as_json()
        if self.leakage_against:
            found |= {"leakage_against": self.leakage_against.name, "leakage": self.leakage}
        if self.annotator:
            found["annotator"] = self.annotator.name
        if self.criterion:
            found["criterion"] = self.criterion
        return found

    def items(self, *, of: Dataset | None = None) -> "QuerySet[Item]":
        """The items that were there at that moment, of the dataset or of another one."""
        items = Item.objects.filter(dataset=of or self.dataset)
        last = self.as_of.item
        # Asked first: a bound that leaves nothing out would only lead the database away from its index.
        if last is None or not items.filter(pk__gt=last).exists():
            return items
        return items.filter(pk__lte=last)

    def labels(self) -> "QuerySet[Label]":
        """Labels of the campaign that were current at that moment and say a verdict."""
        return self.all_labels().exclude(verdict="")

    def all_labels(self) -> "QuerySet[Label]":
        """Labels of the campaign that were current at that moment, those that say no verdict too."""
        labels = Label.objects.filter(campaign=self.campaign, pk__lte=self.as_of.label)
        if self.annotator:
            labels = labels.filter(annotator=self.annotator)
        return labels.filter(Q(ended_at__isnull=True) | Q(ended_at__gt=self.as_of.at))

    def gold_labels(self) -> "QuerySet[GoldLabel]":
        """Decisions that stood at that moment; none where people alone decide."""
        if self.source not in {Source.GOLD, Source.GOLD_THEN_JUDGE}:
            return GoldLabel.objects.none()
        gold = GoldLabel.objects.filter(campaign=self.campaign, pk__lte=self.as_of.gold_label).exclude(verdict="")
        return gold.filter(Q(ended_at__isnull=True) | Q(ended_at__gt=self.as_of.at))

    def options(self) -> dict[str, Any]:
        """What is stored with an export, for `stored_selection`."""
        return {
            "source": self.source.value,
            "campaign": self.campaign.pk if self.campaign else None,
            "run": self.run.pk if self.run else None,
            "min_agreement": self.min_agreement,
            **self.filters,
        }


def stored_selection(dataset: Dataset, options: Mapping[str, Any], as_of: Mapping[str, Any]) -> Selection:
    """The selection that `options` and `as_of` of an export describe."""
    return Selection(
        dataset=dataset,
        source=Source(options["source"]),
        campaign=Campaign.objects.select_related("rubric").filter(pk=options["campaign"]).first(),
        run=Run.objects.select_related("judge__rubric").filter(pk=options["run"]).first(),
        as_of=AsOf(**{**as_of, "at": datetime.fromisoformat(as_of["at"])}),
        **asked_filters(options),
    )


def asked_filters(stored: Mapping[str, Any]) -> dict[str, Any]:
    """The filters of a selection from options or manifest."""
    against = stored.get("leakage_against")
    return {
        "min_agreement": stored.get("min_agreement", 0.0),
        "gate": gate_of(stored["judge_gate"]) if stored.get("judge_gate") else None,
        "leakage_against": benchmark_named(against) if against else None,
        "leakage": stored.get("leakage", EXCLUDE),
        "criterion": stored.get("criterion", ""),
        "annotator": Annotator.objects.filter(name=stored["annotator"], source="").first()
        if stored.get("annotator")
        else None,
    }


def benchmark_named(name: str) -> Dataset:
    """The dataset that must not leak, by name."""
    found: Dataset | None = Dataset.objects.ready().filter(name=name).first()
    if found is None:
        raise ExportProblem(
            _("There is no dataset “{name}” to look for leaks of: import it first, or leave it out.").format(name=name)
        )
    return found


def now_of(campaign: Campaign | None, run: Run | None) -> AsOf:
    """The last rows there are."""
    return AsOf(
        label=last_pk(Label.objects.filter(campaign=campaign)),
        gold_label=last_pk(GoldLabel.objects.filter(campaign=campaign)),
        judgment=last_pk(Judgment.objects.filter(run=run)),
        item=last_pk(Item.objects.all()),
        at=timezone.now(),
    )


def last_pk(rows: "QuerySet[Any]") -> int:
    """The highest key; 0 where there is no row."""
    return int(rows.aggregate(last=Max("pk"))["last"] or 0)


def judge_runs(dataset: Dataset) -> "QuerySet[Run]":
    """Finished runs of judges over this dataset, newest first."""
    runs = Run.objects.filter(dataset=dataset, kind__in=JUDGE_KINDS, state=Run.State.FINISHED)
    return runs.select_related("judge__rubric").order_by("-pk")


def check_run(run: Run) -> None:
    """Only a finished run of a judge has a word on every item."""
    if run.judge_id is None:
        raise ExportProblem(_("Run {number} has no judge: choose the run of one.").format(number=run.pk))
    if run.state != Run.State.FINISHED:
        raise ExportProblem(
            _("Run {number} is {state}; only a finished run can be exported.").format(number=run.pk, state=run.state)
        )


def newest_judge_run(dataset: Dataset) -> Run:
    """The newest finished run of a judge."""
    run = judge_runs(dataset).first()
    if run is None:
        raise ExportProblem(
            _("No judge has finished a run over dataset “{dataset}”: start one with run_judge first.").format(
                dataset=dataset
            )
        )
    return run


def run_beside(campaign: Campaign) -> Run | None:
    """The run whose words stood beside the items of a campaign, else the newest one; there may be none."""
    runs = judge_runs(campaign.dataset)
    return runs.filter(pk=campaign.run_id or 0).first() or runs.first()


def labelled_campaign(dataset: Dataset, campaign: Campaign | None) -> Campaign:
    """The campaign asked for, or the only one of the dataset; people must have labelled in it."""
    chosen = campaign or only_campaign(dataset)
    labelled = Label.objects.current().filter(campaign=chosen).exists()
    if not labelled and not GoldLabel.objects.filter(campaign=chosen, ended_at__isnull=True).exists():
        raise ExportProblem(
            _(
                "Nobody has labelled an item in campaign “{campaign}” yet: review some first, or take the judge's "
                "verdicts."
            ).format(campaign=chosen),
            choice="source",
        )
    return chosen


def only_campaign(dataset: Dataset) -> Campaign:
    """The campaign of a dataset that has exactly one."""
    campaigns: list[Campaign] = list(Campaign.objects.filter(dataset=dataset)[:2])
    if not campaigns:
        raise ExportProblem(
            _(
                "Nobody has labelled dataset “{dataset}” yet: review some items first, or take the judge's verdicts."
            ).format(dataset=dataset),
            choice="source",
        )
    if len(campaigns) > 1:
        raise ExportProblem(
            _("Dataset “{dataset}” has several campaigns. {known} Choose one.").format(
                dataset=dataset, known=known_campaigns(dataset)
            ),
            choice="campaign",
        )
    return campaigns[0]


def known_campaigns(dataset: Dataset) -> str:
    """A sentence that names the campaigns of a dataset."""
    names = ", ".join(Campaign.objects.filter(dataset=dataset).values_list("name", flat=True))
    return _("There are: {names}.").format(names=names) if names else _("It has none.")
