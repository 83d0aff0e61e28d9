"""Every URL of the site x every role. A URL that is in no row of the table fails."""

import re
from collections import defaultdict
from collections.abc import Iterator
from fnmatch import fnmatchcase
from typing import Any

import pytest
from django.apps import apps
from django.contrib.contenttypes.models import ContentType
from django.http.response import HttpResponseBase
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver
from django.utils.regex_helper import normalize

from annotation.actions.campaigns import assign_items
from annotation.models import Annotator, Campaign, Upload
from evalsite.services import running_queue
from judging.models import BenchmarkRun, Dataset, Judge, Run
from tests import factories
from tests.conftest import logged_in
from training_export.models import Export

ANYBODY = {"stranger", "nobody", "annotator", "lead", "administrator"}
LOGGED_IN = ANYBODY - {"stranger"}
MEMBERS = {"annotator", "lead", "administrator"}
LEADS = {"lead", "administrator"}
ADMINISTRATORS = {"administrator"}
STAFF = {"lead", "administrator"}
NOBODY: set[str] = set()

# Names (or routes of nameless URLs) -> who gets in. The first row that fits counts.
ACCESS: list[tuple[str, set[str]]] = [
    ("home", MEMBERS),
    ("healthz", ANYBODY),
    ("favicon", ANYBODY),
    ("language", ANYBODY),
    ("login", ANYBODY),
    ("logout", ANYBODY),
    ("dataset_*", LEADS),
    ("item_*", LEADS),
    ("run_*", LEADS),
    ("judge_*", LEADS),
    ("benchmark_*", LEADS),
    ("review_*", MEMBERS),
    ("campaign_*", LEADS),
    ("adjudication_*", LEADS),
    ("agreement_own", MEMBERS),
    ("agreement_*", LEADS),
    ("export_*", LEADS),
    ("upload_*", LEADS),
    # the back office
    ("admin:login", ANYBODY),
    ("admin:logout", ANYBODY),
    ("admin:index", STAFF),
    ("admin:password_change*", STAFF),
    ("admin:autocomplete", ADMINISTRATORS),
    ("admin:jsi18n", STAFF),
    ("admin:view_on_site", STAFF),
    ("admin:agreement_*", LEADS),
    ("admin:judging_rubric_add", LEADS),
    ("admin:judging_judge_add", LEADS),
    ("admin:judging_benchmarkrun_add", LEADS),
    ("admin:annotation_annotator_add", LEADS),
    ("admin:annotation_guideline_add", LEADS),
    ("admin:judging_rubric_delete", ADMINISTRATORS),
    ("admin:judging_judge_delete", ADMINISTRATORS),
    ("admin:judging_dataset_delete", ADMINISTRATORS),
    ("admin:annotation_campaign_delete", ADMINISTRATORS),
    ("admin:annotation_annotator_delete", ADMINISTRATORS),
    ("admin:annotation_guideline_delete", ADMINISTRATORS),
    ("admin:judging_*_add", NOBODY),
    ("admin:annotation_*_add", NOBODY),
    ("admin:training_export_*_add", NOBODY),
    ("admin:training_export_*_delete", NOBODY),
    ("admin:judging_*_delete", NOBODY),
    ("admin:annotation_*_delete", NOBODY),
    ("admin:judging_*", LEADS),
    ("admin:annotation_*", LEADS),
    ("admin:training_export_*", LEADS),
    ("admin:app_list", LEADS),
    ("admin:auth_*", ADMINISTRATORS),
    ("admin:django_rq_dashboard_changelist", STAFF),
    ("admin:django_rq_*", STAFF),
    ("admin:<*", LEADS),
]

# Pages about what this test has none of: items in a matrix cell, a built file, jobs of the queue, any other address.
ABOUT_NOTHING_HERE = {
    "agreement_items",
    "agreement_pair",
    "agreement_panel",
    "agreement_table",
    "export_file",
    "run_questions",
    "upload_problems",
    "admin:autocomplete",
    "admin:<(?P<url>.*)$>",
    *(f"admin:django_rq_{page}" for page in ("job_detail", "result_detail", "delete_job", "requeue_job")),
    *(f"admin:django_rq_{page}" for page in ("enqueue_job", "stop_job", "worker_details")),
    *(f"admin:django_rq_{page}" for page in ("cron_scheduler_detail", "cron_job_detail")),
}


def urls() -> list[tuple[str, str]]:
    """Every URL as (name, path with {argument} in it)."""
    found: list[tuple[str, str]] = []

    def walk(resolver: URLResolver, prefix: str, names: tuple[str, ...]) -> Iterator[tuple[str, str]]:
        for entry in resolver.url_patterns:
            path = prefix + str(normalize(entry.pattern.regex.pattern.removeprefix("^").replace(r"\Z", ""))[0][0])
            if isinstance(entry, URLResolver):
                yield from walk(entry, path, (*names, entry.namespace) if entry.namespace else names)
            elif isinstance(entry, URLPattern):
                yield ":".join((*names, entry.name or f"<{entry.pattern}>")), path

    found += walk(get_resolver(), "/", ())
    return found


