"""The models that a benchmark examines."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.utils.translation import gettext

from judging.actions.runs import ASKING_ENGINES, RunRefused
from judging.core.fingerprints import checkpoints, fingerprint, is_model
from judging.engines import ENGINES

LONGEST = 300


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """A model that is examined, and where it runs. `content`: of a folder, what it holds (`fingerprint`)."""

    engine: str
    model: str
    base_url: str = ""
    content: str = ""

    def as_json(self) -> dict[str, str]:
        """The form in a run's snapshot."""
        stored = {"engine": self.engine, "model": self.model, "base_url": self.base_url}
        return stored | ({"content": self.content} if self.content else {})


def candidate_from_json(stored: dict[str, Any]) -> Candidate:
    """The reverse of `Candidate.as_json`."""
    return Candidate(**stored)


def candidates_of(models: Sequence[str], *, engine: str, base_url: str = "") -> list[Candidate]:
    """The candidates that names mean: models, folders with a model, folders of such folders. RunRefused for none.

    Who is named twice is examined once.
    """
    if engine not in ENGINES:
        raise RunRefused(
            gettext("There is no engine %(engine)s. Engines: %(names)s.")
            % {"engine": repr(engine), "names": ", ".join(sorted(ENGINES))}
        )
    address = base_url if engine in ASKING_ENGINES else ""
    found = [Candidate(engine=engine, base_url=address, **each) for name in models for each in named(name)]
    if not found:
        raise RunRefused(gettext("There is no model to examine: name at least one."))
    return list(dict.fromkeys(found))


def named(name: str) -> list[dict[str, str]]:
    """The models that one name means."""
    folder = Path(name)
    if not name.strip() or not folder.is_dir():
        return [{"model": checked(name.strip())}]
    folders = [folder] if is_model(folder) else checkpoints(folder)
    if not folders:
        raise RunRefused(
            gettext(
                "The folder %(name)s holds no model: neither it nor a folder in it has a config.json. Name a "
                "folder of checkpoints, one checkpoint, or a model as its server calls it."
            )
            % {"name": name}
        )
    return [{"model": checked(str(each.resolve())), "content": fingerprint(each)} for each in folders]


def checked(name: str) -> str:
    """A name that can be stored."""
    if not name or len(name) > LONGEST:
        raise RunRefused(
            gettext("The name of a model has 1 to %(most)s characters: %(name)s has %(length)s.")
            % {"most": LONGEST, "name": repr(name[:40]), "length": len(name)}
        )
    return name
