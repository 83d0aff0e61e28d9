"""What tests of export share: a queue only where one is asked for, exports below the test's own folder."""

from pathlib import Path

import pytest
from django.conf import settings

from tests.judging.conftest import no_queue, valkey, valkey_server

__all__ = ["export_dir", "no_queue", "valkey", "valkey_server"]


@pytest.fixture(autouse=True)
def export_dir(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where exports ordered on pages go."""
    folder = tmp_path / "exports"
    monkeypatch.setattr(settings, "EXPORT_DIR", folder)
    return folder
