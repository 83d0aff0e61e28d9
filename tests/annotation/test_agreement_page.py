"""The pages of agreement, on the site and in the back office."""

import json
from html import unescape
from io import StringIO
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from django.core.management import call_command
from django.test import Client
from django.urls import reverse
from django.utils.html import strip_tags

from annotation.actions.campaigns import assign_items
from annotation.core.design import Design
from annotation.models import CampaignItem
from judging.models import Dataset, Run
from tests import factories
from tests.annotation.worked_example import MATRIX_CSV, make_worked_example

pytestmark = pytest.mark.django_db


@pytest.fixture
def example() -> Dataset:
    return make_worked_example()


def page(client: Client, name: str, *args: Any, **query: Any) -> str:
    response = client.get(reverse(name, args=args), query)
    assert response.status_code == 200
    return response.content.decode()


def words(html: str) -> str:
    """What a reader sees, in one line."""
    return " ".join(unescape(strip_tags(html.replace("<", " <"))).split())


def test_shows_the_worked_example_to_the_last_digit(lead_client: Client, example: Dataset) -> None:
    text = words(page(lead_client, "agreement_report", example.pk))
    assert (
        "clean QA: 208 / 406 (51.231527 %) wrong QA: 133 / 406 (32.758621 %) invalid QA: 65 / 406 (16.009852 %)" in text
    )
    for name, figure in (("Accuracy", "0.514778 [0.4663 to 0.5630] n = 406"), ("Majority baseline", "0.532020 [")):
        assert f"{name} {figure}" in text
    for figure in ("0.586466", "0.503226", "0.541667", "0.612903", "0.210011", "0.839901", "0.410526", "0.594737"):
        assert figure in text


def test_shows_the_digits_of_the_command(lead_client: Client, example: Dataset) -> None:
    out = StringIO()
    call_command("report_agreement", "example", stdout=out)
    shown = set(words(page(lead_client, "agreement_report", example.pk)).split())
    printed = {word for word in out.getvalue().split() if word.count(".") == 1 and len(word) == len("0.514778")}
    assert len(printed) > 10
    assert printed <= shown


def test_the_files_hold_the_same_numbers(lead_client: Client, example: Dataset) -> None:
    response = lead_client.get(reverse("agreement_csv", args=[example.pk]))
    assert response.content.decode() == MATRIX_CSV
    assert response["Content-Disposition"] == 'attachment; filename="confusion_matrix.csv"'
    out = StringIO()
    call_command("report_agreement", "example", "--json", stdout=out)
    assert json.loads(page(lead_client, "agreement_json", example.pk)) == json.loads(out.getvalue())


def test_every_cell_of_the_matrix_opens_its_items(lead_client: Client, example: Dataset) -> None:
    html = page(lead_client, "agreement_report", example.pk)
    links = [unescape(part.split('"')[0]) for part in html.split('href="')[1:] if "/items/?" in part.split('"')[0]]
    by_cell = {}
    for link in links:
        query = {name: values[0] for name, values in parse_qs(urlsplit(link).query).items()}
        response = lead_client.get(link)
        by_cell[query.get("judge"), query.get("human")] = response.context["page"].paginator.count
    assert by_cell[("clean", "wrong")] == 77
    assert by_cell[("invalid", "wrong")] == 35
    assert by_cell[("wrong", None)] == 133
    assert by_cell[(None, "clean")] == 216
    assert ("clean", "unknown") not in by_cell


def test_items_of_a_cell_are_paged_and_open_their_own_page(lead_client: Client, example: Dataset) -> None:
    run = Run.objects.get()
    query = {"run": run.pk, "judge": "clean", "human": "wrong", "page": 2}
    html = page(lead_client, "agreement_items", example.pk, **query)
    assert "77 items" in words(html)
    assert html.count('class="badge clean"') == html.count('class="badge wrong"') == 27
    assert f'href="{reverse("item_detail", args=[example.pk, 182])}"' in html
    assert "judge=clean&amp;human=wrong&amp;page=1" in html


def test_a_cell_without_items_says_so(lead_client: Client, example: Dataset) -> None:
    html = page(lead_client, "agreement_items", example.pk, run=Run.objects.get().pk, human="unknown")
    assert "No items here" in html


