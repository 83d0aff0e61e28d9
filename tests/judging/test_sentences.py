"""Sentences that were made in English are said in the language of who reads them."""

import ast
import json
import re
from pathlib import Path

import pytest
from django.template.loader import render_to_string
from django.utils.translation import override

from judging.actions.imports.rows import FileProblem, InputFile, Source, keyed_rows, source_of
from judging.core.readers import READERS
from judging.core.readers.json_records import kind_of
from judging.pages.sentences import WORDS, filled, pattern_of, sentence
from tests.judging.test_malformed_imports import samples
from tests.translations import SENTENCES, of_sentences, stored, template

OF_THE_LANGUAGE = re.compile(r"[\u3040-\u30ff\u4e00-\u9fff]")
ENGLISH = re.compile(r"\b(the|is|are|was|has|have|write|there|it|of|and|or|not|no)\b", re.IGNORECASE)


def problems(form: str, folder: Path) -> list[str]:
    """What is said of every damaged file of a format."""
    found: list[str] = []
    for number, files in enumerate(samples(form, folder)):
        at = folder / str(number)
        for name, content in files.items():
            (at / name).parent.mkdir(parents=True, exist_ok=True)
            (at / name).write_bytes(content)
        forms = ["fastchat_question" if name == "question.jsonl" and len(files) > 1 else form for name in files]
        sources = [source_of(InputFile(at / name, name), each) for name, each in zip(files, forms, strict=True)]
        found += [one.message for one in sources if isinstance(one, FileProblem)]
        rows = keyed_rows([one for one in sources if isinstance(one, Source)])
        found += [row.message for row in rows if isinstance(row, FileProblem)]
    return found


@pytest.mark.parametrize("form", READERS)
def test_whatever_is_wrong_with_a_file_is_said_in_the_reader_s_language(form: str, tmp_path: Path) -> None:
    said = set(problems(form, tmp_path))
    assert len(said) > 5
    for language in ("ja", "zh-hans"):
        with override(language):
            assert {text for text in said if not OF_THE_LANGUAGE.search(bare(sentence(text)))} == set()


def bare(text: str) -> str:
    """Without what stood in the file, which may be of any language."""
    return re.sub(r"'[^']*'|\"[^\"]*\"|「[^」]*」", "", text)


@pytest.mark.parametrize(
    ("english", "japanese"),
    [
        ("The file holds no rows. Add some.", "ファイルに行がありません。追加してください。"),
        ("'answer' is an object; write it as text.", "「answer」はオブジェクトです。テキストとして書いてください。"),
        (
            "The line is not JSON (Expecting value, column 7). Write one JSON object per line.",
            "行が JSON ではありません（Expecting value、7 文字目）。一行に一つの JSON オブジェクトを書いてください。",
        ),
        (
            "a.csv:3: The question is empty. Write one, or remove the row.",
            "a.csv:3: 質問が空です。書くか、行を削除してください。",
        ),
        (
            "The id 'x: 9 %' was already used (b.csv, line 4). Give each row its own id, or none.",
            "id 'x: 9 %' はすでに使われています（b.csv、4 行目）。行ごとに別の id を付けるか、id をなくしてください。",
        ),
        ("adjudicated in campaign Spring: 2", "キャンペーン「Spring: 2」で裁定"),
        ("The dataset changed since the preview. Look at the files again, then confirm.", None),
        ("Its worker died 3 times; nothing was stored.", None),
    ],
)
def test_a_sentence_keeps_its_names_and_numbers(english: str, japanese: str | None) -> None:
    assert sentence(english) == english
    with override("ja"):
        assert sentence(english) == japanese if japanese else not ENGLISH.search(sentence(english))


@pytest.mark.parametrize("text", ["", "no such sentence", "items", "question: items", "a: b: c", "100 %", "%(1)s"])
def test_what_nobody_of_us_said_stays_as_it_is(text: str) -> None:
    with override("ja"):
        assert sentence(text) == text


