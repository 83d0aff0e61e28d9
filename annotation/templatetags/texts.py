"""Texts of items and guidelines in pages: Markdown made into HTML that cannot do anything.

Texts come from files and models. HTML in them is text; nothing is loaded from elsewhere, so that no image tells its
server who reads what: a picture is shown as a link.
"""

import re
from collections.abc import Sequence
from functools import lru_cache
from typing import Any

import nh3
from django import template
from django.template import Context
from django.template.loader import render_to_string
from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from markdown_it import MarkdownIt
from markdown_it.renderer import RendererHTML
from markdown_it.token import Token
from markdown_it.utils import EnvType, OptionsDict

from annotation.models import Campaign
from annotation.pages.frame import Frame

register = template.Library()

# Reading Markdown takes time that grows faster than the text where somebody wants it to.
LONGEST = 20_000
TAGS = set(
    "a blockquote br code del em h3 h4 h5 h6 hr li ol p pre s strong table tbody td th thead tr ul".split()  # noqa: SIM905
)
PLAIN_TOKENS = {"paragraph_open", "paragraph_close", "inline", "text", "softbreak", "hardbreak"}
# Without one of these no line of Markdown is anything but text, and need not be read.
MARKED = re.compile(r"[\\`*_\[<&~|#>=+-]|^(?: {4}| {0,3}\t| {0,3}[0-9]{1,9}[.)])", re.MULTILINE)
PLAIN, RENDERED = "plain-of-frame", "rendered-of-frame"
VALUE, ORIGINAL, SHOWN = "value-of-frame", "original-of-frame", "shown-of-frame"
HEADING_SHIFT = 2
DEEPEST_HEADING = 6


class Renderer(RendererHTML):
    """Pictures as links; headings below those of the page."""

    def image(self, tokens: Sequence[Token], idx: int, options: OptionsDict, env: EnvType) -> str:
        """A link to the picture, by its description."""
        link = Token("link_open", "a", 1, attrs={"href": tokens[idx].attrs.get("src", "")})
        words = self.renderInlineAsText(tokens[idx].children, options, env)
        name = Token("text", "", 0, content=_("picture: %(name)s") % {"name": words or link.attrs["href"]})
        return self.renderInline([link, name, Token("link_close", "a", -1)], options, env)

    def heading_open(self, tokens: Sequence[Token], idx: int, options: OptionsDict, env: EnvType) -> str:
        """The tag of a heading, below those that the page itself has."""
        token = tokens[idx]
        level = min(int(token.tag[1]) + HEADING_SHIFT, DEEPEST_HEADING)
        return f"<{'/' if token.nesting < 0 else ''}h{level}>"

    heading_close = heading_open


MARKDOWN = MarkdownIt("commonmark", {"html": False, "breaks": True}, renderer_cls=Renderer)
MARKDOWN.enable(["table", "strikethrough"])
CLEANER = nh3.Cleaner(
    tags=TAGS,
    attributes={"a": {"href", "title"}, "ol": {"start"}},
    link_rel="noopener nofollow noreferrer",
    url_schemes={"http", "https", "mailto"},
    url_relative="deny",
    set_tag_attribute_values={"a": {"target": "_blank"}, "table": {"tabindex": "0"}},
)


def rendered(text: str) -> SafeString:
    """Markdown as HTML; '' where the text is too long, or has no marks and reads the same as it is."""
    return rendered_in(get_language(), text)


@lru_cache(maxsize=256)
def rendered_in(language: str | None, text: str) -> SafeString:
    """The same in a language: a picture is named in words of evalsite's."""
    if len(text) > LONGEST or not MARKED.search(text):
        return SafeString()
    env: dict[str, Any] = {}
    tokens = MARKDOWN.parse(text, env)
    if all(token.type in PLAIN_TOKENS for token in flat(tokens)):
        return SafeString()
    html = MARKDOWN.renderer.render(tokens, MARKDOWN.options, env)
    return mark_safe(CLEANER.clean(html))  # noqa: S308 - only the tags and attributes named above are left


def flat(tokens: Sequence[Token]) -> list[Token]:
    """Tokens and those inside them."""
    return [each for token in tokens for each in (token, *(token.children or []))]


@register.simple_tag
def show_text(text: str) -> SafeString:
    """A text, rendered and as it is; the page shows one of them, as its reader chose."""
    html = rendered(text)
    framed = text_frame(get_language(), has_html=bool(html), has_text=bool(text), long=len(text) > LONGEST)
    return framed.filled({PLAIN: escape(text), RENDERED: html})


@register.simple_tag(takes_context=True)
def correctable(context: Context, name: str, heading: str, original: str, shown: str = "") -> SafeString:
    """A text that can be corrected: as it is shown, as it was imported, and a field with what it says now."""
    closed, changed = context["campaign"].state == Campaign.State.CLOSED, context["corrected"][name]
    framed = correctable_frame(get_language(), name, heading, closed=closed, changed=changed)
    as_imported = escape(original)
    value = escape(context["values"][name]) if changed else as_imported
    return framed.filled({VALUE: value, ORIGINAL: as_imported, SHOWN: show_text(shown or original)})


# An item has three or four texts and a browser keeps twenty items ahead: what is around a text is made once.
@lru_cache(maxsize=64)
def text_frame(language: str | None, **told: bool) -> Frame:
    """What is around a text in this language."""
    marks = {"rendered": SafeString(RENDERED if told["has_html"] else ""), "plain": PLAIN if told["has_text"] else ""}
    return Frame(render_to_string("annotation/_text.html", {**marks, "long": told["long"]}), (PLAIN, RENDERED))


@lru_cache(maxsize=256)
def correctable_frame(language: str | None, name: str, heading: str, **told: bool) -> Frame:
    """What is around a text that can be corrected in this language."""
    marks = {"value": VALUE, "original": ORIGINAL, "shown": SHOWN}
    html = render_to_string("annotation/_review_correctable.html", {**marks, **told, "name": name, "heading": heading})
    return Frame(html, marks.values())
