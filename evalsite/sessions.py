"""Sessions in the database, as Django keeps them, read by a query whose SQL is made once: every request reads one."""

from django.contrib.sessions.backends.db import SessionStore as DatabaseStore
from django.contrib.sessions.models import Session
from django.utils import timezone

from judging.prepared import Planned

BY_KEY = Planned(lambda key: Session.objects.filter(session_key=key), 1)


class SessionStore(DatabaseStore):
    """The store that settings.SESSION_ENGINE names."""

    def _get_session_from_db(self) -> Session | None:
        found = BY_KEY.first(self.session_key or "")
        if found is None or found.expire_date <= timezone.now():
            self._session_key = None
            return None
        return found