def test_campaign_and_run_are_in_the_address(lead_client: Client, example: Dataset) -> None:
    first = Run.objects.get()
    second = factories.make_run(example, factories.make_judge("second"))
    assert f"second v1, run {second.pk}, against people" in words(page(lead_client, "agreement_report", example.pk))
    chosen = words(page(lead_client, "agreement_report", example.pk, run=first.pk))
    assert f"judge v1, run {first.pk}, against people" in chosen
    assert page(lead_client, "agreement_csv", example.pk, run=first.pk) == MATRIX_CSV
    assert page(lead_client, "agreement_csv", example.pk, run=second.pk) == ",clean,wrong,unknown\n" + "".join(
        f"{row},0,0,0\n" for row in ("clean", "wrong", "invalid")
    )


def test_an_unfinished_run_can_be_looked_at(lead_client: Client, example: Dataset) -> None:
    run = factories.make_run(example, factories.make_judge("slow"), state=Run.State.RUNNING)
    assert "slow" not in words(page(lead_client, "agreement_report", example.pk))
    assert "The run is running" in page(lead_client, "agreement_report", example.pk, run=run.pk)


def test_several_campaigns_ask_for_a_choice(lead_client: Client, example: Dataset) -> None:
    other = factories.make_campaign(example, "again")
    html = page(lead_client, "agreement_report", example.pk)
    assert "Whose labels count?" in html
    assert f'href="?campaign={other.pk}"' in html
    assert "No labels yet" in page(lead_client, "agreement_report", example.pk, campaign=other.pk)
    for name in ("agreement_csv", "agreement_json"):
        assert lead_client.get(reverse(name, args=[example.pk])).status_code == 404
        assert lead_client.get(reverse(name, args=[example.pk]), {"campaign": other.pk}).status_code == 200


def test_without_labels_and_runs_it_says_what_to_do_next(lead_client: Client) -> None:
    dataset = factories.make_dataset()
    text = words(page(lead_client, "agreement_report", dataset.pk))
    assert "Hand the items out to at least two people" in text
    assert "Start a run on this dataset" in text
    assert lead_client.get(reverse("agreement_csv", args=[dataset.pk])).status_code == 404


def test_what_is_undefined_stands_with_its_reason(lead_client: Client, example: Dataset) -> None:
    assert "Krippendorff's alpha n/a one label per item" in words(page(lead_client, "agreement_report", example.pk))


def test_the_list_names_what_a_dataset_still_lacks(lead_client: Client, example: Dataset) -> None:
    factories.make_dataset("fresh")
    factories.make_dataset("half", state=Dataset.State.IMPORTING)
    text = words(page(lead_client, "agreement_list"))
    assert "example 1 1 –" in text
    assert "fresh 0 0 a campaign and a run" in text
    assert "half" not in text


def test_an_empty_list_says_what_to_do_next(lead_client: Client) -> None:
    assert "No dataset yet" in page(lead_client, "agreement_list")


@pytest.mark.parametrize(
    "query",
    [{"run": "x"}, {"run": 999}, {"campaign": "-1"}, {"campaign": 999}, {"run": "9" * 30}, {"run": "²"}],
    ids=str,
)
def test_an_address_that_names_nothing_is_not_found(
    lead_client: Client, example: Dataset, query: dict[str, Any]
) -> None:
    for name in ("agreement_report", "agreement_items", "agreement_csv", "agreement_json", "agreement_admin_report"):
        assert lead_client.get(reverse(name, args=[example.pk]), query).status_code == 404


def test_runs_and_campaigns_of_another_dataset_are_not_found(lead_client: Client, example: Dataset) -> None:
    foreign = factories.make_dataset("foreign")
    run, campaign = factories.make_run(foreign, factories.make_judge("other")), factories.make_campaign(foreign)
    address = reverse("agreement_report", args=[example.pk])
    assert lead_client.get(address, {"run": run.pk}).status_code == 404
    assert lead_client.get(address, {"campaign": campaign.pk}).status_code == 404


def test_a_run_in_which_a_model_answered_is_not_found(lead_client: Client, example: Dataset) -> None:
    run = Run.objects.create(dataset=example, kind=Run.Kind.GENERATE, model="m", state=Run.State.FINISHED)
    assert lead_client.get(reverse("agreement_report", args=[example.pk]), {"run": run.pk}).status_code == 404


def test_a_cell_that_does_not_exist_is_not_found(lead_client: Client, example: Dataset) -> None:
    address = reverse("agreement_items", args=[example.pk])
    assert lead_client.get(address, {"run": Run.objects.get().pk, "judge": "good"}).status_code == 404
    assert lead_client.get(address).status_code == 404


