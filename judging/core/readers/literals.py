"""The printed form of a Python list of texts, decoded without evaluating anything."""

import ast
import json
import re
from typing import Any

from judging.core.readers.json_records import why_not_text

MAX_PRINTED = 4_000_000

# Exactly what printing a list of texts produces: no names, calls, nesting, prefixes or unknown escapes. The
# possessive quantifiers keep the match linear.
_ESCAPE = r"""\\(?:[\\'"abfnrtv]|x[0-9a-fA-F]{2}|u[0-9a-fA-F]{4}|U[0-9a-fA-F]{8})"""
_TEXT = rf"""(?:'(?:[^'\\\r\n]|{_ESCAPE})*+'|"(?:[^"\\\r\n]|{_ESCAPE})*+")"""
_PRINTED_LIST = re.compile(rf"\s*+\[\s*+(?:{_TEXT}\s*+(?:,\s*+{_TEXT}\s*+)*+,?\s*+)?\]\s*+")


def decode_printed_list(text: str) -> list[str]:
    """The list that was printed as `text`; ValueError with a sentence where it is anything else."""
    if len(text) > MAX_PRINTED:
        raise ValueError(f"The printed list is longer than {MAX_PRINTED:,} characters.")
    if not _PRINTED_LIST.fullmatch(text):
        raise ValueError("The text is not the printed form of a list of texts such as ['a', 'b'].")
    try:
        decoded = ast.literal_eval(text.strip())
    except (SyntaxError, ValueError, MemoryError, RecursionError) as error:
        raise ValueError("The text is not the printed form of a list of texts such as ['a', 'b'].") from error
    for entry in decoded:
        if why := why_not_text(entry):
            raise ValueError(why)
    return list(decoded)


def decode_printed_object(text: str) -> dict[str, Any]:
    """The dictionary of texts and plain values that was printed as `text`; ValueError where it is anything else."""
    wrong = "The text is not the printed form of an object such as {'page': 'text'}."
    if len(text) > MAX_PRINTED:
        raise ValueError(f"The printed object is longer than {MAX_PRINTED:,} characters.")
    try:
        decoded = ast.literal_eval(text.strip())
        json.dumps(decoded, allow_nan=False)
    except (SyntaxError, ValueError, TypeError, MemoryError, RecursionError) as error:
        raise ValueError(wrong) from error
    if not isinstance(decoded, dict) or not all(isinstance(name, str) for name in decoded):
        raise ValueError(wrong)
    for entry in decoded.values():
        if isinstance(entry, str) and (why := why_not_text(entry)):
            raise ValueError(why)
    return decoded
