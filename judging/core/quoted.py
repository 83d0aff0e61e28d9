"""A judge that repeats the item does not speak for itself: lines of a reply that are the item's own are not read.

The marks that a prompt asks for are neutralised in what it shows of an item, so a line that holds one is the judge's
own. Other marks are left in the item as they are ("x[[0]]" is code), and a lenient reading knows them: here they are
taken out where the judge only repeats them.
"""

import re

from judging.core.items import ItemText
from judging.core.prompts import delimiters_in
from judging.core.specs import RubricSpec

TELLING = re.compile(r"(?=.*\w)(?:.*[\[\]<>\":：∶]|.{8})", re.DOTALL)
"""A line that is more than a value: a short one without the signs of a mark is the judge's, whatever the item says."""


def without_quotes(text: str, rubric: RubricSpec, item: ItemText, part: str = "") -> str:
    """The reply without the lines that it took from the item as the prompt showed it."""
    shown = delimiters_in(rubric).neutralised("\n".join(item.texts()))

    def is_quoted(line: str) -> bool:
        said = line.strip()
        return said in shown and bool(TELLING.match(said))

    lines = text.splitlines(keepends=True)
    # Where the prompt begins the reply, its first line goes on with our words and not with the item's.
    begun = 1 if rubric.prompts.get(part, {}).get("assistant") else 0
    kept = lines[:begun] + [line for line in lines[begun:] if not is_quoted(line)]
    return text if len(kept) == len(lines) else "".join(kept)