def test_annotators_see_none_of_it(annotator_client: Client, example: Dataset) -> None:
    for name in ("agreement_report", "agreement_items", "agreement_csv", "agreement_json"):
        assert annotator_client.get(reverse(name, args=[example.pk])).status_code == 403
    assert annotator_client.get(reverse("agreement_list")).status_code == 403


def test_the_back_office_shows_the_same_report(lead_client: Client, example: Dataset) -> None:
    html = page(lead_client, "agreement_admin_report", example.pk)
    assert "evalsite back office" in html
    assert "Accuracy 0.514778 [0.4663 to 0.5630] n = 406" in words(html)
    assert reverse("agreement_admin_report", args=[example.pk]) in page(lead_client, "agreement_admin_list")


def test_the_back_office_links_to_it_from_index_run_and_campaign(lead_client: Client, example: Dataset) -> None:
    run = Run.objects.get()
    campaign = factories.make_campaign(factories.make_dataset("other"))
    assert reverse("agreement_admin_list") in page(lead_client, "admin:index")
    report = reverse("agreement_admin_report", args=[example.pk])
    assert f"{report}?run={run.pk}" in page(lead_client, "admin:judging_run_change", run.pk)
    report = reverse("agreement_admin_report", args=[campaign.dataset_id])
    assert f"{report}?campaign={campaign.pk}" in page(lead_client, "admin:annotation_campaign_change", campaign.pk)


def test_the_page_asks_few_questions_of_the_database(
    lead_client: Client, example: Dataset, django_assert_max_num_queries: Any
) -> None:
    with django_assert_max_num_queries(38):
        page(lead_client, "agreement_report", example.pk)


def test_parts_that_need_every_label_are_fetched_one_by_one(lead_client: Client, example: Dataset) -> None:
    html = page(lead_client, "agreement_report", example.pk)
    for panel in ("people", "slices", "calibration", "bias", "scores", "weighted", "disagreements"):
        address = reverse("agreement_panel", args=[example.pk, panel])
        assert f'hx-get="{address}' in html
        assert "<section" in lead_client.get(address).content.decode()
    assert "hx-get" not in page(lead_client, "agreement_report", example.pk, whole=1)


def test_a_panel_keeps_what_the_address_of_the_page_says(lead_client: Client, example: Dataset) -> None:
    run = Run.objects.get()
    html = page(lead_client, "agreement_report", example.pk, run=run.pk, view="rows")
    address = reverse("agreement_panel", args=[example.pk, "slices"])
    assert f'hx-get="{address}?run={run.pk}&amp;view=rows"' in html


def test_a_panel_that_does_not_exist_is_not_found(lead_client: Client, example: Dataset) -> None:
    assert lead_client.get(reverse("agreement_panel", args=[example.pk, "none"])).status_code == 404


def test_cells_are_shares_of_rows_or_columns_by_the_address(lead_client: Client, example: Dataset) -> None:
    assert "63.0%" in page(lead_client, "agreement_report", example.pk, view="rows")
    assert "60.6%" in page(lead_client, "agreement_report", example.pk, view="columns")
    assert lead_client.get(reverse("agreement_report", args=[example.pk]), {"view": "x"}).status_code == 404


def test_runs_of_the_table_are_in_the_address(lead_client: Client, example: Dataset) -> None:
    first = Run.objects.get()
    second = factories.make_run(example, factories.make_judge("second"))
    both = page(lead_client, "agreement_report", example.pk)
    assert "second v1" in both
    one = words(page(lead_client, "agreement_report", example.pk, runs=first.pk))
    assert f"judge v1, run {first.pk}, against people" in one
    assert f"second v1 run {second.pk}" not in one.split("Judges", 1)[1]
    foreign = factories.make_run(factories.make_dataset("foreign"), factories.make_judge("other"))
    for wrong in (foreign.pk, "x"):
        assert lead_client.get(reverse("agreement_report", args=[example.pk]), {"runs": wrong}).status_code == 404


