"""One table of roles, and the document made from it."""

from ihala.accounts import permission_table
from ihala.accounts.roles import ROLE_PERMISSIONS, Permission, Role, permissions_of
from ihala.accounts.rules import is_public, public_view

CONTENT = {
    Permission.READ_CASE, Permission.WRITE_CASE, Permission.IMPORT_INTAKE, Permission.ANSWER_INBOX,
    Permission.DRAFT_REFERRAL, Permission.RECORD_CONSENT,
}  # fmt: skip


def test_the_document_is_what_the_table_says() -> None:
    assert permission_table.FILE.read_text(encoding="utf-8") == permission_table.as_markdown(), (
        "stale: run python -m ihala.accounts.permission_table"
    )


def test_writing_the_document_makes_what_is_read(tmp_path, monkeypatch) -> None:
    monkeypatch.setattr(permission_table, "FILE", tmp_path / "docs" / "permissions.md")
    permission_table.write()
    assert permission_table.FILE.read_text(encoding="utf-8") == permission_table.as_markdown()


def test_every_role_stands_in_the_table_and_every_permission_is_somebodys() -> None:
    assert set(ROLE_PERMISSIONS) == set(Role)
    assert permissions_of(set(Role)) == set(Permission)


def test_administrator_director_dpo_and_coordinator_see_no_content() -> None:
    for role in (Role.ADMINISTRATOR, Role.DIRECTOR, Role.DPO, Role.COORDINATOR):
        assert not ROLE_PERMISSIONS[role] & CONTENT


def test_the_supervisor_may_whatever_the_caseworker_may() -> None:
    assert ROLE_PERMISSIONS[Role.CASEWORKER] < ROLE_PERMISSIONS[Role.SUPERVISOR]


def test_a_view_is_closed_unless_it_says_otherwise() -> None:
    def view() -> None: ...

    assert not is_public(view)
    assert is_public(public_view(view))
