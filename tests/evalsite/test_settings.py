"""Settings come from the environment, and what cannot be understood is refused."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]


def load(tmp_path: Path, expression: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """Import the settings in a process of their own and print an expression."""
    return subprocess.run(
        [sys.executable, "-c", f"from evalsite import settings as s; print({expression})"],
        cwd=ROOT,
        env={**os.environ, "EVALSITE_DATA_DIR": str(tmp_path), "DATABASE_URL": "", "REDIS_URL": ""} | environment,
        capture_output=True,
        text=True,
        check=False,
    )


def test_nothing_needs_to_be_set(tmp_path: Path) -> None:
    done = load(tmp_path, "s.DATABASES['default']['ENGINE'], s.EMBEDDED_QUEUE, s.DEBUG")
    assert done.stdout.strip() == "django.db.backends.sqlite3 True False"


def test_the_secret_key_is_made_once_and_readable_by_nobody_else(tmp_path: Path) -> None:
    first = load(tmp_path, "s.SECRET_KEY").stdout
    assert load(tmp_path, "s.SECRET_KEY").stdout == first
    assert len(first.strip()) == 64
    assert (tmp_path / "secret_key").stat().st_mode & 0o077 == 0


def test_real_servers_replace_the_embedded_ones(tmp_path: Path) -> None:
    done = load(
        tmp_path,
        "s.DATABASES['default']['ENGINE'], s.DATABASES['default']['NAME'], s.EMBEDDED_QUEUE",
        DATABASE_URL="postgresql://u:p@db/eval",
        REDIS_URL="redis://queue:6379/0",
    )
    assert done.stdout.strip() == "django.db.backends.postgresql eval False"


def test_a_long_data_folder_gets_a_socket_that_fits(tmp_path: Path) -> None:
    done = load(tmp_path / ("d" * 120), "len(s.REDIS_URL) < 110")
    assert done.stdout.strip() == "True"


@pytest.mark.parametrize("name", ["EVALSITE_DEBUG", "EVALSITE_HTTPS"])
def test_a_flag_that_is_neither_yes_nor_no_is_refused(tmp_path: Path, name: str) -> None:
    done = load(tmp_path, "s.DEBUG", **{name: "maybe"})
    assert done.returncode != 0
    assert f"{name} is 'maybe'; write 1 or 0." in done.stderr


def test_how_hard_a_server_is_asked_is_a_setting(tmp_path: Path) -> None:
    limits = "[s.ENGINE_LIMITS['openai_api'][name] for name in ('concurrency', 'timeout_seconds', 'attempts')]"
    assert load(tmp_path, limits).stdout.strip() == "[32, 600, 6]"
    set_to = {"EVALSITE_OPENAI_CONCURRENCY": "8", "EVALSITE_OPENAI_TIMEOUT": "30", "EVALSITE_OPENAI_ATTEMPTS": "1"}
    assert load(tmp_path, limits, **set_to).stdout.strip() == "[8, 30, 1]"


@pytest.mark.parametrize("value", ["0", "-1", "many", "1.5", ""])
def test_a_number_that_is_none_is_refused(tmp_path: Path, value: str) -> None:
    done = load(tmp_path, "1", EVALSITE_OPENAI_CONCURRENCY=value)
    assert "EVALSITE_OPENAI_CONCURRENCY is" in done.stderr
