"""YAML as plain values: never an object of a class, and no alias that would grow into a text of any length."""

from pathlib import Path
from typing import Any

import yaml

from judging.core.readers.files import FileRefused, text_chunks

MAX_NODES = 5_000_000
"""Values that a file may come to once its aliases are written out."""


def load_yaml(path: Path, limit: int) -> Any:
    """The values of a file of at most `limit` bytes; FileRefused with the line where it is none."""
    if path.stat().st_size > limit:
        raise FileRefused(0, f"The file is longer than {limit:,} bytes of YAML. Write it as JSON.")
    text = "".join(text_chunks(path))
    try:
        node = yaml.compose(text, yaml.CSafeLoader)
        if node is not None:
            _check_size(node)
        return yaml.load(text, yaml.CSafeLoader)
    except FileRefused:
        raise
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 1
        raise FileRefused(line, f"The file is not YAML ({error.problem}). Mend it here or shortly before.") from None
    except (yaml.YAMLError, ValueError, RecursionError) as error:
        raise FileRefused(1, f"The file is not YAML ({str(error)[:200]}). Mend it.") from None


def _check_size(root: yaml.Node) -> None:
    """Refuse aliases that contain themselves, or that come to too much when they are written out."""
    sizes: dict[int, int] = {}
    around: set[int] = set()

    def size(node: yaml.Node) -> int:
        if not isinstance(node, yaml.CollectionNode):
            return 1
        if id(node) in around:
            raise FileRefused(node.start_mark.line + 1, "An alias contains itself. Write the values out.")
        if id(node) not in sizes:
            around.add(id(node))
            inner = [part for pair in node.value for part in (pair if isinstance(pair, tuple) else (pair,))]
            sizes[id(node)] = 1 + sum(size(part) for part in inner)
            around.discard(id(node))
        return sizes[id(node)]

    total = size(root)
    if total > MAX_NODES:
        raise FileRefused(1, f"The aliases of the file come to {total:,} values. Write it as JSON.")
