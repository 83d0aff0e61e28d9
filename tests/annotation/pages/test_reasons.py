"""Every sentence of a document is known to the pages, which say it in the reader's language."""

import ast
import importlib
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.utils.translation import override

import annotation.core
import annotation.reports
from annotation.pages.reasons import PLAIN, WITH_NAMES, sentence

FOLDERS = [Path(str(package.__file__)).parent for package in (annotation.core, annotation.reports)]


def given_reasons() -> Iterator[str]:
    """What is passed to Undefined, or as `undefined`, as a sentence or by the name of one."""
    for folder in FOLDERS:
        for path in sorted(folder.rglob("*.py")):
            module = ".".join(path.relative_to(folder.parents[1]).with_suffix("").parts)
            for call in (node for node in ast.walk(ast.parse(path.read_text())) if isinstance(node, ast.Call)):
                is_reason = isinstance(call.func, ast.Name) and call.func.id == "Undefined"
                found = list(call.args) if is_reason else []
                found += [word.value for word in call.keywords if word.arg == "undefined"]
                yield from filter(None, (as_text(one, module) for one in found))


def as_text(node: ast.expr, module: str) -> str:
    if isinstance(node, ast.Constant):
        return str(node.value)
    named = getattr(importlib.import_module(module), node.id, "") if isinstance(node, ast.Name) else ""
    return named if isinstance(named, str) else ""


def test_every_reason_of_a_report_can_be_translated() -> None:
    found = {reason for reason in given_reasons() if reason}
    assert len(found) > 30
    assert {reason for reason in found if reason not in PLAIN and sentence(reason) == reason} <= {
        "more than 300 raters are not compared pair by pair"
    }


@pytest.mark.parametrize("template", WITH_NAMES)
def test_a_sentence_with_numbers_keeps_them(template: str) -> None:
    names = template.count("%(")
    said = template
    for at in range(names):
        start = said.index("%(")
        said = f"{said[:start]}{at + 3}{said[said.index(')s', start) + 2 :]}"
    assert sentence(said) == said


def test_what_is_not_known_stays_as_it_is() -> None:
    with override("ja"):
        assert sentence("no such sentence") == "no such sentence"


@pytest.mark.parametrize(
    "said",
    [
        "fewer than 20 decided pairs of different length; there are 0",
        "fewer than 1,000 items with both verdicts; there are 3",
        "Always answering clean would reach 0.620000, more than this judge.",
        "People may not agree reliably among themselves (lower bound of alpha -0.9647, below 0.667): mend the "
        "guideline before trusting any number about a judge.",
    ],
)
def test_a_sentence_with_numbers_and_names_is_said_whole_in_another_language(said: str) -> None:
    with override("ja"):
        assert re.search("[A-Za-z]", sentence(said)) is None


@pytest.mark.parametrize(
    ("english", "page"),
    [
        ("several campaigns: choose one with --campaign", "several campaigns: choose one with “Campaign”"),
        ("several criteria: choose one with --criterion", "several criteria: choose one with “Criterion”"),
        (
            "the order of these words is not known: import them with --scale",
            "the order of these words is not known: import them with “Scale”",
        ),
    ],
)
def test_a_page_names_fields_and_no_options(english: str, page: str) -> None:
    assert sentence(english) == page
    for language in ("ja", "zh-hans"):
        with override(language):
            assert "--" not in sentence(english)
