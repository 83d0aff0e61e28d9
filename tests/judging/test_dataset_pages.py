"""Pages of datasets and items."""

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.urls import reverse

from judging.models import Dataset, ItemRevision, Reply
from tests import factories


def page(client: Client, name: str, *args: object, **query: object) -> str:
    response = client.get(reverse(name, args=args), query)
    assert response.status_code == 200
    return response.content.decode()


def test_list_shows_ready_datasets_with_their_sizes(lead_client: Client) -> None:
    dataset = factories.make_dataset("夏の試験")
    factories.make_items(dataset, 3)
    html = page(lead_client, "dataset_list")
    assert "夏の試験" in html
    assert '<td class="number">3</td>' in html


def test_list_hides_what_is_being_imported(lead_client: Client) -> None:
    factories.make_dataset("half", state=Dataset.State.IMPORTING)
    assert "half" not in page(lead_client, "dataset_list")


def test_list_says_what_to_do_when_there_is_nothing(lead_client: Client) -> None:
    assert "import_dataset" in page(lead_client, "dataset_list")


def test_list_finds_by_name(lead_client: Client) -> None:
    factories.make_dataset("alpha")
    factories.make_dataset("beta")
    html = page(lead_client, "dataset_list", q="alph")
    assert "alpha" in html
    assert "beta" not in html


def test_list_asks_the_database_a_fixed_number_of_times(
    lead_client: Client, django_assert_max_num_queries: object
) -> None:
    for number in range(12):
        factories.make_items(factories.make_dataset(f"dataset {number}"), 2)
    with django_assert_max_num_queries(8):  # type: ignore[operator]
        page(lead_client, "dataset_list")


def test_detail_shows_items_and_pages_them(lead_client: Client) -> None:
    dataset = factories.make_dataset()
    factories.make_items(dataset, 51)
    first, second = (
        page(lead_client, "dataset_detail", dataset.pk),
        page(lead_client, "dataset_detail", dataset.pk, page=2),
    )
    assert "Question 50?" in first
    assert "Question 51?" not in first
    assert "Question 51?" in second


@pytest.mark.parametrize("text", ["光合成", "日光", "教科書", "key-7"])
def test_detail_finds_text_anywhere_in_an_item(lead_client: Client, text: str) -> None:
    dataset = factories.make_dataset()
    factories.make_item(dataset, "光合成とは?", "日光で糖を作ること", context="教科書 3 章", key="key-7")
    factories.make_item(dataset, "Other question?")
    html = page(lead_client, "dataset_detail", dataset.pk, q=text)
    assert "光合成とは" in html
    assert "Other question" not in html


