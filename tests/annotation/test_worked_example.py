"""The published worked example of mdk, number by number, in every form of the report."""

from html import unescape
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import call_command
from django.test import Client
from django.urls import reverse
from django.utils.html import strip_tags

from judging.models import Dataset
from tests.annotation.worked_example import make_worked_example

pytestmark = pytest.mark.django_db

SHARES = ("208 / 406 (51.231527 %)", "133 / 406 (32.758621 %)", "65 / 406 (16.009852 %)")
NUMBERS = {
    "accuracy 209/406": "0.514778",
    "its interval": "0.4663 to 0.5630",
    "precision 78/133": "0.586466",
    "recall 78/155": "0.503226",
    "F1 156/288": "0.541667",
    "always clean 216/406": "0.532020",
    "coverage 341/406": "0.839901",
    "accuracy of the decided 209/341": "0.612903",
    "kappa of the decided": "0.2100",
    "Matthews": "0.2119",
    "purity of clean 131/208": "0.629808",
    "recall, invalid is missed 78/190": "0.410526",
    "precision, invalid is wrong 113/198": "0.570707",
    "recall, invalid is wrong 113/190": "0.594737",
    "accuracy, invalid is wrong 244/406": "0.600985",
}
ROUNDED = {"0.2100": "0.210011", "0.2119": "0.211855"}
MATRIX = ("131", "77", "0", "55", "78", "0", "30", "35", "0")


def words(html: str) -> str:
    return " ".join(unescape(strip_tags(html.replace("<", " <"))).split())


@pytest.fixture(params=["command", "page", "file"])
def shown(request: pytest.FixtureRequest, lead_client: Client, tmp_path: Path) -> str:
    """The report as a reader has it, in one line."""
    dataset: Dataset = make_worked_example()
    if request.param == "page":
        response = lead_client.get(reverse("agreement_report", args=[dataset.pk]), {"whole": "1"})
        return words(response.content.decode())
    out = StringIO()
    call_command("report_agreement", "example", "--html", str(tmp_path / "report.html"), stdout=out)
    return (
        " ".join(out.getvalue().split())
        if request.param == "command"
        else words((tmp_path / "report.html").read_text())
    )


def test_every_published_number_stands_in_it(shown: str) -> None:
    assert [share for share in SHARES if share not in shown] == []
    assert {name: number for name, number in NUMBERS.items() if ROUNDED.get(number, number) not in shown} == {}
    assert all(f"{float(exact):.4f}" == number for number, exact in ROUNDED.items())


def test_the_matrix_stands_in_it_row_by_row(shown: str) -> None:
    told = [word for word in shown.replace("|", " ").split() if word.isdecimal()]
    assert any(all(cell in told[at : at + 30] for cell in MATRIX) and told[at] == "131" for at, _ in enumerate(told))
