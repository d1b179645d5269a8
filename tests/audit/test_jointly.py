"""One comparison at a time for each pair: whoever asks meanwhile waits, and is not told that the agent is away."""

import threading

import psycopg
import pytest
from django.db import OperationalError, connection, transaction

from config.databases import RUNTIME_ROLE
from ihala.audit import jointly


@pytest.mark.django_db(transaction=True)
def test_who_asks_at_the_same_moment_waits_longer_than_the_key_agent_waits_for_others(server):
    address = server.address(RUNTIME_ROLE, connection.settings_dict["NAME"])
    with psycopg.connect(address) as other, connection.cursor() as cursor:
        other.execute("SELECT pg_advisory_xact_lock(hashtextextended('known 1 2', 0))")
        with pytest.raises(OperationalError, match="lock timeout"), transaction.atomic():
            cursor.execute("SET LOCAL lock_timeout = '100ms'")
            cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended('known 1 2', 0))")
        cursor.execute("SHOW lock_timeout")
        usual = cursor.fetchone()
        threading.Timer(0.5, other.rollback).start()
        with transaction.atomic():
            cursor.execute("SET LOCAL lock_timeout = '100ms'")
            jointly._in_turn("known 1 2")
            cursor.execute("SHOW lock_timeout")
            assert cursor.fetchone() == usual
