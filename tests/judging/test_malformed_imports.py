"""Damaged files through the command: each is refused by a sentence with its place, and nothing of any table changes.

The samples are those of the readers' own tests, at least twenty for every reader.
"""

import json
from collections.abc import Iterator
from gzip import compress
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.apps import apps
from django.core.management import CommandError, call_command
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from judging.core.readers import READERS
from judging.models import Dataset
from tests.judging.core.readers.test_every_reader import BROKEN, LINES, encoded
from tests.judging.core.readers.test_malformed import DAMAGE, GOOD, OWN, RESULT, database, parquet, sheet
from tests.judging.core.readers.test_malformed_fastchat import ANSWERED, ASKED, CASES, JUDGED, line
from tests.judging.core.readers.test_malformed_rows import CASES as WRONG
from tests.judging.core.readers.test_malformed_rows import TABLES

pytestmark = pytest.mark.django_db

Files = dict[str, bytes]
WITHOUT_LINES = {"xlsx", "parquet", "promptfoo_db", "inspect_log"}
"""Packed files: what is wrong with one as a whole has no line."""
WHOLE = {
    "xlsx": lambda folder: sheet(["question", "answer"], ["質問?", "答え"]),
    "parquet": lambda folder: parquet({"question": ["質問?"], "answer": ["答え"]}),
    "promptfoo_db": lambda folder: database(folder / "whole.db"),
}
FEWEST = 20
"""Damaged samples that a format has."""
OF_A_RESULT: list[dict[str, Any]] = [{"score": "high"}, {"prompt": 3}, {"vars": "x"}, {"success": 1}, {"response": []}]


