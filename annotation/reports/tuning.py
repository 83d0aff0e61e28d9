"""What tuning reads: a judge's scores beside people's verdicts, samples of the attribute judge, two runs side by side.

Callers say which items are meant by `about`: dev, unless somebody asked for the test part.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from annotation.core.tuning.paired import BETTER, WORSE, Compared, Twice, compared
from annotation.core.tuning.refit import Sampled
from annotation.core.tuning.sweep import Scored, Steps
from annotation.models import Campaign, Label
from annotation.reports.counts import CountsNotKept
from annotation.reports.items import JudgedItems, judged_items
from annotation.reports.refusals import ReportRefused
from annotation.reports.which import kept
from annotation.reports.words import Scale, said_in, scale_of
from judging.core.attributes import NAMES, PARTS
from judging.core.decisions import LINEAR
from judging.core.scales import LOWER, Criterion
from judging.core.specs import JudgeSpec, judge_from_json
from judging.models import Dataset, Item, Judge, Reply, Run

MDK_STEPS = Steps(low=-0.5, high=0.5, step=0.01)
MOST_STEPS_OF_A_SCALE = 40
SHOWN = 100


def criterion_asked(campaign: Campaign, run: Run, wanted: str | None) -> str:
    """The criterion that judge and people have in common; ReportRefused where several could be meant."""
    labelled = Label.objects.current().filter(campaign=campaign).order_by()
    said = set(labelled.values_list("criterion", flat=True).distinct())
    both = said & {criterion.name for criterion in spec_of_run(run).rubric.criteria}
    if wanted is not None:
        if wanted not in both:
            raise ReportRefused(f"Judge and people have no criterion {wanted!r} in common.")
        return wanted
    if len(both) != 1:
        names = ", ".join(repr(name) for name in sorted(both)) or "none"
        raise ReportRefused(f"Choose a criterion that judge and people have in common: {names}.")
    return str(both.pop())


def spec_of_run(run: Run) -> JudgeSpec:
    """The judge as the run used it; ReportRefused where its judgments came from elsewhere."""
    if "judge" not in run.snapshot:
        raise ReportRefused(f"Run {run.pk} was judged elsewhere: it has no rubric that could be tuned.")
    return judge_from_json(run.snapshot["judge"])


def tuned_runs(dataset: Dataset, judge: Judge | None = None) -> Sequence[Run]:
    """Finished runs of judges that can be tuned, the newest first."""
    runs = Run.objects.filter(dataset=dataset, kind=Run.Kind.JUDGE, state=Run.State.FINISHED, judge__isnull=False)
    if judge is not None:
        runs = runs.filter(judge=judge)
    return list(runs.select_related("judge__rubric").order_by("-pk")[:SHOWN])


@dataclass(frozen=True, slots=True, kw_only=True)
class Sweepable:
    """Scores to move a threshold along, the one that counts now, and how many items have no part in it."""

    scored: Scored
    threshold: float | None
    steps: Steps
    without_score: int
    without_word: int


def sweepable(run: Run, campaign: Campaign, criterion: str, steps: Steps | None = None) -> Sweepable:
    """A run's scores beside people's verdicts. ReportRefused for a judge that gives none."""
    spec = spec_of_run(run)
    asked = next((found for found in spec.rubric.criteria if found.name == criterion), None)
    if asked is None or not asked.scale.is_numeric:
        raise ReportRefused(f"The judge {spec.name} gives no scores on {criterion or 'its criterion'}.")
    found = items_beside(run, campaign, criterion, Scale())
    has_word, has_score = found.people >= 0, ~np.isnan(found.scores)
    both = has_word & has_score
    return Sweepable(
        scored=Scored(found.scores[both], found.people[both], asked.direction),
        threshold=threshold_of(spec, asked),
        steps=steps or steps_of(spec, asked),
        without_score=int((has_word & ~has_score).sum()),
        without_word=int((~has_word).sum()),
    )


def threshold_of(spec: JudgeSpec, criterion: Criterion) -> float | None:
    """The score that parts clean from wrong now."""
    found = spec.decision.get("threshold")
    found = criterion.clean_if if found is None else found
    return float(found) if isinstance(found, int | float) else None


def steps_of(spec: JudgeSpec, criterion: Criterion) -> Steps:
    """mdk's for the attribute judge; else the steps of the scale, as fine as a mean can be told from the next."""
    low, high = criterion.scale.low, criterion.scale.high
    if spec.decision.get("rule") == LINEAR or low is None or high is None:
        return MDK_STEPS
    return Steps(low=low, high=high, step=min(criterion.scale.step or 1.0, (high - low) / MOST_STEPS_OF_A_SCALE))