def row_of(name: str) -> set[str] | None:
    """Who gets in, by the first row that fits."""
    return next((roles for pattern, roles in ACCESS if fnmatchcase(name, pattern)), None)


class Site:
    """One row of everything, so that every URL has something to show."""

    def __init__(self) -> None:
        self.people = {name: factories.make_user(f"{name}-x", role=name) for name in sorted(MEMBERS)}
        self.people["nobody"] = factories.make_user("nobody-x")
        self.dataset = factories.make_dataset()
        factories.make_items(self.dataset, 3)
        run = factories.make_run(self.dataset)
        factories.make_benchmark_run(self.dataset)
        assign_items(
            self.dataset,
            name="campaign",
            run=run,
            annotators=["annotator-x", "lead-x", "administrator-x"],
            labels_per_item=3,
            order="sequential",
            seed=0,
        )
        Upload.objects.create(state=Upload.State.PLANNED)
        Export.objects.create(dataset=self.dataset, format="mdk", state=Export.State.READY)

    def client(self, role: str) -> Client:
        return Client() if role == "stranger" else logged_in(self.people[role])

    def path(self, name: str, path: str) -> str:
        """The path with every argument filled in from the row that it speaks of."""
        values: dict[str, Any] = defaultdict(lambda: "1", queue_rank="1", position="1", name="manifest.json")
        values |= {"dataset_pk": self.dataset.pk, "campaign_pk": Campaign.objects.get().pk, "url": "nowhere/"}
        values |= {"annotator_pk": Annotator.objects.get(name="annotator-x").pk, "app_label": "judging"}
        values["content_type_id"] = ContentType.objects.get_for_model(Dataset).pk
        values["object_id"] = values["pk"] = values["id"] = self.key_for(name)
        return path % values

    def key_for(self, name: str) -> object:
        """The primary key that a URL of this name is about."""
        nouns = {"dataset": Dataset, "item": Dataset, "run": Run, "judge": Judge}
        nouns |= {"benchmark": BenchmarkRun, "campaign": Campaign, "export": Export, "upload": Upload}
        model: Any = nouns.get(name.split("_")[0], Dataset)
        if match := re.match(r"admin:(judging|annotation|training_export|auth)_([a-z]+)_", name):
            model = apps.get_model(*match.groups())
        row = model.objects.first()
        return row.pk if row else 1


def refused(response: HttpResponseBase) -> bool:
    """Sent to log in, forbidden, or shown nothing."""
    sent_away = response.status_code == 302 and "/login/" in response.headers["Location"]
    return sent_away or response.status_code in {401, 403, 404, 405}


@pytest.fixture(scope="module", autouse=True)
def queue() -> Iterator[None]:
    """The pages on the queue need one that answers."""
    with running_queue():
        yield


@pytest.fixture
def site(db: None) -> Site:
    return Site()


@pytest.mark.parametrize(("name", "path"), urls(), ids=lambda value: value)
def test_every_url_stands_in_the_table(name: str, path: str) -> None:
    assert row_of(name) is not None, f"{name} ({path}) needs a row in ACCESS"


@pytest.mark.parametrize("role", sorted(ANYBODY))
def test_who_is_not_in_the_table_gets_in_nowhere(role: str, site: Site) -> None:
    client = site.client(role)
    let_in = []
    for name, path in urls():
        if role in (row_of(name) or ANYBODY - {role}):
            continue
        for method in (client.get, client.post):
            if not refused(method(site.path(name, path))):
                let_in.append((method.__name__, name))
    assert not let_in, "\n".join(map(str, let_in))


@pytest.mark.parametrize("role", sorted(ANYBODY))
def test_who_is_in_the_table_gets_in(role: str, site: Site) -> None:
    client = site.client(role)
    kept_out = []
    for name, path in urls():
        if role not in (row_of(name) or NOBODY) or name in ABOUT_NOTHING_HERE:
            continue
        response = client.get(site.path(name, path))
        if refused(response) and response.status_code != 405:
            kept_out.append((response.status_code, name))
    assert not kept_out, "\n".join(map(str, kept_out))


def test_an_annotator_sees_nothing_of_a_campaign_they_are_not_in(site: Site) -> None:
    client = logged_in(factories.make_user("outsider", role="annotator"))
    own = ("review_list",)
    for name, path in urls():
        if name.startswith("review_") and name not in own:
            assert refused(client.get(site.path(name, path))), name
            assert refused(client.post(site.path(name, path))), name
