"""What exists is named in the documents, and what the documents name exists."""

import re
from pathlib import Path

import pytest
from django.apps import apps
from django.core.management import get_commands

from judging.core.builtin import JUDGES, RUBRICS
from judging.core.readers import READERS
from judging.core.verdicts import Reason
from judging.engines import ENGINES
from training_export.core.writers import WRITERS

ROOT = Path(__file__).resolve().parent.parent
OURS = ["evalsite", "judging", "annotation", "training_export"]
COMMANDS = sorted(name for name, app in get_commands().items() if app in OURS)
REQUIREMENTS = sorted(
    {
        re.split(r"[\[=]", line)[0]
        for file in ROOT.glob("requirements*.txt")
        for line in file.read_text().splitlines()
        if line and not line.startswith(("#", "-"))
    }
)
SETTINGS = sorted(
    set(re.findall(r'"((?:EVALSITE|OPENAI|DATABASE|REDIS)_[A-Z_]+)"', (ROOT / "evalsite/settings.py").read_text()))
)


def text(name: str) -> str:
    return (ROOT / name).read_text(encoding="utf-8")


@pytest.mark.parametrize("command", COMMANDS)
def test_the_readme_names_every_command(command: str) -> None:
    assert re.search(rf"\b{command}\b", text("README.md"))


@pytest.mark.parametrize("judge", sorted(JUDGES))
def test_the_readme_lists_every_built_in_judge(judge: str) -> None:
    assert f"`{judge}`" in text("README.md")


@pytest.mark.parametrize("name", [*sorted(JUDGES), *sorted(RUBRICS), *sorted(ENGINES), *sorted(Reason)])
def test_the_page_on_judges_explains_it(name: str) -> None:
    assert f"`{name}`" in text("docs/judges.md")


@pytest.mark.parametrize("name", sorted(READERS))
def test_the_page_on_formats_explains_every_reader(name: str) -> None:
    assert f"`{name}`" in text("docs/formats.md")


@pytest.mark.parametrize("name", sorted(WRITERS))
def test_the_page_on_exports_explains_every_writer(name: str) -> None:
    assert f"`{name}`" in text("docs/exports.md")


@pytest.mark.parametrize("name", SETTINGS)
def test_the_page_on_settings_explains_every_variable(name: str) -> None:
    assert f"`{name}`" in text("docs/settings.md")


@pytest.mark.parametrize("package", REQUIREMENTS)
def test_every_dependency_has_its_reason(package: str) -> None:
    assert re.search(rf"^\|[^|]*\b{package}\b", text("docs/dependencies.md"), re.MULTILINE)


@pytest.mark.parametrize("file", sorted(ROOT.glob("requirements*.txt")), ids=lambda file: file.name)
def test_every_dependency_is_pinned(file: Path) -> None:
    for line in file.read_text().splitlines():
        assert not line or line.startswith(("#", "-r ", "-c ")) or "==" in line, f"{file.name}: {line}"


@pytest.mark.parametrize(
    "document", ["README.md", *(f"docs/{path.name}" for path in sorted((ROOT / "docs").glob("*.md")))]
)
def test_links_between_documents_lead_somewhere(document: str) -> None:
    for target in re.findall(r"\]\(([^)#:]+)\)", text(document)):
        assert ((ROOT / document).parent / target).exists(), f"{document} links to {target}"


def test_the_map_names_paths_that_exist() -> None:
    for path in re.findall(r"`((?:judging|annotation|training_export)/[\w/.]+)`", text("docs/architecture.md")):
        assert (ROOT / path).exists() or (ROOT / f"{path}.py").exists(), path


def test_every_app_of_ours_is_installed() -> None:
    assert all(apps.is_installed(name) for name in OURS)
