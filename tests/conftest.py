"""What every test may use."""

import os
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path

import pytest
from django.conf import settings
from django.contrib.auth.models import User
from django.db import connections
from django.test import Client
from django.utils import translation

from tests import factories

# Playwright runs an event loop in the thread of the test, and Django would refuse the database there.
os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "true")

# Hashing a password is slow on purpose, and no test is about that.
settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
# Otherwise every client looks through all static files before its first request.
settings.WHITENOISE_AUTOREFRESH = True

DATABASE_FIXTURES = {"db", "transactional_db"}
SHARED = Path(__file__).resolve().parents[2] / "shared" / "data"


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Tests that use the database are marked; those of an engine are skipped where it is not installed."""
    for item in items:
        if item.get_closest_marker("django_db") or DATABASE_FIXTURES & set(getattr(item, "fixturenames", ())):
            item.add_marker("rows")
    if find_spec("vllm") is None:
        absent = pytest.mark.skip(reason="vLLM is not in this environment: make test-all has one that has it")
        for item in items:
            if item.get_closest_marker("vllm"):
                item.add_marker(absent)


@pytest.fixture(scope="session")
def django_db_modify_db_settings(tmp_path_factory: pytest.TempPathFactory) -> None:
    """SQLite in a file, as it is used: in memory, requests side by side lock each other out at once."""
    default = connections["default"].settings_dict
    if default["ENGINE"].endswith("sqlite3"):
        default["TEST"]["NAME"] = str(tmp_path_factory.mktemp("database") / "test.sqlite3")


@pytest.fixture(autouse=True)
def _own_language() -> Iterator[None]:
    """A request leaves its reader's language behind, which the next request changes and the next test does not."""
    yield
    translation.deactivate()


@pytest.fixture
def shared_data() -> Path:
    """Real files made by others; they are not part of the project."""
    if not SHARED.is_dir():
        pytest.skip(f"real data is absent: {SHARED} does not exist")
    return SHARED


@pytest.fixture
def lead(db: None) -> User:
    return factories.make_user("lead-1", role="lead")


@pytest.fixture
def annotator(db: None) -> User:
    return factories.make_user("annotator-1", role="annotator")


@pytest.fixture
def other_annotator(db: None) -> User:
    return factories.make_user("annotator-2", role="annotator")


@pytest.fixture
def administrator(db: None) -> User:
    return factories.make_user("administrator-1", role="administrator")


@pytest.fixture
def lead_client(lead: User) -> Client:
    return logged_in(lead)


@pytest.fixture
def annotator_client(annotator: User) -> Client:
    return logged_in(annotator)


def logged_in(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client
