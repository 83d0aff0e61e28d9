"""Somebody who reviews without a browser, by the same requests as the page's script."""

import html
import json
import re
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from http.client import HTTPConnection, HTTPResponse
from urllib.parse import urlencode, urlsplit

STOCK_LOW = 4
FORM = re.compile(r'<form id="review-form"[^>]* action="([^"]*)"')
AHEAD = re.compile(r' data-ahead="([^"]*)"')
MARKS = ("page_key", "known_rev", "item_revision")
HIDDEN = {name: re.compile(rf'name="{name}" value="([^"]*)"') for name in MARKS}
STORED = re.compile(r'id="review-undo".*?name="label" value="(\d+)"', re.DOTALL)
SET_COOKIE = re.compile(r"([^=]+)=([^;]*)")
Fields = dict[str, str] | list[tuple[str, str]]
VERDICTS = ("clean", "clean", "clean", "wrong", "undefined")


@dataclass
class Person:
    """Cookies of somebody who has logged in, and the connection that is kept open."""

    address: str
    cookies: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.connection = HTTPConnection(urlsplit(self.address).netloc, timeout=120)

    def ask(self, method: str, path: str, fields: Fields | None = None, *, script: bool = False) -> "Answer":
        """Send a request, and keep the cookies that come back."""
        headers = {"Cookie": "; ".join(f"{name}={value}" for name, value in self.cookies.items())}
        if script:
            headers |= {"HX-Request": "true", "X-CSRFToken": self.cookies.get("csrftoken", "")}
        body = urlencode(fields) if fields is not None else None
        if body is not None:
            headers["Content-Type"] = "application/x-www-form-urlencoded"
        try:
            self.connection.request(method, path, body, headers)
            answer = Answer(self.connection.getresponse())
        except ConnectionError:
            # The server ends a connection that was idle for some seconds; a browser opens it again.
            self.connection.close()
            self.connection.request(method, path, body, headers)
            answer = Answer(self.connection.getresponse())
        for cookie in answer.cookies:
            found = SET_COOKIE.match(cookie)
            assert found is not None
            self.cookies[found[1]] = found[2]
        return answer

    def log_in(self, name: str, password: str) -> None:
        """By the form of the site."""
        self.ask("GET", "/login/")
        sent = {"username": name, "password": password, "csrfmiddlewaretoken": self.cookies["csrftoken"]}
        answer = self.ask("POST", "/login/", sent)
        assert answer.status == 302, answer.text


class Answer:
    """A response that was read to its end."""

    def __init__(self, response: HTTPResponse) -> None:
        self.status = response.status
        self.location = response.getheader("Location", "") or ""
        self.is_json = "json" in (response.getheader("Content-Type") or "")
        self.cookies = response.headers.get_all("Set-Cookie") or []
        self.text = response.read().decode()


def logged_in(address: str, names: Sequence[str], password: str) -> list[Person]:
    """People with a session each."""
    people = [Person(address) for _name in names]
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda person, name: person.log_in(name, password), people, names))
    return people


@dataclass
class Reviewer:
    """A person at one campaign: the item on the screen, the items kept ahead, and how long each step took."""

    person: Person
    campaign: str
    page: str = ""
    stock: list[dict[str, str]] = field(default_factory=list)
    times: list[float] = field(default_factory=list)
    stored: list[int] = field(default_factory=list)

    def open(self) -> None:
        """The first item, as a whole page."""
        found = self.person.ask("GET", self.campaign)
        while found.status == 302:
            found = self.person.ask("GET", found.location)
        assert found.status == 200, found.text
        self.page = found.text
        self.refill()

    def work(self, steps: int) -> None:
        """So many decisions, or fewer where nothing is left."""
        for number in range(steps):
            action = FORM.search(self.page)
            if action is None:
                return
            sent = self.filled(VERDICTS[number % len(VERDICTS)])
            begun = time.perf_counter()
            answer = self.person.ask("POST", action[1], sent, script=True)
            self.times.append(time.perf_counter() - begun)
            assert answer.status == 200, answer.text
            self.go_on(answer)
            self.refill()

    def go_on(self, answer: Answer) -> None:
        """To the next item: one that is here already, one that came, or the end as a whole page."""
        if not answer.is_json:
            self.page, stored = answer.text, only(STORED, answer.text)
            self.stored.append(int(stored))
            return
        told = json.loads(answer.text)
        self.stored.append(told["label"])
        kept = next((item["html"] for item in self.stock if item["path"] == told["path"]), "")
        self.page = told["html"] or kept
        assert self.page, "the next item is not here, and it was not sent"

    def filled(self, verdict: str) -> list[tuple[str, str]]:
        """The form as the page sends it: a text that nobody has corrected does not go back."""
        hidden = {name: only(pattern, self.page) for name, pattern in HIDDEN.items()}
        empty = {"comment": "", "error_count": "", "skip_reason": ""}
        fields = hidden | empty | {"verdict": verdict, "csrfmiddlewaretoken": self.person.cookies["csrftoken"]}
        return [*fields.items(), ("have", ""), *(("have", item["showing"]) for item in self.stock)]

    def refill(self) -> None:
        """Items ahead, when few are left of those that are kept."""
        found = AHEAD.search(self.page)
        if found is None:
            return
        here = rank_of(only(FORM, self.page))
        self.stock = [item for item in self.stock if rank_of(item["path"]) > here]
        if len(self.stock) <= STOCK_LOW:
            after = f"?after={rank_of(self.stock[-1]['path'])}" if self.stock else ""
            answer = self.person.ask("GET", html.unescape(found[1]) + after, script=True)
            self.stock += json.loads(answer.text)["items"]


def rank_of(path: str) -> int:
    """The number of a place: the last number of its address."""
    return int(re.findall(r"\d+", path)[-1])


def only(pattern: re.Pattern[str], text: str) -> str:
    """What a pattern finds, as it was before it became HTML."""
    found = pattern.search(text)
    assert found is not None, pattern.pattern
    return html.unescape(found[1])
