"""The first wall: every table of an organisation's data has policies, and the runtime role can do nothing about it."""

import pytest
from django.apps import apps
from django.db import connection

from config.grants import OF_AGENT, TABLES
from ihala.core.models import Clear, Sealed

OPEN_TABLES: dict[str, str] = {
    **dict.fromkeys(TABLES, "third-party: sign-in, sessions, jobs, cache; see config/grants.py"),
    "referrals_move": "the steps that exist, copied from workflow.py for a trigger; the same for everybody, read only",
}
"""Tables the runtime role may use without row-level security, each with its reason."""

MODELS = [model for model in apps.get_models() if model.__module__.startswith("ihala.")]


@pytest.fixture
def catalogue(db, owner):
    """Every ordinary table: name, owner, row security on?, number of policies."""
    rows = owner.execute(
        "SELECT c.relname, r.rolname, c.relrowsecurity, (SELECT count(*) FROM pg_policy p WHERE p.polrelid = c.oid) "
        "FROM pg_class c JOIN pg_roles r ON r.oid = c.relowner "
        "WHERE c.relkind IN ('r', 'p') AND c.relnamespace = 'public'::regnamespace"
    ).fetchall()
    return {row[0]: row[1:] for row in rows}


def test_every_table_the_runtime_role_can_touch_has_policies(catalogue, owner):
    reachable = [
        table
        for table in catalogue
        if owner.execute(
            "SELECT has_table_privilege('ihala_app', %s, 'SELECT, INSERT, UPDATE, DELETE') "
            "OR has_any_column_privilege('ihala_app', %s, 'SELECT, INSERT, UPDATE')",
            [f'public."{table}"'] * 2,
        ).fetchone()[0]
    ]
    open_ = {t for t in reachable if not catalogue[t][1] or not catalogue[t][2]}
    assert open_ - set(OPEN_TABLES) - shared_on_purpose() == set()


def shared_on_purpose() -> set[str]:
    """Our own tables without an organisation's data declare so: `open_to_all = "why"` on the model."""
    return {model._meta.db_table for model in MODELS if getattr(model, "open_to_all", "")}


def test_every_model_of_ours_is_behind_row_level_security(catalogue):
    tables = {field_table for model in MODELS for field_table in [model._meta.db_table]}
    many = {
        through._meta.db_table
        for model in MODELS
        for relation in model._meta.local_many_to_many
        if (through := relation.remote_field.through)
    }
    unprotected = {table for table in tables | many if not catalogue[table][1]}
    assert unprotected - shared_on_purpose() == set()


def test_the_runtime_role_owns_nothing_and_may_alter_nothing(catalogue, owner):
    assert {table for table, (role, _rls, _policies) in catalogue.items() if role != "ihala_owner"} == set()
    role = owner.execute(
        "SELECT rolsuper, rolbypassrls, rolcreatedb, rolcreaterole, rolreplication, rolcanlogin "
        "FROM pg_roles WHERE rolname = 'ihala_app'"
    ).fetchone()
    assert role == (False, False, False, False, False, True)
    memberships = owner.execute(
        "SELECT count(*) FROM pg_auth_members m JOIN pg_roles r ON r.oid = m.member WHERE r.rolname = 'ihala_app'"
    ).fetchone()
    assert memberships == (0,)
    for what in ("CREATE", "TEMPORARY"):
        granted = owner.execute("SELECT has_database_privilege('ihala_app', current_database(), %s)", [what])
        assert granted.fetchone() == (False,), what
    schema = owner.execute("SELECT has_schema_privilege('ihala_app', 'public', 'CREATE')").fetchone()
    assert schema == (False,)


