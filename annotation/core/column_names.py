"""What people call the columns of tables of labels, and how they mark that there is none."""

import re
from collections.abc import Sequence

ITEM = (
    "item_id", "item", "item_key", "unit", "unit_id", "id", "subject", "subject_id", "task", "task_id", "case",
    "case_id", "question_id", "doc_id", "document", "document_id", "instance", "instance_id", "example", "example_id",
    "text_id", "patient", "patient_id", "sample_id", "sentence_id", "image_id", "item_no", "unit_no", "subject_no",
    "units", "items", "subjects", "cases", "patients", "film_id", "article_id", "article_no", "video_id", "#",
)  # fmt: skip
ITEM_BESIDE = (
    "question", "sample", "sentence", "image", "object", "stimulus", "target", "record", "text", "film", "movie",
    "article", "story", "video", "clip", "photo", "picture", "slide", "essay", "student", "tweet", "post", "comment",
    "prompt", "query", "specimen", "segment", "utterance", "ratee", "index", "title",
)  # fmt: skip
"""Items too, where a rater and a value stand beside them."""
RATER = (
    "rater", "annotator", "worker", "rater_id", "annotator_id", "worker_id", "rater_name", "annotator_name", "coder",
    "coder_id", "observer", "observer_id", "evaluator", "evaluator_id", "reviewer", "reviewer_id", "labeler",
    "labeller", "raters", "coders", "observers", "annotators",
)  # fmt: skip
RATER_BESIDE = (
    "judge", "judge_id", "user", "user_id", "expert", "assessor", "respondent", "participant", "person", "critic",
    "doctor", "physician", "clinician", "psychiatrist", "radiologist", "pathologist", "reader", "examiner", "grader",
    "marker", "scorer", "interviewer", "teacher", "voter", "referee", "source",
)  # fmt: skip
"""Raters too, where an item and a value stand beside them."""
VALUE = ("value", "label", "rating", "score", "category", "code", "annotation")
VALUE_BESIDE = (
    "response", "grade", "answer", "verdict", "judgment", "judgement", "decision", "vote", "class", "choice",
    "diagnosis", "opinion", "tag", "measurement", "rank", "result", "outcome", "y", "x", "rated", "coding",
)  # fmt: skip
BESIDE = ("rater_type", "criterion", "model", "turn", "order", "status", "time", "created_at", "seconds", "comment")
"""What else a long table says of a label. The names above that are called beside count only where every column has one
of all these names: else they are what other files are about."""
MISSING = {"", "na", "n/a", "n.a.", "#n/a", "<na>", "nan", "np.nan", "null"}
SIGNS = {".", "..", "-", "--", "\u2013", "\u2014", "*", "?", "_", "/"}
"""Missing where every other value has a letter or a digit."""
MARKS = SIGNS | {"x", "none", "missing", "unrated", "not rated", "blank"}
"""Missing where every other value is a number; elsewhere they may be values: none beside minor."""
PERSON = (
    "rater|coder|observer|annotator|judge|reviewer|evaluator|expert|labell?er|worker|assessor|reader|doctor|physician"
)
ONE_PERSON = re.compile(rf"(?:{PERSON})[ _.#-]*(?:\d+|[a-z])", re.IGNORECASE)
_APART = re.compile(r"[\s._:-]+")


def plain(name: str) -> str:
    """The name of a column however it is written: Item ID, item-id and item_id are one."""
    return _APART.sub("_", name.strip().lower()).strip("_")


def columns_of(header: Sequence[str]) -> dict[str, str]:
    """Columns by their plain names."""
    return {plain(name): name for name in header}


def first_of(known: dict[str, str], names: Sequence[str]) -> str:
    """The column that has the first of these names, '' where none has."""
    return next((known[name] for name in names if name in known), "")


def item_column(known: dict[str, str]) -> str:
    """The column of a long table that names the items."""
    return first_of(known, ITEM) or first_of(known, ITEM_BESIDE)


def rater_column(known: dict[str, str]) -> str:
    """The column of a long table that names the raters."""
    return first_of(known, (*RATER, *RATER_BESIDE))


def value_column(known: dict[str, str]) -> str:
    """The column of a long table that holds the labels, '' in a wide one; other names than value need both an item and
    a rater beside them."""
    if "value" in known or not _says_who_of_what(known):
        return known.get("value", "")
    values = [known[name] for name in (*VALUE, *VALUE_BESIDE) if name in known]
    found = next((name for name in values if name not in {item_column(known), rater_column(known)}), "")
    return found if first_of(known, VALUE) or len(values) == 1 else ""


def is_long(known: dict[str, str]) -> bool:
    """Whether a row is a label, as far as names say it."""
    rater = any(name in known for name in (*RATER, "rater_type"))
    named = rater or bool(first_of(known, ITEM)) or _says_who_of_what(known)
    return bool(value_column(known)) and named


def _says_who_of_what(known: dict[str, str]) -> bool:
    """Whether a column names items and another raters, by names that mean nothing else or with nothing else beside."""
    if first_of(known, ITEM) and first_of(known, RATER) and first_of(known, VALUE):
        return True
    every = {*ITEM, *ITEM_BESIDE, *RATER, *RATER_BESIDE, *VALUE, *VALUE_BESIDE, *BESIDE}
    return bool(item_column(known) and rater_column(known)) and known.keys() <= every