def test_the_one_file_has_the_digits_of_the_command(lead_client: Client, example: Dataset, tmp_path: Path) -> None:
    out, file = StringIO(), tmp_path / "report.html"
    call_command("report_agreement", "example", "--html", str(file), stdout=out)
    shown = set(words(file.read_text(encoding="utf-8")).split())
    printed = {word for word in out.getvalue().split() if word.count(".") == 1 and len(word) == len("0.514778")}
    assert len(printed) > 10
    assert printed <= shown
    assert page(lead_client, "agreement_html", example.pk) == file.read_text(encoding="utf-8")


def test_tables_of_counts_are_there_to_take_away(lead_client: Client, example: Dataset) -> None:
    address = reverse("agreement_table", args=[example.pk, "judge_human", "csv"])
    lines = lead_client.get(address).content.decode().splitlines()
    assert lines[0] == "run,judge,people,items"
    assert f"{Run.objects.get().pk},clean,wrong,77" in lines
    table = lead_client.get(reverse("agreement_table", args=[example.pk, "patterns", "json"])).json()
    assert sum(row[-1] for row in table["rows"]) == 406
    assert lead_client.get(reverse("agreement_table", args=[example.pk, "none", "csv"])).status_code == 404


def test_all_disagreements_are_paged_by_kind_and_leave_as_a_file(lead_client: Client, example: Dataset) -> None:
    html = page(lead_client, "agreement_disagreements", example.pk, kind="clean_to_wrong", page=2)
    assert "Judge clean, people wrong: 77" in words(html)
    assert html.count('class="badge clean"') == 27
    response = lead_client.get(reverse("agreement_disagreements_csv", args=[example.pk]), {"kind": "wrong_to_clean"})
    lines = b"".join(response).decode().splitlines()
    assert lines[0] == "position,key,kind,judge,people,labels,reason"
    assert len(lines) == 56
    assert {line.split(",")[2] for line in lines[1:]} == {"wrong_to_clean"}


def test_two_raters_open_the_items_both_labelled(lead_client: Client) -> None:
    dataset = factories.make_dataset()
    one, two, three = factories.make_items(dataset, 3)
    campaign, run = factories.make_campaign(dataset), factories.make_run(dataset)
    first, second = factories.make_annotator("田中"), factories.make_annotator("b")
    for item, word in ((one, "clean"), (two, "wrong")):
        factories.make_label(campaign, item, first, word)
        factories.make_label(campaign, item, second, "clean")
    factories.make_label(campaign, three, first)
    factories.make_judgment(run, two, "wrong")
    query = {"campaign": campaign.pk, "first": f"person:{first.pk}", "second": f"person:{second.pk}"}
    assert "2 items" in words(page(lead_client, "agreement_pair", dataset.pk, **query))
    assert "1 item " in words(page(lead_client, "agreement_pair", dataset.pk, **query, same="no"))
    lead_client.cookies["django_language"] = "ja"
    assert "2 誤り クリーン" in words(page(lead_client, "agreement_pair", dataset.pk, **query, same="no"))
    lead_client.cookies["django_language"] = "en"
    beside = {"campaign": campaign.pk, "first": f"person:{first.pk}", "second": f"run:{run.pk}"}
    shown = words(page(lead_client, "agreement_pair", dataset.pk, **beside, same="yes"))
    assert "1 item " in shown
    assert f"{run.judge}, run {run.pk}" in shown
    for nobody in ("", "b", "person:0", "run:0", "person:x"):
        given = {"first": f"person:{first.pk}", "second": nobody}
        assert lead_client.get(reverse("agreement_pair", args=[dataset.pk]), given).status_code == 404


def test_more_items_are_queued_with_their_chance(lead_client: Client) -> None:
    dataset = factories.make_dataset()
    factories.make_items(dataset, 10)
    factories.make_user("annotator-a", role="annotator")
    design = Design(sample=2)
    campaign = assign_items(dataset, name="c", annotators=["annotator-a"], labels_per_item=1, design=design)
    address = reverse("agreement_queue", args=[dataset.pk])
    response = lead_client.post(f"{address}?campaign={campaign.pk}", {"n": "3", "how": "random"})
    assert response.status_code == 302
    assert CampaignItem.objects.filter(campaign=campaign).count() == 5
    assert "3 items were queued." in words(lead_client.get(response["Location"].split("#")[0]).content.decode())
    refused = lead_client.post(f"{address}?campaign={campaign.pk}", {"n": "x", "how": "random"})
    assert "Say how many items" in words(lead_client.get(refused["Location"].split("#")[0]).content.decode())
    assert CampaignItem.objects.filter(campaign=campaign).count() == 5
