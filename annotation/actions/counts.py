"""The one writer of kept counts: in the transaction that stores or ends labels, and when they are rebuilt."""

from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import asdict, dataclass

from django.db import connection, transaction
from django.db.models import Subquery

from annotation.core.kept import MOST_COLUMNS, Columns, Group, Kept, kept_rows, told_by, widened
from annotation.core.rules import CampaignRules
from annotation.models import Campaign, CountScale, ItemCount, Label
from judging.models import Item
from judging.prepared import Planned, PreparedInsert

CHUNK = 5000
FIELDS = ("item_id", "item_revision", "newest", "pattern", "n", "entropy")

SCALE = Planned(lambda campaign, name: CountScale.objects.filter(campaign=campaign, criterion=name).order_by(), 2)
OF_ONE = Planned(
    lambda campaign, name, item: (
        Label.objects.current()
        .filter(campaign=campaign, criterion=name, item=item)
        .groups()
        .annotate(
            columns=Subquery(
                CountScale.objects.filter(campaign=campaign, criterion=name, kept=True).order_by().values("columns")
            ),
            last_counted=Subquery(
                ItemCount.objects.filter(campaign=campaign, criterion=name, item=item)
                .order_by("-item_revision")
                .values("item_revision")[:1]
            ),
        )
    ),
    3,
)
ONE_ROW, COUNTED = ("campaign", "criterion", "item", "item_revision"), ("newest", "pattern", "n", "entropy")
KEPT = PreparedInsert(ItemCount, unique=ONE_ROW, updated=COUNTED)


@dataclass(frozen=True, slots=True, kw_only=True)
class CountCheck:
    """What a rebuild of one criterion finds: rows that should be there, and how many are missing, wrong or too many."""

    campaign: str
    criterion: str
    rows: int = 0
    missing: int = 0
    different: int = 0
    surplus: int = 0

    @property
    def is_right(self) -> bool:
        """Whether every kept count is what its labels say."""
        return not (self.missing or self.different or self.surplus)

    def as_json(self) -> dict[str, str | int]:
        """The form that commands print."""
        return asdict(self)


@transaction.atomic(savepoint=False)
def recount(campaign: Campaign, items: Collection[int], criterion: str = "") -> None:
    """Count the current labels of these items (primary keys) anew. Call it where labels were stored or ended."""
    ordered = sorted(set(items))
    for start in range(0, len(ordered), CHUNK):
        chunk = ordered[start : start + CHUNK]
        _lock(chunk)
        groups = _groups(campaign, criterion, chunk)
        scale = _scale(campaign, criterion)
        wider = told_by(_columns(scale), {(value, verdict) for _, _, value, verdict, _ in groups})
        if wider != _columns(scale):
            was_kept, scale = scale.kept, _widen(scale, wider)
            if was_kept and scale.kept:
                _recount_all(campaign, criterion)
                return
            ItemCount.objects.filter(campaign=campaign, criterion=criterion).delete()
        if scale.kept:
            _replace(campaign, criterion, chunk, list(kept_rows(groups, wider)))


def recount_one(campaign: Campaign, item: int, criterion: str = "") -> None:
    """`recount` of one item that the caller has locked: in one look, where its labels say nothing that is new to the
    scale, and stand on every text that was ever counted.
    """
    found = OF_ONE(campaign.pk, criterion, item)
    groups: list[Group] = [row[:5] for row in found]
    columns, last_counted = found[0][5:] if found else ((), 0)
    known = {(value, verdict) for value, verdict in columns or ()}
    said, texts = {group[2:4] for group in groups}, {group[1] for group in groups}
    if found and said <= known and len(texts) == max(texts) >= (last_counted or 0):
        for row in kept_rows(groups, tuple((value, verdict) for value, verdict in columns)):
            KEPT(_count(campaign, criterion, row))
    else:
        recount(campaign, [item], criterion)


@transaction.atomic
def declare_scale(campaign: Campaign, criterion: str, values: Sequence[str]) -> None:
    """Keep which values a criterion has, used or not, behind those that were declared before."""
    row = Campaign.objects.select_for_update(no_key=True).get(pk=campaign.pk)
    rules = CampaignRules.from_json(row.rules)
    before = rules.scales.get(criterion, ())
    scale = tuple(dict.fromkeys([*before, *values]))
    if len(scale) > MOST_COLUMNS or scale == tuple(before):
        return
    row.rules = row.rules | {"scales": {**rules.scales, criterion: list(scale)}}
    row.save(update_fields=["rules"])
    campaign.rules = row.rules
    stored, asked = _scale(campaign, criterion), campaign.columns_asked(criterion)
    if stored.kept and told_by(_columns(stored), asked) != _columns(stored):
        _widen(stored, asked)
        _recount_all(campaign, criterion)


def rebuild_counts(campaign: Campaign, *, progress: Callable[[int], None] = lambda _items: None) -> list[CountCheck]:
    """Make all kept counts of a campaign anew from its labels, and say what was wrong before."""
    found = check_counts(campaign)
    for check in found:
        with transaction.atomic():
            _forget(campaign, check.criterion)
        for chunk in _chunks(campaign):
            recount(campaign, chunk, check.criterion)
            progress(len(chunk))
    return found


def check_counts(campaign: Campaign) -> list[CountCheck]:
    """Compare the kept counts of every criterion with the labels; nothing is written."""
    return [_checked(campaign, criterion) for criterion in criteria_of(campaign)]


