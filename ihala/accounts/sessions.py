"""Sessions in PostgreSQL, as Django keeps them, read by a query that is worked out once."""

from datetime import datetime
from typing import Any

from django.contrib.sessions.backends import db
from django.contrib.sessions.models import Session
from django.db.models import CharField, DateTimeField, QuerySet

from ihala.core.clock import now
from ihala.core.kept import Given, kept


class SessionStore(db.SessionStore):
    """Every request begins by reading its session."""

    def load(self) -> dict[str, Any]:
        """What the session holds; a session that is over or unknown is forgotten, as Django does it."""
        found = _session(None, key=self.session_key, moment=now()) if self.session_key else []
        if not found:
            self._session_key = None
            return {}
        return self.decode(found[0])

    def get_expiry_date(self, **kwargs: Any) -> datetime:
        """By the one clock, like the moment it is compared with."""
        return super().get_expiry_date(**{"modification": now(), **kwargs})


@kept
def _session(actor: None) -> QuerySet[Session, str]:
    alive = Session.objects.filter(
        session_key=Given("key", CharField()), expire_date__gt=Given("moment", DateTimeField())
    )
    return alive.values_list("session_data", flat=True)