def items_beside(run: Run, campaign: Campaign | None, criterion: str, scale: Scale) -> JudgedItems:
    """A run item by item; ReportRefused where the labels have too many values."""
    try:
        return judged_items(run, campaign, criterion, scale)
    except CountsNotKept as refusal:
        raise ReportRefused(str(refusal)) from refusal


@dataclass(frozen=True, slots=True, kw_only=True)
class SideBySide:
    """Two runs on the items that both judged."""

    twice: Twice
    values: tuple[str, ...]
    compared: Compared

    def flips(self, way: str, many: int = SHOWN) -> list[dict[str, Any]]:
        """Items that got better or worse, with the three words."""
        places = self.twice.flips(way)[:many].tolist()
        found = Item.objects.in_bulk([int(self.twice.items[at]) for at in places])
        return [
            {
                "item": found[int(self.twice.items[at])],
                "people": self._word(self.twice.people[at]),
                "saved": self._word(self.twice.saved[at]),
                "new": self._word(self.twice.new[at]),
            }
            for at in places
        ]

    def _word(self, code: int) -> str:
        return self.values[code] if code >= 0 else "invalid"

    def as_json(self) -> dict[str, Any]:
        """The form of files."""
        flips = {
            way: [{**row, "item": row["item"].key, "position": row["item"].position} for row in self.flips(way)]
            for way in (BETTER, WORSE)
        }
        return self.compared.as_json() | {"flips": flips}


def side_by_side(saved: Run, new: Run, campaign: Campaign, criterion: str) -> SideBySide:
    """Compare two runs with people, on the items that both judged in the same text."""
    scale = scale_of(said_in(campaign, criterion, None), None, campaign.declared_scale(criterion))
    first = items_beside(saved, campaign, criterion, scale)
    scale = scale if scale.is_verdict else first.scale
    second = items_beside(new, campaign, criterion, scale)
    first = first if scale.is_verdict else items_beside(saved, campaign, criterion, second.scale)
    _, one, other = np.intersect1d(first.items, second.items, return_indices=True)
    twice = Twice(first.items[one], first.people[one], first.judge[one], second.judge[other])
    return SideBySide(twice=twice, values=second.scale.values, compared=compared(twice))


def attribute_samples(run: Run, campaign: Campaign, criterion: str) -> Sampled:
    """The numbers of every whole sample of an attribute run, of the items that people decided.

    ReportRefused for a judge that does not decide by them.
    """
    spec = spec_of_run(run)
    if spec.decision.get("rule") != LINEAR:
        raise ReportRefused(f"The judge {spec.name} does not decide by the rule {LINEAR}: it has no coefficients.")
    found = items_beside(run, campaign, criterion, Scale())
    known = {int(item): int(word) for item, word in zip(found.items, found.people, strict=True) if word >= 0}
    samples: dict[tuple[int, int], dict[str, str]] = {}
    replies = kept(Reply.objects.filter(run=run, part__in=PARTS, status="scored")).order_by("attempt")
    for item, sample, part, value in replies.values_list("item_id", "sample", "part", "value").iterator():
        if item in known and value:
            samples.setdefault((item, sample), {})[part] = value
    rows = [
        (item, [int(number) for part in PARTS for number in parts[part].split()])
        for (item, _), parts in sorted(samples.items())
        if len(parts) == len(PARTS)
    ]
    whole = [(item, numbers) for item, numbers in rows if len(numbers) == len(NAMES)]
    return _sampled(whole, known)


def _sampled(rows: Sequence[tuple[int, list[int]]], known: dict[int, int]) -> Sampled:
    keys = sorted({item for item, _ in rows})
    place = {item: at for at, item in enumerate(keys)}
    questions = dict(Item.objects.filter(pk__in=keys).values_list("pk", "question_key"))
    codes = {question: at for at, question in enumerate(dict.fromkeys(questions[item] for item in keys))}
    return Sampled(
        numbers=np.array([numbers for _, numbers in rows], dtype=np.int64).reshape(len(rows), len(NAMES)),
        item=np.array([place[item] for item, _ in rows], dtype=np.int64),
        wrong=np.array([known[item] for item in keys], dtype=np.int64),
        question=np.array([codes[questions[item]] for item in keys], dtype=np.int64),
        keys=np.array(keys, dtype=np.int64),
    )


def is_low_clean(scored: Scored) -> bool:
    """Whether low scores are clean."""
    return scored.direction == LOWER
