"""The report as one HTML file: nothing to fetch, no script, the digits of the command."""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from django.contrib.staticfiles import finders
from django.template.loader import render_to_string
from django.utils.safestring import SafeString, mark_safe

from annotation.pages.context import EVERYTHING, of_part

STYLES = ("evalsite/evalsite.css", "annotation/agreement.css")
Document = Mapping[str, Any]


def agreement_html(document: Document) -> str:
    """A whole page with its style in it. `document` is what `agreement_document` makes with all its panels.

    Where several campaigns or criteria keep the top without figures, each of them has a chapter.
    """
    parts = [_chapter(place, title, part) for place, (title, part) in enumerate(_parts(document), start=1)]
    context = {"document": document, "parts": parts, "style": _style(), "loaded": EVERYTHING, "links": False}
    return render_to_string("annotation/agreement_file.html", of_part(document) | context)


def _chapter(place: int, title: str, part: Document) -> dict[str, Any]:
    judges = part.get("judges") or [None]
    others = [{"judge": judge, "suffix": f"-{place}-{judge['run']}"} for judge in judges[1:]]
    # Beside a second judge, what people say among themselves is not said again.
    alone = {**part, "pairwise": None, "disagreements": None}
    return {"title": title, "part": part, "judge": judges[0], "others": others, "suffix": f"-{place}", "alone": alone}


def _parts(document: Document) -> Iterator[tuple[str, Document]]:
    """Everything that has figures of its own, with what it is called beside the others."""
    if has_figures(document):
        yield "", document
        return
    shared = {"dataset": document["dataset"], "campaign": document.get("campaign"), "method": document.get("method")}
    campaigns = document.get("campaigns") or [document]
    for campaign in campaigns if not document.get("campaign") else [document]:
        name = str(campaign.get("campaign") or "")
        if has_figures(campaign):
            yield name, {**shared, **campaign}
        for criterion, part in () if has_figures(campaign) else campaign.get("criteria", {}).items():
            told = {"campaign": campaign.get("campaign"), "criterion": criterion}
            yield " · ".join(filter(None, (name, criterion))), {**shared, **part, **told}


def has_figures(part: Document) -> bool:
    """Whether figures stand here, and not only in the campaigns or criteria below."""
    return not part.get("reason") and part.get("criterion") is not None


def _style() -> SafeString:
    """The style sheets of the site, as they stand in a style element."""
    found = [finders.find(name) for name in STYLES]
    texts = [Path(name).read_text(encoding="utf-8") for name in found if isinstance(name, str)]
    # Our own files: nothing that anybody typed stands in them.
    return mark_safe("\n".join(texts).replace("</", "<\\/"))  # noqa: S308
