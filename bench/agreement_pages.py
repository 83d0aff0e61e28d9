"""What panels cost, and the pages of agreement over HTTP from a web server of our own: a part of
`bench.agreement_scale`."""

import http.client
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
Part = Callable[[], object]


def of_panels(campaign: Any) -> dict[str, Part]:
    """Panels, one by one, as a page fetches them."""
    from django.core.cache import cache

    from annotation.reports import MOST_READ_BY_COMMAND, PANELS, Question, agreement_document

    def panel(name: str) -> Part:
        question = Question(panels=(name,), at_most=MOST_READ_BY_COMMAND)

        def fresh() -> None:
            cache.clear()
            agreement_document(campaign.dataset, campaign=campaign, question=question)

        return fresh

    return {f"report with the panel {name}, nothing kept": panel(name) for name in PANELS}


def of_pages(campaign: Any, requests: int) -> dict[str, float]:
    """The first screen and every panel over HTTP, as a lead's browser asks for them: the first request, when nothing
    was kept, then the median and the 95th percentile of so many."""
    from django.urls import reverse

    from annotation.pages.context import PANELS

    pages = {"page": reverse("agreement_report", args=[campaign.dataset_id])}
    pages |= {f"panel {name}": reverse("agreement_panel", args=[campaign.dataset_id, name]) for name in PANELS}
    found = {}
    for name, path in pages.items():
        with served() as port, ready(port) as ask:
            asking = partial(ask, path)
            first = timed(asking)
            again = sorted(timed(asking) for _ in range(requests))
        found[f"{name}, first request"] = first
        found |= {f"{name}, p{share}": again[int(share / 100 * (requests - 1))] for share in (50, 95)}
    return found


@contextmanager
def served() -> Iterator[int]:
    """The port of a web server of our own with one worker, which has kept nothing yet."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen(64)
        listener.set_inheritable(True)
        command = [sys.executable, "-m", "gunicorn", "evalsite.wsgi", "--bind", f"fd://{listener.fileno()}"]
        # One page may take longer than a web server waits: what is measured is how long.
        server = subprocess.Popen(
            [*command, "--workers", "1", "--threads", "4", "--timeout", "600", "--log-level", "error"],
            pass_fds=[listener.fileno()],
            cwd=ROOT,
        )
        try:
            yield listener.getsockname()[1]
        finally:
            server.terminate()
            server.wait()


@contextmanager
def ready(port: int) -> Iterator[Callable[[str], None]]:
    """Ask for paths over one kept connection, as a lead; the server has answered once before."""
    from django.conf import settings
    from django.contrib.auth.models import User
    from django.test import Client
    from django.urls import reverse

    lead, _ = User.objects.get_or_create(username="lead", is_superuser=True, is_staff=True)
    client = Client()
    client.force_login(lead)
    name = settings.SESSION_COOKIE_NAME
    headers = {"Cookie": f"{name}={client.cookies[name].value}", "Host": "localhost"}
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=600)

    def ask(path: str) -> None:
        connection.request("GET", path, headers=headers)
        answer = connection.getresponse()
        answer.read()
        assert answer.status == 200, f"{path}: {answer.status}"

    ask(reverse("agreement_list"))
    try:
        yield ask
    finally:
        connection.close()


def timed(part: Part) -> float:
    """Seconds of one call."""
    started = time.perf_counter()
    part()
    return time.perf_counter() - started
