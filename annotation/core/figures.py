"""How numbers are printed: once, so that command, page and file show the same digits."""

from annotation.core.intervals import Statistic, Undefined

NOT_AVAILABLE = "n/a"


def figure(statistic: Statistic) -> str:
    """The value with six decimals, or n/a."""
    return NOT_AVAILABLE if isinstance(statistic, Undefined) else f"{statistic.value:.6f}"


def interval(statistic: Statistic) -> str:
    """The interval with four decimals; empty where there is no value."""
    return "" if isinstance(statistic, Undefined) else f"{statistic.low:.4f} to {statistic.high:.4f}"


def reason(statistic: Statistic) -> str:
    """Why there is no value; empty where there is one."""
    return statistic.reason if isinstance(statistic, Undefined) else ""


def percentage(part: int, whole: int) -> str:
    """A share in percent with six decimals, or n/a of nothing."""
    return f"{part / whole * 100:.6f} %" if whole else NOT_AVAILABLE


def share_line(name: str, part: int, whole: int) -> str:
    """`clean QA: 208 / 406 (51.231527 %)`"""
    return f"{name} QA: {part} / {whole} ({percentage(part, whole)})"


def plain_figure(number: float | None) -> str:
    """A number that has no interval, with six decimals, or n/a."""
    return NOT_AVAILABLE if number is None else f"{number:.6f}"


def short(number: float | None) -> str:
    """Two decimals, for the cells of a table of pictures; empty without a number."""
    return "" if number is None else f"{number:.2f}"


def percent(statistic: Statistic) -> str:
    """`83.2 % [81.0, 85.3]`: a share as a sentence says it, or n/a."""
    if isinstance(statistic, Undefined):
        return NOT_AVAILABLE
    return f"{statistic.value * 100:.1f} % [{statistic.low * 100:.1f}, {statistic.high * 100:.1f}]"


def points(statistic: Statistic) -> str:
    """`+5.1 [2.0, 8.3]`: a difference of shares in percentage points, or n/a."""
    if isinstance(statistic, Undefined):
        return NOT_AVAILABLE
    return f"{statistic.value * 100:+.1f} [{statistic.low * 100:+.1f}, {statistic.high * 100:+.1f}]"


def with_interval(statistic: Statistic) -> str:
    """`0.83 [0.81, 0.85]`, as it stands beside a dot; n/a without a value."""
    if isinstance(statistic, Undefined):
        return NOT_AVAILABLE
    return f"{statistic.value:.2f} [{statistic.low:.2f}, {statistic.high:.2f}]"
