"""Which part of their own queue a person looks at: told by the address of the page, kept while they go on."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from urllib.parse import urlencode

ALL = "all"
SHOWN = (ALL, "open", "draft", "submitted", "skipped", "flagged", "starred")
LONGEST_SEARCH = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class QueueFilter:
    """`show` is one of SHOWN, `verdict` one's own; '' asks for nothing."""

    show: str = ALL
    category: str = ""
    verdict: str = ""
    q: str = ""

    @classmethod
    def from_query(cls, query: Mapping[str, str]) -> "QueueFilter":
        """Read the parameters of an address; what it does not know counts as not asked."""
        # Nothing is stored with a NUL in it, and PostgreSQL refuses to look for one.
        asked = {name: query.get(name, "").replace("\0", "") for name in ("category", "verdict", "q")}
        show = query.get("show", ALL)
        return cls(
            show=show if show in SHOWN else ALL,
            category=asked["category"],
            verdict=asked["verdict"],
            q=asked["q"].strip()[:LONGEST_SEARCH],
        )

    @property
    def shows_all(self) -> bool:
        """Whether nothing is left out."""
        return self == WHOLE_QUEUE

    def as_query(self) -> str:
        """The parameters for an address: '' or `?show=open&q=...`."""
        if self.shows_all:
            return ""
        return "?" + urlencode({name: value for name, value in asdict(self).items() if value and value != ALL})


WHOLE_QUEUE = QueueFilter()
