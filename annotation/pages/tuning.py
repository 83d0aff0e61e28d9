"""What the page of tuning shows: the graph of a sweep, and the two texts of a prompt as one."""

from collections.abc import Mapping, Sequence

from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from annotation.core.charts import Words
from annotation.core.charts.lines import Line, step_lines
from annotation.core.differences import SAME, Part, differences
from annotation.core.tuning.sweep import Row, best

Prompts = Mapping[str, Mapping[str, str]]
LINES_AROUND = 3
"""How many lines of what stayed are shown beside a change."""


def sweep_chart(rows: Sequence[Row], key: str, *, mark: float | None = None) -> SafeString:
    """Four lines over the thresholds; `mark` is the one that counts now."""
    lines = [
        Line(_("Recall of wrong"), [row.recall for row in rows]),
        Line(_("Purity of clean"), [row.inversed_precision for row in rows]),
        Line(_("Correlation"), [row.corr for row in rows]),
        Line(_("Share judged clean"), [row.positive_ratio for row in rows]),
    ]
    peak = best(rows)
    said = _("There are no numbers yet.")
    if peak is not None:
        said = _("The correlation is highest at %(x)s, where it is %(corr)s.") % {
            "x": f"{peak.x:g}",
            "corr": f"{peak.corr:.3f}",
        }
    words = Words(key, _("What each threshold comes to, beside people's verdicts"), said)
    # Made by an XML writer, which escapes every text and attribute.
    return mark_safe(step_lines([row.x for row in rows], lines, words, mark=mark))  # noqa: S308


def changed_prompts(old: Prompts, new: Prompts) -> list[tuple[str, str, tuple[Part, ...]]]:
    """(part, role, differences) of every template that is not the same; of what stayed, the lines beside a change."""
    return [
        (part, role, around_changes(differences(old.get(part, {}).get(role, ""), text)))
        for part, roles in new.items()
        for role, text in roles.items()
        if old.get(part, {}).get(role) != text
    ]


def around_changes(found: Sequence[Part]) -> tuple[Part, ...]:
    """The parts, where long ones that stayed are cut to their lines beside a change."""
    last = len(found) - 1
    return tuple(
        Part(SAME, _near(part.text, after=at > 0, before=at < last)) if part.kind == SAME else part
        for at, part in enumerate(found)
    )


def _near(text: str, *, after: bool, before: bool) -> str:
    lines = text.splitlines(keepends=True)
    begin, end = (LINES_AROUND if after else 0), (LINES_AROUND if before else 0)
    if len(lines) <= begin + end + 1:
        return text
    return "".join([*lines[:begin], "…\n", *lines[len(lines) - end :]])