DEFINERS = {
    "ihala_may_release": "reads the state of one referral by id and answers yes or no",
    "ihala_emergencies_due": "tells the worker which organisations have an emergency that has run out; keys only",
    "ihala_holds_due": "tells the worker which organisations have a hold to warn of or to let go; keys only",
    "ihala_drafts_unchanged_since": "tells the worker which organisations have an old draft; keys only",
    "ihala_undelivered": "tells the worker which organisations were told something that was not mailed; keys only",
    "ihala_roots_with_secrets": "tells the sweeper of salts which of the roots it names still have a secret",
    "ihala_may_erase": "tells the key agent whether the erasure of just this was confirmed",
    "ihala_standing": "tells the key agent the roles of somebody who works somewhere now",
    "ihala_releasable": "tells the key agent which packages wait although their referral is accepted",
    "ihala_search_stamps": "tells the key agent (anybody else of their own) which cases there are, and when written",
    "ihala_search_rows": "hands the key agent (anybody else of their own) the sealed identities of cases",
    "ihala_hold_of": "tells the two sides of one referral until when beds are held for it, and whether that has ended",
    "ihala_known_terms": "tells the key agent, or one of two organisations, whether the other tells whom it knows",
    "ihala_may_ask_known": "tells the key agent whether she consented to one question, and her own organisation too",
    "ihala_joint_ready": "tells the key agent, or a party, with whom and for which year both agreed to a count",
    "ihala_served_in": "tells the key agent which cases were open in a year; an organisation only its own",
    "ihala_people_of": "tells the key agent who stands in an organisation's cases, sealed; others their own rows",
    "ihala_consent_holder": "tells the holder or the recipient of a consent whose it is",
}
"""Functions with the owner's rights: doors through the policies, each with its reason."""


def test_functions_with_the_owners_rights_are_known_and_look_nowhere_else(owner):
    found = owner.execute(
        "SELECT proname, coalesce(array_to_string(proconfig, ' '), '') FROM pg_proc "
        "WHERE prosecdef AND pronamespace = 'public'::regnamespace"
    ).fetchall()
    assert {name for name, _settings in found} - set(DEFINERS) == set()
    assert [name for name, settings in found if "search_path=" not in settings] == []


def test_the_key_agent_reads_keys_grants_and_the_log_and_nothing_else(catalogue, owner):
    may = {
        table: tuple(
            verb
            for verb in ("SELECT", "INSERT", "UPDATE", "DELETE", "TRUNCATE")
            if owner.execute("SELECT has_table_privilege('ihala_agent', %s, %s)", [table, verb]).fetchone()[0]
        )
        for table in catalogue
    }
    assert {table: verbs for table, verbs in may.items() if verbs} == {
        "vault_grant": ("SELECT", "INSERT", "DELETE"),
        "vault_deposit": ("SELECT", "INSERT", "DELETE"),
        "vault_organisationkey": ("SELECT", "INSERT"),
        "audit_event": ("SELECT", "INSERT"),
        "notifications_notification": ("INSERT",),
        **{table: tuple(verbs.split(", ")) for table, verbs in OF_AGENT.items()},
    }


def test_the_runtime_role_may_not_truncate_or_trigger(catalogue, owner):
    for table in catalogue:
        for verb in ("TRUNCATE", "TRIGGER", "REFERENCES"):
            granted = owner.execute(
                "SELECT has_table_privilege('ihala_app', %s, %s)", [f'public."{table}"', verb]
            )
            assert granted.fetchone() == (False,), (table, verb)


@pytest.mark.parametrize("model", MODELS, ids=[model._meta.label for model in MODELS])
def test_every_column_declares_its_sensitivity(model):
    declared = getattr(model, "sensitivity", {})
    columns = {field.name for field in model._meta.local_concrete_fields}
    assert set(declared) == columns
    assert all(isinstance(one, Clear | Sealed) for one in declared.values())
    assert all(one.why for one in declared.values() if isinstance(one, Clear))


@pytest.mark.django_db
def test_a_query_outside_acting_raises():
    with connection.cursor() as cursor, pytest.raises(Exception, match="outside acting"):
        cursor.execute("SELECT ihala_organisation()")
