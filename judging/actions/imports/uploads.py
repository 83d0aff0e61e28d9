"""Files that a browser sent, kept between the preview of an import and its confirmation."""

import shutil
from collections.abc import Iterable
from datetime import timedelta
from pathlib import Path
from uuid import UUID, uuid4

from django.conf import settings
from django.utils import timezone
from django.utils.text import get_valid_filename

from judging.actions.imports.rows import InputFile

KEPT_FOR = timedelta(days=1)


def keep_upload(name: str, chunks: Iterable[bytes]) -> UUID:
    """Write an upload to disk as it arrives; the token finds it again. Forgotten ones are deleted on the way."""
    _delete_old()
    token = uuid4()
    folder = _folder(token)
    folder.mkdir(parents=True)
    with (folder / get_valid_filename(f"_{name}")[1:]).open("wb") as file:
        for chunk in chunks:
            file.write(chunk)
    return token


def kept_upload(token: UUID) -> InputFile | None:
    """The upload, under the name it came with; None where it is gone."""
    path = next(iter(sorted(_folder(token).glob("*"))), None)
    return InputFile(path, path.name) if path else None


def drop_upload(token: UUID) -> None:
    """Forget an upload."""
    shutil.rmtree(_folder(token), ignore_errors=True)


def _folder(token: UUID) -> Path:
    return Path(settings.DATA_DIR) / "uploads" / token.hex


def _delete_old() -> None:
    before = (timezone.now() - KEPT_FOR).timestamp()
    for folder in (Path(settings.DATA_DIR) / "uploads").glob("*"):
        if folder.stat().st_mtime < before:
            shutil.rmtree(folder, ignore_errors=True)
