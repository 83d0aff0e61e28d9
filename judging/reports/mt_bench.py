"""MT-Bench's figures of a run, model by model, and the items whose rating nobody could read."""

from collections.abc import Iterator, Mapping, Sequence

from django.db.models import Count, QuerySet

from judging.benchmarks.mt_bench.pair_scores import Compared
from judging.benchmarks.mt_bench.scores import MtBenchScores, Rated, scores_of
from judging.core.parts import turn_number
from judging.core.verdicts import Reason
from judging.models import Item, Judgment, Reply, Run

ROWS = 5000


def mt_bench_scores(run: Run) -> dict[str, MtBenchScores]:
    """The figures of every model that a run judged, by name; the run may be one that came with a file."""
    rows: dict[str, list[Rated]] = {}
    for model, rated in rated_turns(run):
        rows.setdefault(model, []).append(rated)
    return {model: scores_of(found) for model, found in sorted(rows.items())}


def rated_turns(run: Run) -> Iterator[tuple[str, Rated]]:
    """What the judge made of every turn that its question has, with the model that answered."""
    for judgment in turn_judgments(run).exclude(item__kind=Item.Kind.PAIR).iterator(chunk_size=ROWS):
        item, turn = judgment.item, turn_number(judgment.criterion) or 1
        if turn <= len(item.turns):
            yield (
                item.model,
                Rated(
                    question=item.question_key,
                    category=item.category,
                    turn=turn,
                    score=judgment.score,
                    reason=judgment.reason,
                ),
            )


def turn_judgments(run: Run) -> QuerySet[Judgment]:
    """The judgments of turns, in order of their items; those of a judge without turns are of the first."""
    of_run = Judgment.objects.filter(run=run)
    turns = of_run.filter(criterion__startswith="turn_")
    return (turns if turns.exists() else of_run).select_related("item").order_by("item__position", "criterion")


def unrated_items(run: Run) -> QuerySet[Item]:
    """The items that have an answer and, in some turn, no rating: those for people to look at, in order. A pair whose
    orders disagree was read."""
    items: QuerySet[Item] = Item.objects.filter(pk__in=unread(run).values("item")).order_by("position")
    return items


def unread_reasons(run: Run) -> dict[str, int]:
    """Why these have no rating: how many turns, by reason."""
    return dict(unread(run).order_by("reason").values_list("reason").annotate(n=Count("pk")))


def unread(run: Run) -> QuerySet[Judgment]:
    """The judgments that an answer was there for, and that could not be read."""
    settled = [Reason.NO_ANSWER, Reason.INCONSISTENT]
    found: QuerySet[Judgment] = Judgment.objects.filter(run=run, status="unscored").exclude(reason__in=settled)
    return found


def compared_pairs(run: Run) -> Iterator[Compared]:
    """What the judge said of every pair and turn, order by order; mapped back to the models."""
    said = newest_sides(run)
    for judgment in turn_judgments(run).filter(item__kind=Item.Kind.PAIR).iterator(chunk_size=ROWS):
        if (turn_number(judgment.criterion) or 1) <= len(judgment.item.turns):
            yield compared_of(judgment, said)


def compared_of(judgment: Judgment, said: Mapping[tuple[int, str], str]) -> Compared:
    """What was said of one pair and turn. `said`: the value of each reply, for judges that keep it nowhere else."""
    item, turn = judgment.item, turn_number(judgment.criterion) or 1
    prefix = f"{judgment.criterion}_" if judgment.criterion else ""
    sides = [side_in(judgment, order, said.get((item.pk, f"{prefix}{order}"), "")) for order in ("ab", "ba")]
    return Compared(
        question=item.question_key,
        category=item.category,
        turn=turn,
        model_1=item.model,
        model_2=item.model_b,
        sides=(sides[0], sides[1]),
        asked=judgment.reason != Reason.NO_ANSWER,
        lengths=(length_of(item.turns, turn), length_of(item.turns_b or [], turn)),
    )


def length_of(turns: Sequence[Mapping[str, str]], turn: int) -> int:
    """Characters of what was answered to a turn."""
    return len(turns[turn - 1]["answer"]) if turn <= len(turns) else 0


def side_in(judgment: Judgment, order: str, reply: str) -> str:
    """A, B or tie as one order has it; '' where it could not be read. Judges of ours say it in the judgment."""
    said = judgment.detail.get(order, reply)
    return said if said in {"A", "B", "tie"} else ""


def newest_sides(run: Run, items: Sequence[int] | None = None) -> Mapping[tuple[int, str], str]:
    """The value of the newest reply to each part of each item, or of these items."""
    replies = Reply.objects.filter(run=run) if items is None else Reply.objects.filter(run=run, item__in=items)
    rows = replies.order_by("attempt").values_list("item_id", "part", "value")
    return {(item, part): value or "" for item, part, value in rows.iterator(chunk_size=ROWS)}
