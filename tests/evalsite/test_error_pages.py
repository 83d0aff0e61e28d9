"""Pages that nobody asked for: they say what happened and lead back to the work."""

import pytest
from django.http import HttpRequest
from django.test import Client
from django.urls import reverse
from django.utils import translation
from django.views.defaults import server_error


@pytest.mark.django_db
def test_a_form_without_its_token_says_how_to_send_it_again() -> None:
    client = Client(enforce_csrf_checks=True)
    response = client.post(reverse("login"), {"username": "x", "password": "y"}, headers={"accept-language": "ja"})
    html = response.content.decode()
    assert response.status_code == 403
    assert reverse("home") in html
    assert "CSRF" not in html
    with translation.override("ja"):
        assert translation.gettext("This page was open for too long") in html


def test_an_error_looks_like_every_page() -> None:
    response = server_error(HttpRequest())
    html = response.content.decode()
    assert response.status_code == 500
    assert "evalsite.css" in html
    assert 'class="button" href="/"' in html
