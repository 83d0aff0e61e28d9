"""Markdown of items: readable, and unable to do anything."""

import re
import time

import pytest
from django.template import Context, Template
from django.utils import translation
from hypothesis import given
from hypothesis import strategies as st

from annotation.templatetags.texts import LONGEST, MARKDOWN, MARKED, PLAIN_TOKENS, flat, rendered

ALLOWED = re.compile(
    r"</?(a|blockquote|br|code|del|em|h[3-6]|hr|li|ol|p|pre|s|strong|table|tbody|td|th|thead|tr|ul)"
    r'( (href|title|rel|target|tabindex|start)="[^"<>]*")*>'
)


@pytest.mark.parametrize(
    ("text", "html"),
    [
        ("**強い**語", "<p><strong>強い</strong>語</p>"),
        ("- a\n- b", "<ul>\n<li>a</li>\n<li>b</li>\n</ul>"),
        ("1. a\n2. b", "<ol>\n<li>a</li>\n<li>b</li>\n</ol>"),
        ("```python\nif x < 1: pass\n```", "<pre><code>if x &lt; 1: pass\n</code></pre>"),
        ("~~old~~ new", "<p><s>old</s> new</p>"),
        ("# Title", "<h3>Title</h3>"),
        ("##### Deep", "<h6>Deep</h6>"),
        ("*a*\nb", "<p><em>a</em><br>\nb</p>"),
    ],
)
def test_renders(text: str, html: str) -> None:
    assert rendered(text).strip() == html


@given(st.text(st.characters(exclude_categories=("Cs",)), max_size=60))
def test_what_is_not_read_as_markdown_has_no_marks(text: str) -> None:
    if not MARKED.search(text.replace("\r", "\n")):
        assert {token.type for token in flat(MARKDOWN.parse(text))} <= PLAIN_TOKENS


@pytest.mark.parametrize(
    "text", ["a\n===", "1. a", "    code", "\tcode", "a  \n\n12) b", "&amp;", "<b>", "a\\\nb", "~~a~~"]
)
def test_every_mark_is_read(text: str) -> None:
    assert MARKED.search(text)


def test_tables_can_be_reached_with_the_keyboard() -> None:
    html = rendered("|a|b|\n|-|-|\n|1|2|")
    assert '<table tabindex="0">' in html
    assert "<td>2</td>" in html


def test_links_lead_outside_without_telling_where_from() -> None:
    html = rendered("[docs](https://example.org/a?b=1&c=2)")
    assert 'href="https://example.org/a?b=1&amp;c=2"' in html
    assert 'rel="noopener nofollow noreferrer"' in html
    assert 'target="_blank"' in html


@pytest.mark.parametrize(
    ("text", "name"),
    [("![a cat](https://example.org/c.png)", "a cat"), ("![](https://example.org/c.png)", "https://example.org/c.png")],
)
def test_a_picture_is_a_link_and_never_loaded(text: str, name: str) -> None:
    html = rendered(text)
    assert "<img" not in html
    assert f">picture: {name}</a>" in html
    with translation.override("ja"):
        assert "picture" not in rendered(text)


@pytest.mark.parametrize(
    "text",
    [
        "*x* <script>bad()</script>",
        "*x* <img src=x onerror=bad()>",
        "*x* <svg/onload=bad()>",
        "*x* <style>*{display:none}</style>",
        "*x* <iframe src='https://example.org'></iframe>",
        "[x](javascript:bad())",
        "[x](JaVaScRiPt&colon;bad())",
        "[x](data:text/html,<script>bad()</script>)",
        "[x](vbscript:bad())",
        "[x](//example.org/a)",
        "[x](/admin/logout/)",
        "![x](javascript:bad())",
        '[x](https://example.org "a\\" onmouseover=bad()")',
        "<javascript:bad()>",
        "*x* <!-- hidden -->",
        '*x* <a href="https://example.org" onclick="bad()">y</a>',
        "`x` </div></main><form action=/logout>",
    ],
)
def test_nothing_of_a_text_acts(text: str) -> None:
    html = rendered(text)
    assert ALLOWED.sub("", html).count("<") == 0, html
    for address in re.findall(r'href="([^"]*)"', html):
        assert address.startswith("https://example.org")


@pytest.mark.parametrize("text", ["", "plain words", "two\n\nparagraphs", "3 < 4 & 5", "少し長い文章。\n改行もある。"])
def test_a_text_without_marks_stays_as_it_is(text: str) -> None:
    assert rendered(text) == ""


def test_a_long_text_is_shown_plain_and_whole() -> None:
    text = "**a** " * (LONGEST // 6 + 1)
    html = Template("{% load texts %}{% show_text text %}").render(Context({"text": text}))
    assert text in html
    assert "Too long to be rendered" in html


@pytest.mark.parametrize("part", ["[", "![", ">", "- ", "*a ", "`", "[a](", "<a ", "&", "|a", "(", "~~a", "_a "])
def test_no_text_holds_the_server_up(part: str) -> None:
    text = (part * LONGEST)[:LONGEST]
    began = time.process_time()
    rendered(text)
    # Against texts that would take minutes; how fast a machine is does not matter.
    assert time.process_time() - began < 30


def test_both_forms_are_in_the_page() -> None:
    html = Template("{% load texts %}{% show_text text %}").render(Context({"text": "**a** < b"}))
    assert "<strong>a</strong> &lt; b" in html
    assert "**a** &lt; b" in html


def test_no_text_says_so() -> None:
    html = Template("{% load texts %}{% show_text text %}").render(Context({"text": ""}))
    assert "There is no text." in html