def criteria_of(campaign: Campaign) -> list[str]:
    """Every criterion that the campaign has labels or kept counts of."""
    labelled = Label.objects.filter(campaign=campaign).order_by().values_list("criterion", flat=True).distinct()
    counted = CountScale.objects.filter(campaign=campaign).values_list("criterion", flat=True)
    return sorted({*labelled, *counted})


def _lock(items: Sequence[int]) -> None:
    """Two people on one item are counted one after the other: the second sees the label of the first."""
    if not connection.features.has_select_for_update:
        return  # SQLite lets one writer in at a time
    list(Item.objects.select_for_update(no_key=True).filter(pk__in=items).order_by("pk").values_list("pk"))


def _groups(campaign: Campaign, criterion: str, items: Sequence[int]) -> list[Group]:
    """(item, revision, value, verdict, labels) of the current labels."""
    labels = Label.objects.current().filter(campaign=campaign, criterion=criterion, item__in=items)
    return list(labels.groups())


def _scale(campaign: Campaign, criterion: str) -> CountScale:
    found = SCALE.first(campaign.pk, criterion)
    if found is not None:
        return found
    made: CountScale
    made, _ = CountScale.objects.get_or_create(
        campaign=campaign, criterion=criterion, defaults={"columns": campaign.columns_asked(criterion)}
    )
    return made


def _columns(scale: CountScale) -> Columns:
    return tuple((value, verdict) for value, verdict in scale.columns)


def _widen(scale: CountScale, columns: Columns) -> CountScale:
    """Wait for whoever widens it too, so that no column is lost."""
    locked: CountScale = CountScale.objects.select_for_update().get(pk=scale.pk)
    locked.columns = told_by(_columns(locked), columns)
    locked.kept = len(locked.columns) <= MOST_COLUMNS
    locked.save(update_fields=["columns", "kept"])
    return locked


def _recount_all(campaign: Campaign, criterion: str) -> None:
    ItemCount.objects.filter(campaign=campaign, criterion=criterion).delete()
    labels = Label.objects.current().filter(campaign=campaign, criterion=criterion)
    items = labels.order_by("item_id").values_list("item_id", flat=True).distinct()
    recount(campaign, list(items), criterion)


def _replace(campaign: Campaign, criterion: str, items: Sequence[int], rows: Sequence[Kept]) -> None:
    """Rows that are no longer right go first, so that no two of an item are its newest; the others are written over."""
    right = {(row.item, row.item_revision) for row in rows}
    gone = [pk for pk, item, revision in _stored(campaign, criterion, items) if (item, revision) not in right]
    if gone:
        ItemCount.objects.filter(pk__in=gone).delete()
    counts = [_count(campaign, criterion, row) for row in rows]
    ItemCount.objects.bulk_create(
        counts, batch_size=1000, update_conflicts=True, unique_fields=ONE_ROW, update_fields=COUNTED
    )


def _stored(campaign: Campaign, criterion: str, items: Sequence[int]) -> list[tuple[int, int, int]]:
    """(row, item, revision) of the kept counts of these items."""
    stored = ItemCount.objects.filter(campaign=campaign, criterion=criterion, item__in=items)
    return list(stored.order_by().values_list("pk", "item_id", "item_revision"))


def _count(campaign: Campaign, criterion: str, row: Kept) -> ItemCount:
    return ItemCount(
        campaign=campaign,
        criterion=criterion,
        item_id=row.item,
        item_revision=row.item_revision,
        newest=row.newest,
        pattern=row.pattern,
        n=row.n,
        entropy=row.entropy,
    )


def _forget(campaign: Campaign, criterion: str) -> None:
    ItemCount.objects.filter(campaign=campaign, criterion=criterion).delete()
    CountScale.objects.filter(campaign=campaign, criterion=criterion).delete()


def _chunks(campaign: Campaign) -> Iterator[list[int]]:
    """The items of the campaign's dataset, some thousand at a time."""
    items, last = Item.objects.filter(dataset=campaign.dataset_id).order_by("pk"), 0
    while chunk := list(items.filter(pk__gt=last).values_list("pk", flat=True)[:CHUNK]):
        yield chunk
        last = chunk[-1]


def _checked(campaign: Campaign, criterion: str) -> CountCheck:
    scale = CountScale.objects.filter(campaign=campaign, criterion=criterion).first()
    if scale is not None and not scale.kept:
        return CountCheck(campaign=campaign.name, criterion=criterion)
    totals = [0, 0, 0, 0]
    for chunk in _chunks(campaign):
        for at, number in enumerate(_differences(campaign, criterion, chunk, _columns(scale) if scale else ())):
            totals[at] += number
    rows, missing, different, surplus = totals
    return CountCheck(
        campaign=campaign.name, criterion=criterion, rows=rows, missing=missing, different=different, surplus=surplus
    )


def _differences(
    campaign: Campaign, criterion: str, items: Sequence[int], columns: Columns
) -> tuple[int, int, int, int]:
    """Rows that should be, are missing, differ, are too many."""
    groups = _groups(campaign, criterion, items)
    wider = widened(columns, {(value, verdict) for _, _, value, verdict, _ in groups})
    right = {(row.item, row.item_revision): row for row in kept_rows(groups, wider)}
    stored = ItemCount.objects.filter(campaign=campaign, criterion=criterion, item__in=items).values_list(*FIELDS)
    kept = {(row.item, row.item_revision): row for row in (Kept(*values) for values in stored)}
    both = right.keys() & kept.keys()
    different = sum(not right[key].equals(kept[key]) for key in both)
    return len(right), len(right.keys() - both), different, len(kept.keys() - both)
