"""HTML that is made once and filled in."""

from annotation.pages.frame import Frame


def test_values_stand_where_the_marks_were() -> None:
    frame = Frame("<p>one, two; one</p>", ("one", "two"))
    assert frame.filled({"one": "1", "two": "<b>2</b>"}) == "<p>1, <b>2</b>; 1</p>"


def test_a_value_that_looks_like_a_mark_stays_as_it_is() -> None:
    assert Frame("one two", ("one", "two")).filled({"one": "two", "two": "one"}) == "two one"


def test_a_mark_is_no_pattern() -> None:
    assert Frame("a.c abc", ("a.c",)).filled({"a.c": "x"}) == "x abc"


def test_html_without_marks_stays() -> None:
    assert Frame("<p>as it is</p>", ("one",)).filled({"one": "1"}) == "<p>as it is</p>"