def test_a_search_stops_after_so_many_items_and_goes_on_from_there(
    lead_client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("judging.views.datasets.SEARCHED_AT_ONCE", 4)
    dataset = factories.make_dataset()
    factories.make_items(dataset, 10)
    begin = page(lead_client, "dataset_detail", dataset.pk, q="question 7?")
    assert "Question 7?" not in begin
    assert "Searched up to item 4 of 10." in begin
    assert 'hx-get="?q=question+7%3F&amp;after=4"' in begin
    on = lead_client.get(
        reverse("dataset_detail", args=[dataset.pk]), {"q": "question 7?", "after": "4"}, headers={"HX-Request": "true"}
    ).content.decode()
    assert "Question 7?" in on
    assert "<table" not in on
    assert "Searched up to item 8 of 10." in on
    end = page(lead_client, "dataset_detail", dataset.pk, q="question 7?", after=8)
    assert "All 10 items were searched." in end
    assert "revealed" not in end


def test_a_search_that_finds_much_shows_a_page_of_it(lead_client: Client) -> None:
    dataset = factories.make_dataset()
    factories.make_items(dataset, 60)
    begin = page(lead_client, "dataset_detail", dataset.pk, q="question")
    assert "Question 50?" in begin
    assert "Question 51?" not in begin
    rest = page(lead_client, "dataset_detail", dataset.pk, q="question", after=50)
    assert "Question 51?" in rest
    assert "All 60 items were searched." in rest


@pytest.mark.parametrize("after", ["x", "-1", "9" * 40, "٣"])
def test_a_place_that_is_none_is_no_error(lead_client: Client, after: str) -> None:
    dataset = factories.make_dataset()
    factories.make_items(dataset, 1)
    page(lead_client, "dataset_detail", dataset.pk, q="question", after=after)


def test_a_search_stays_in_the_chosen_category(lead_client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("judging.views.datasets.SEARCHED_AT_ONCE", 2)
    dataset = factories.make_dataset()
    for number in range(1, 9):
        factories.make_item(dataset, f"Q{number}?", category="law" if number % 3 == 0 else "math", position=number)
    found = page(lead_client, "dataset_detail", dataset.pk, q="Q6", category="law")
    assert "Q6?" in found
    assert "Searched up to item 6 of 8." in found


def test_detail_filters_by_category_and_model(lead_client: Client) -> None:
    dataset = factories.make_dataset()
    factories.make_item(dataset, "One?", category="math", model="m1")
    factories.make_item(dataset, "Two?", category="math", model="m2")
    factories.make_item(dataset, "Three?", category="law", model="m1")
    html = page(lead_client, "dataset_detail", dataset.pk, category="math", model="m1")
    assert "One?" in html
    assert "Two?" not in html
    assert "Three?" not in html


def test_detail_answers_htmx_with_the_items_alone(lead_client: Client) -> None:
    dataset = factories.make_dataset()
    factories.make_items(dataset, 1)
    response = lead_client.get(reverse("dataset_detail", args=[dataset.pk]), headers={"HX-Request": "true"})
    assert "<html" not in response.content.decode()
    assert "Question 1?" in response.content.decode()


def test_detail_of_an_unfinished_import_does_not_exist(lead_client: Client) -> None:
    dataset = factories.make_dataset(state=Dataset.State.IMPORTING)
    assert lead_client.get(reverse("dataset_detail", args=[dataset.pk])).status_code == 404


def test_item_shows_texts_judgments_replies_and_earlier_texts(lead_client: Client) -> None:
    dataset = factories.make_dataset()
    item = factories.make_item(
        dataset, "問い", "<b>答え</b>", "模範", context="文脈", criteria="観点", extra={"source": "出典"}, revision=2
    )
    ItemRevision.objects.create(
        item=item, number=1, fields={"turns": [{"question": "旧問", "answer": "", "reference": ""}]}, reason="r"
    )
    run = factories.make_run(dataset)
    factories.make_judgment(run, item, "wrong")
    Reply.objects.create(run=run, item=item, text="理由の文", status="scored", value="wrong")
    html = page(lead_client, "item_detail", dataset.pk, 1)
    for text in ("問い", "&lt;b&gt;答え&lt;/b&gt;", "模範", "文脈", "観点", "出典", "旧問", "理由の文", "badge wrong"):
        assert text in html


def test_item_leads_to_its_neighbours(lead_client: Client) -> None:
    dataset = factories.make_dataset()
    factories.make_items(dataset, 3)
    html = page(lead_client, "item_detail", dataset.pk, 2)
    assert reverse("item_detail", args=[dataset.pk, 1]) in html
    assert reverse("item_detail", args=[dataset.pk, 3]) in html


def test_item_of_another_dataset_is_not_shown(lead_client: Client) -> None:
    dataset, other = factories.make_dataset("a"), factories.make_dataset("b")
    factories.make_item(other)
    assert lead_client.get(reverse("item_detail", args=[dataset.pk, 1])).status_code == 404


@pytest.mark.parametrize("name", ["dataset_list", "dataset_detail", "item_detail"])
def test_pages_are_for_leads_only(annotator_client: Client, annotator: User, name: str) -> None:
    dataset = factories.make_dataset()
    factories.make_item(dataset)
    args = {"dataset_list": [], "dataset_detail": [dataset.pk], "item_detail": [dataset.pk, 1]}[name]
    assert annotator_client.get(reverse(name, args=args)).status_code == 403
    assert Client().get(reverse(name, args=args)).status_code == 302


def test_a_pair_shows_both_answers_and_how_it_was_decided(lead_client: Client) -> None:
    dataset = factories.make_dataset()
    item = factories.make_item(
        dataset, answer="最初の答え", kind="pair", turns_b=[{"question": "Q?", "answer": "次の答え"}]
    )
    detail = {"ab": "A", "ba": "B"}
    judgment = {"status": "unscored", "value": "", "reason": "inconsistent", "detail": detail}
    factories.make_judgment(factories.make_run(dataset), item, "", **judgment)
    html = lead_client.get(reverse("item_detail", args=[dataset.pk, 1])).content.decode()
    assert html.index("最初の答え") < html.index("次の答え")
    assert "&quot;ba&quot;: &quot;B&quot;" in html
    assert "inconsistent" in html