def test_a_page_shows_it_and_escapes_what_stood_in_the_file() -> None:
    problem = {
        "file": "a.csv",
        "line": 2,
        "message": "There is no column '<b>'; found 'x'. Name one of these with --column.",
    }
    with override("ja"):
        found = {"shown_problems": [problem], "counts": {}, "sample": []}
        html = render_to_string("annotation/_upload_found.html", {"upload": {"problems": 1, "found": found}})
    assert "列 &#x27;&lt;b&gt;&#x27; がありません。" in html


def test_templates_find_their_own_sentences() -> None:
    node = ast.parse('f"{a!r} is {b:,} % of {a!r}, {c.d[0]}."', mode="eval").body
    assert isinstance(node, ast.JoinedStr)
    made = template(node)
    assert made == "%(1)s is %(2)s %% of %(1)s, %(3)s."
    found = pattern_of(made).fullmatch("'x' is 3 % of 'x', y.")
    assert found is not None
    assert found.groupdict() == {"_1": "'x'", "_2": "3", "_3": "y"}
    assert pattern_of(made).fullmatch("'x' is 3 % of 'z', y.") is None
    assert filled(made, {"1": "p", "2": "q", "3": "r"}) == "p is q % of p, r."
    assert filled("{a} and {b}", {"a": "1", "b": "2"}) == "1 and 2"
    assert filled("%(n)d times", {"n": "1,000"}) == "1,000 times"


def test_sentences_are_told_from_docstrings_and_names() -> None:
    source = '"""A docstring of more words."""\nx = "snake_case"\ny = f"The row has {n} cells."\nz = "a word"'
    assert [each.text for each in of_sentences(source, "x.py")] == ["The row has %(1)s cells."]


def test_the_list_of_templates_is_that_of_the_sources() -> None:
    assert json.loads(SENTENCES.read_text("utf-8")) == stored(), "run python -m tests.translations"


def test_kinds_of_values_are_words() -> None:
    values: list[object] = [None, True, 1, 1.5, "x", [], {}]
    assert {kind_of(value) for value in values} <= set(WORDS)


BY_FIELDS = {
    "No column is the question. Name it with --column question=NAME.": "Name it with “Question”.",
    "There is no column 'x'; found 'y'. Name one of these with --column.": "of these with “What the columns are”.",
    "'answers' is a list of texts. Write one as text; where they are what would be accepted, they are the reference: "
    "--column reference=answers.": "they are the reference: “Reference” = answers.",
    "Save the file as UTF-8 and import it again, or name its encoding with --encoding.": "with “Encoding”.",
    "The file does not say who said everything in it. Name the person with --annotator.": "with “Who said this?”.",
    "The column 'w' holds words and 'a' numbers; raters say the same kind of thing. Name the raters' columns: "
    "--columns a,b.": "thing. Name the raters' columns: “Raters' columns” = a,b.",
    "The name of a dataset has 1 to 200 printable characters. Choose another --name.": "Choose another name.",
}
"""A command's sentence, and how a page ends it: with what it calls the field."""


@pytest.mark.parametrize(("command", "page"), BY_FIELDS.items())
def test_pages_speak_of_fields_where_commands_speak_of_options(command: str, page: str) -> None:
    assert sentence(command).endswith(page)
    assert sentence(f"qa.csv: {command}").startswith("qa.csv: ")
    for language in ("ja", "zh-hans"):
        with override(language):
            assert "--" not in sentence(command)
            assert OF_THE_LANGUAGE.search(sentence(command))


def test_a_command_in_a_sentence_stays_one() -> None:
    text = "Run 3 was judged from a file of replies. Judge a new file: run_judge --replies FILE."
    assert sentence(text) == text


def test_what_no_sentence_of_ours_says_keeps_its_options() -> None:
    assert sentence("server: unknown option --encoding") == "server: unknown option --encoding"