def samples(form: str, folder: Path) -> Iterator[Files]:
    """Every damaged file of a format, some beside the good one that they need."""
    if form in LINES:
        yield from ({"file.jsonl": b"\n".join([encoded(form), broken(form), b""])} for broken, _ in BROKEN)
        yield from ({"rows.jsonl": encoded(form) + b"\n" + second} for own, second, _ in WRONG if own == form)
        packed = compress(b"\n".join([encoded(form)] * 9))
        yield from ({"packed.jsonl.gz": packed[: len(packed) - cut]} for cut in (1, 8, 20))
    yield from ({"table.csv": content} for own, content, *_ in TABLES if own == form)
    if form in GOOD:
        yield from ({"file": damage(GOOD[form])} for damage in DAMAGE.values())
    if form in WHOLE:
        whole = WHOLE[form](folder)
        yield from ({"file": whole[: len(whole) * part // 24]} for part in range(24))
    yield from ({"file": content} for own, _, content, _ in OWN if own == form)
    for part, _, raw in CASES:
        if part == form:
            first = line(JUDGED if form == "fastchat_judgment" else ANSWERED)
            name = "reference_answer/part.jsonl" if form == "fastchat_reference" else "part.jsonl"
            yield {"question.jsonl": line(ASKED) + b"\n", name: first + b"\n" + raw + b"\n"}
    if form == "promptfoo_db":
        for number, change in enumerate(OF_A_RESULT):
            held = json.dumps({"version": 2, "results": [RESULT, RESULT | change], "table": {}})
            yield {"file": database(folder / f"{number}.db", held)}


def stored() -> dict[str, list[Any]]:
    """Every row of every table that an import could write to."""
    return {
        model.__name__: list(model.objects.order_by("pk").values_list())
        for model in apps.get_app_config("judging").get_models()
    }


def refused(folder: Path, form: str, files: Files) -> list[dict[str, Any]]:
    """The problems for which the command refuses these files."""
    paths = [folder / name for name in files]
    for path, content in zip(paths, files.values(), strict=True):
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    out, named = StringIO(), ["--format", form] if len(paths) == 1 else []
    with pytest.raises(CommandError):
        call_command("import_dataset", *paths, "--name", "d", "--json", *named, stdout=out, stderr=StringIO())
    found: list[dict[str, Any]] = json.loads(out.getvalue())["problems"]
    return found


@pytest.fixture
def dataset(tmp_path: Path) -> Dataset:
    """A dataset that refused files must leave as it is."""
    path = tmp_path / "good.jsonl"
    path.write_text('{"question": "Q", "answer": "A"}\n')
    call_command("import_dataset", path, "--name", "d", stdout=StringIO())
    return Dataset.objects.get(name="d")


@pytest.mark.parametrize("form", sorted(READERS))
def test_damaged_files_are_named_and_change_nothing(tmp_path: Path, dataset: Dataset, form: str) -> None:
    before, count = stored(), 0
    for files in samples(form, tmp_path):
        count += 1
        problems = refused(tmp_path, form, files)
        assert problems, files
        for problem in problems:
            assert problem["message"].endswith("."), problem
            assert problem["message"].isprintable(), problem
            assert problem["line"] >= 1 or form in WITHOUT_LINES, problem
        assert Path(problems[0]["file"]).name == list(files)[-1].rpartition("/")[2]
    assert stored() == before
    assert count >= FEWEST


@pytest.mark.parametrize("form", sorted(READERS))
def test_every_format_has_damaged_samples_that_differ(tmp_path: Path, form: str) -> None:
    found = {tuple(files.items()) for files in samples(form, tmp_path)}
    assert len(found) >= FEWEST, f"write damaged samples of {form}: rows of wrong values, and files that are no text"


HIRAGANA = st.text(alphabet="あいうえおかきくけこさしすせそなにぬねのをん", min_size=6, max_size=40)
NAMES = st.text(alphabet="未知鍵xyz_", min_size=1, max_size=6).map(lambda name: f"k_{name}")
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-9, 9) | st.text(alphabet='aあ"\n', max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(NAMES, inner, max_size=3),
    max_leaves=6,
)
FORMS = sorted(LINES.keys() - {"fastchat_votes"})
SLOW = settings(max_examples=6, deadline=None, suppress_health_check=list(HealthCheck))


def with_text(form: str, text: str) -> str:
    return json.dumps(LINES[form], ensure_ascii=False).replace("日本語", text).replace("答え", text)


def imported(name: str, path: Path, *options: str) -> Dataset:
    call_command("import_dataset", path, "--name", name, *options, stdout=StringIO(), stderr=StringIO())
    return Dataset.objects.get(name=name)


@pytest.mark.parametrize("form", FORMS)
@given(
    texts=st.lists(HIRAGANA, min_size=1, max_size=4), codec=st.sampled_from(["cp932", "euc_jp", "gb18030", "utf-16"])
)
@SLOW
def test_another_encoding_is_refused_with_a_line_and_read_where_it_is_named(
    tmp_path: Path, form: str, texts: list[str], codec: str
) -> None:
    path = tmp_path / "file.jsonl"
    path.write_bytes("".join(f"{with_text(form, text)}\n" for text in texts).encode(codec))
    before = stored()
    problems = refused(tmp_path, form, {"file.jsonl": path.read_bytes()})
    assert problems
    assert all(problem["line"] >= 1 and problem["message"].endswith(".") for problem in problems)
    assert stored() == before
    unique = [text for number, text in enumerate(texts) if text not in texts[:number]]
    path.write_bytes("".join(f"{with_text(form, text)}\n" for text in unique).encode(codec))
    name = f"{form} {Dataset.objects.count()}"
    if form not in {"fastchat_question", "lm_eval", "promptfoo", "mdk_converter_log", "oasst"} or len(unique) == 1:
        found = imported(name, path, "--format", form, "--encoding", codec)
        assert len(unique) == found.items.count()
        assert unique[0] in json.dumps([[item.turns, item.extra] for item in found.items.all()], ensure_ascii=False)


@given(rows=st.lists(st.dictionaries(NAMES, VALUES, max_size=4), min_size=1, max_size=5), data=st.data())
@SLOW
def test_unknown_keys_are_kept_and_the_order_of_rows_does_not_matter(
    tmp_path: Path, rows: list[dict[str, Any]], data: st.DataObject
) -> None:
    entries = [
        {"id": f"i{number}", "question": f"問{number}?", "answer": "答", **row} for number, row in enumerate(rows)
    ]
    turned = data.draw(st.permutations(entries))
    found = []
    for name, given_rows in (("one", entries), ("two", turned)):
        path = tmp_path / f"{name}.jsonl"
        path.write_text("".join(json.dumps(entry, ensure_ascii=False) + "\n" for entry in given_rows), encoding="utf-8")
        dataset = imported(f"{name} {Dataset.objects.count()}", path)
        found.append({item.key: (item.turns, item.extra) for item in dataset.items.all()})
    assert found[0] == found[1]
    assert {key: extra for key, (_, extra) in found[0].items()} == {
        f"i{number}": row for number, row in enumerate(rows)
    }
