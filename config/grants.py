"""What the runtime role may do with tables that other people's code brought: Django's, allauth's, procrastinate's.

Our own tables say so in the migration that makes them (`ihala.core.rls`). Tables not named here or there stay closed.
"""

from django.core.management import call_command
from django.db import connection

RUNTIME_ROLE, AGENT_ROLE = "ihala_app", "ihala_agent"
CACHE_TABLE = "ihala_cache"

READ = "SELECT"
ALL = "SELECT, INSERT, UPDATE, DELETE"

TABLES = {
    "django_migrations": READ,
    "django_content_type": READ,
    "auth_permission": READ,
    "auth_group": READ,
    "auth_group_permissions": READ,
    "django_session": ALL,
    CACHE_TABLE: ALL,
    "account_emailaddress": ALL,
    "account_emailconfirmation": ALL,
    "mfa_authenticator": ALL,
    "procrastinate_jobs": ALL,
    "procrastinate_events": ALL,
    "procrastinate_periodic_defers": ALL,
    "procrastinate_workers": ALL,
}


OF_AGENT = {"procrastinate_jobs": "SELECT, INSERT", "procrastinate_events": "INSERT"}
"""The key agent rings the alarm itself: a notice and the job that mails it."""


def migrate(verbosity: int = 1) -> None:
    """All migrations, the cache's table and the grants; as the owner. Harmless when repeated."""
    call_command("migrate", interactive=False, verbosity=verbosity)
    call_command("createcachetable", verbosity=0)
    with connection.cursor() as cursor:
        # Nothing in the cache must survive a crash, and no sign-in should wait for the disk to count attempts.
        cursor.execute(f"ALTER TABLE {CACHE_TABLE} SET UNLOGGED")
        cursor.execute(f"GRANT USAGE ON SCHEMA public TO {RUNTIME_ROLE}, {AGENT_ROLE}")
        present = connection.introspection.table_names(cursor)
        for table, verbs in TABLES.items():
            if table in present:
                cursor.execute(f'REVOKE ALL ON "{table}" FROM {RUNTIME_ROLE}, PUBLIC')
                cursor.execute(f'GRANT {verbs} ON "{table}" TO {RUNTIME_ROLE}')
        for table, verbs in OF_AGENT.items():
            cursor.execute(f'GRANT {verbs} ON "{table}" TO {AGENT_ROLE}')
        cursor.execute(f"GRANT USAGE ON ALL SEQUENCES IN SCHEMA public TO {RUNTIME_ROLE}, {AGENT_ROLE}")
        cursor.execute("ANALYZE")
