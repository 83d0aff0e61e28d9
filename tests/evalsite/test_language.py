"""Pages in another language: chosen, kept, and brought along by the login."""

import re

import pytest
from django.test import Client
from django.urls import reverse

from judging.models import Preference
from tests import factories
from tests.conftest import logged_in

pytestmark = pytest.mark.django_db


def test_pages_speak_the_language_of_the_browser(client: Client) -> None:
    page = client.get(reverse("login"), headers={"accept-language": "ja,en;q=0.5"})
    assert '<html lang="ja">' in page.text


def test_a_chosen_language_stays(client: Client) -> None:
    done = client.post(reverse("language"), {"language": "zh-hans", "next": reverse("login")})
    assert done.headers["Location"] == reverse("login")
    assert '<html lang="zh-hans">' in client.get(reverse("login"), headers={"accept-language": "ja"}).text


def test_the_login_brings_a_persons_language_to_another_browser() -> None:
    user = factories.make_user("annotator-1", role="annotator")
    logged_in(user).post(reverse("language"), {"language": "ja"})
    there = Client()
    there.post(reverse("login"), {"username": user.username, "password": factories.PASSWORD})
    assert '<html lang="ja">' in there.get(reverse("review_list")).text


def test_a_language_that_nobody_speaks_changes_nothing() -> None:
    client = logged_in(factories.make_user("annotator-1", role="annotator"))
    client.post(reverse("language"), {"language": "tlh"})
    assert not Preference.objects.exists()
    assert '<html lang="en">' in client.get(reverse("review_list")).text


def test_asking_for_a_language_by_a_link_is_refused(client: Client) -> None:
    assert client.get(reverse("language")).status_code == 405


@pytest.mark.parametrize("language", ["en", "ja", "zh-hans"])
def test_every_language_is_called_by_its_own_name(client: Client, language: str) -> None:
    page = client.get(reverse("login"), headers={"accept-language": language}).text
    names = re.findall(r'<option value="[^"]*" lang="[^"]*"[^>]*>([^<]*)</option>', page)
    assert names == ["English", "日本語", "简体中文"]
