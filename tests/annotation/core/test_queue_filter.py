import pytest

from annotation.core.queue_filter import LONGEST_SEARCH, QueueFilter


@pytest.mark.parametrize(
    ("query", "asked", "address"),
    [
        ({}, QueueFilter(), ""),
        ({"show": "open"}, QueueFilter(show="open"), "?show=open"),
        ({"show": "all", "q": "  "}, QueueFilter(), ""),
        ({"show": "nonsense"}, QueueFilter(), ""),
        ({"q": " 富士山 & x "}, QueueFilter(q="富士山 & x"), "?q=%E5%AF%8C%E5%A3%AB%E5%B1%B1+%26+x"),
        ({"category": "色", "verdict": "wrong"}, QueueFilter(category="色", verdict="wrong"), None),
        ({"q": "x" * 9999}, QueueFilter(q="x" * LONGEST_SEARCH), None),
    ],
)
def test_an_address_says_what_is_shown(query: dict[str, str], asked: QueueFilter, address: str | None) -> None:
    assert QueueFilter.from_query(query) == asked
    assert address is None or asked.as_query() == address
    assert asked.shows_all == (asked == QueueFilter())
