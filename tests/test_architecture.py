"""The import rules of docs/architecture.md."""

import ast
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
UPSTREAM = {
    "judging": set(),
    "annotation": {"judging"},
    "training_export": {"judging", "annotation"},
    "evalsite": {"judging", "annotation", "training_export"},
}
LAYERS = [
    {"core"},
    {"engines", "benchmarks", "prepared", "querysets"},
    {"models"},
    {"permissions", "reports", "selection"},
    {"actions", "checks", "forms", "pages", "resources"},
    {"admin", "jobs", "management", "templatetags", "views", "worker"},
    {"apps", "urls"},
]
RANK = {layer: rank for rank, layers in enumerate(LAYERS) for layer in layers}
# Each takes ten megabytes or more, in every worker and every command; scipy itself only finds its parts.
HEAVY = {"pandas", "pyarrow", "sacrebleu", "scipy.sparse", "scipy.special", "scipy.stats", "sklearn", "torch", "vllm"}
APPS = ("judging", "annotation", "training_export")
FILES = [
    file
    for app in UPSTREAM
    for file in sorted((ROOT / app).rglob("*.py"))
    if "migrations" not in file.parts and file != ROOT / app / "__init__.py"
]


def imports(file: Path) -> list[tuple[list[str], bool]]:
    """Every name the file imports, as absolute parts, and whether it does so inside a function."""
    package, found = file.relative_to(ROOT).parts[:-1], []
    tree = ast.parse(file.read_text(encoding="utf-8"))
    hidden = {
        id(inner)
        for node in ast.walk(tree)
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef))
        for inner in ast.walk(node)
    }
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            found += [(alias.name.split("."), id(node) in hidden) for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            base = package[: len(package) - node.level + 1] if node.level else ()
            base = [*base, *(node.module.split(".") if node.module else [])]
            found += [([*base, alias.name], id(node) in hidden) for alias in node.names]
    return found


@pytest.mark.parametrize("file", FILES, ids=lambda file: str(file.relative_to(ROOT)))
def test_imports_go_one_way(file: Path) -> None:
    app, layer = file.relative_to(ROOT).with_suffix("").parts[:2]
    for name, inside_function in imports(file):
        ours = name[0] in UPSTREAM
        if not ours:
            assert not (layer == "core" and app != "evalsite" and name[0] == "django"), "core is plain Python"
            continue
        assert not inside_function or layer == "apps", f"{'.'.join(name)} is imported inside a function"
        if app == "evalsite":
            continue
        assert name[0] in UPSTREAM[app] | {app}, f"{app} may not import {name[0]}"
        if layer == "core":
            assert name[1] == "core", "core imports no other layer"
        if name[0] == app and name[1] != layer:
            assert layer in RANK, f"{layer} has no layer: give it one in tests/test_architecture.py"
            assert RANK[name[1]] < RANK[layer], f"{layer} may not import {name[1]}"


def test_every_app_has_the_same_shape() -> None:
    for app in APPS:
        assert (ROOT / app / "core").is_dir(), f"{app}/core is missing"


def test_a_process_starts_without_what_only_some_functions_need() -> None:
    said = "import django, sys; django.setup(); print(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", said], cwd=ROOT, check=True, capture_output=True, text=True)
    assert not HEAVY & set(done.stdout.split())
