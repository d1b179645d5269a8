"""Attacks on the log, each by somebody with full power over the server; verifier and witnesses name them.

The attacker of these tests may change every line of an export and every row of the database, and holds the operator's
key. What they do not hold are the witnesses' keys and what was kept outside.
"""

import base64

import psycopg
import pytest
from django.db import connection

from config.databases import OWNER_ROLE
from ihala.audit import forgetting, hashes, signing
from ihala.audit.checking import tree_state
from ihala.audit.models import Event, Leaf
from ihala.audit.signing import Inconsistent, Signer
from ihala.audit.verify import OPERATOR, WITNESS, Key, Note, canonical, leaf_hash
from ihala.core.acting import acting, at_the_log
from ihala.vault import actions as vault
from tests.vault.cast import AMAN, ME, OTHER

from .logbook import (
    attacks,
    b64,
    checked,
    exported,
    kept,
    leaves_of,
    more,
    number,
    operators_note,
    own,
    refusal,
    some_events,
    witnesses,
    write,
)

pytestmark = pytest.mark.usefixtures("log_folder")


def rehash(line):
    """The attacker makes the line agree with itself."""
    line["hash"] = b64(leaf_hash(base64.b64decode(line["salt"]) + canonical(line["event"])))


def test_an_untouched_export_is_sound_for_both(log, tmp_path):
    more(log)
    for owner, count in ((ME, 12), (OTHER, 8)):
        found = checked(exported(owner), tmp_path, trusted=[one.witness.key for one in log])
        assert found.findings == []
        assert found.own == count + 1  # and the registration of its witness's key
        assert found.complete.size == found.tree.size == 21


def test_others_events_are_hashes_and_nothing_else(log):
    lines = exported(ME)
    text = str(lines)
    assert "case.changed" not in text and "referral.approve" in text
    for line in leaves_of(lines):
        event = line["event"]
        assert ME in (event["organisation"], event["concerns"]) or event["name"] == "log.key_registered"


# -------------------------------------------------- the verifier


def test_an_event_that_was_rewritten(log, tmp_path):
    lines = exported()
    own(lines)[1]["event"]["user"] = 99
    assert attacks(lines, tmp_path) == ["rewritten"]


def test_an_event_that_was_rewritten_together_with_its_hash(log, tmp_path):
    lines = exported()
    victim = own(lines)[1]
    victim["event"]["user"] = 99
    rehash(victim)
    assert set(attacks(lines, tmp_path)) == {"rewritten", "unproved"}


def test_a_salt_of_another_length_is_a_rewriting(log, tmp_path):
    lines = exported()
    victim = own(lines)[1]
    victim["salt"] = b64(base64.b64decode(victim["salt"]) + b"x")
    rehash(victim)
    assert "rewritten" in attacks(lines, tmp_path)


def test_an_event_hidden_among_the_hashes(log, tmp_path):
    lines = exported()
    victim = own(lines)[2]
    victim |= {"kind": "hashes", "hashes": victim["hash"]}
    assert attacks(lines, tmp_path) == ["omitted"]


def test_an_event_hidden_and_the_others_counted_anew(log, tmp_path):
    lines = exported()
    victim, *rest = own(lines)[2:]
    victim |= {"kind": "hashes", "hashes": victim["hash"]}
    for line in rest:
        line["event"]["numbers"][str(ME)] -= 1
        rehash(line)
    assert set(attacks(lines, tmp_path)) == {"rewritten", "unproved"}


def test_a_leaf_cut_out(log, tmp_path):
    lines = exported()
    lines.remove(own(lines)[2])
    assert set(attacks(lines, tmp_path)) >= {"omitted", "rolled_back"}


def test_an_event_erased_without_a_record(log, tmp_path):
    lines = exported()
    victim = own(lines)[2]
    del victim["event"], victim["salt"]
    assert attacks(lines, tmp_path) == ["omitted"]


def test_two_events_that_changed_places(log, tmp_path):
    lines = exported()
    one, other = own(lines)[1:3]
    at, to = lines.index(one), lines.index(other)
    lines[at], lines[to] = other, one
    one["index"], other["index"] = other["index"], one["index"]
    assert "reordered" in attacks(lines, tmp_path)


def test_the_places_alone_changed(log, tmp_path):
    lines = exported()
    own(lines)[1]["index"] -= 1
    assert attacks(lines, tmp_path) == ["reordered"]


def test_two_histories_of_one_size(log, tmp_path):
    """The operator shows Aman another tree than the Dubai Foundation; each has its operator's signature."""
    lines = exported()
    place = next(at for at, line in enumerate(lines) if line["kind"] == "checkpoint")
    size = Note.read(lines[place]["note"]).size
    lines.insert(place, {"kind": "checkpoint", "note": operators_note(size, bytes(32))})
    assert attacks(lines, tmp_path) == ["forked"]


def test_a_history_that_differs_from_what_was_seen(log, tmp_path):
    lines = exported()
    note = Note.read(operators_note(5, bytes(32)))
    assert attacks(lines, tmp_path, seen=[note]) == ["forked"]
    with at_the_log():
        true = Note.read(operators_note(5, hashes.root(5)))
    assert attacks(lines, tmp_path, seen=[true]) == []


def test_yesterdays_database(log, tmp_path):
    before = exported()
    more(log)
    seen = [Note.read(line["note"]) for line in exported() if line["kind"] == "checkpoint"]
    assert attacks(before, tmp_path, seen=seen) == ["rolled_back"]


def test_a_checkpoint_larger_than_its_log(log, tmp_path):
    before = exported()
    more(log)
    before[1:1] = [line for line in exported() if line["kind"] == "checkpoint"]
    assert "rolled_back" in attacks(before, tmp_path)


@pytest.mark.parametrize("role", ["operator", "witness", "content"])
def test_a_key_that_was_swapped(log, tmp_path, role):
    with acting(AMAN):
        key = vault.create_organisation_key(ME)
        write(AMAN, "key.created", detail={"version": 1, "fingerprint": key.fingerprint})
    number()
    lines = exported()
    assert attacks(lines, tmp_path) == []
    shown = next(line for line in lines if line["kind"] == "key" and line["role"] == role)
    if role == "content":
        shown["fingerprint"] = "sha256:another"
    else:
        type_ = OPERATOR if role == "operator" else WITNESS
        shown["key"] = str(Signer.of(Key.read(shown["key"]).name, type_, b"z" * 32).key)
    assert attacks(lines, tmp_path) == ["key_swapped"]


def test_a_checkpoint_signed_with_another_operators_key(log, tmp_path):
    lines = exported()
    stranger = Signer.of(signing.operator().key.name, OPERATOR, b"z" * 32)
    for line in lines:
        if line["kind"] == "checkpoint":
            text = Note.read(line["note"]).text
            line["note"] = f"{text}\n{stranger.line(stranger.private.sign(text.encode()))}"
    assert set(attacks(lines, tmp_path)) == {"key_swapped", "unproved"}


def test_a_whole_history_invented_with_keys_of_its_own(db, tmp_path, settings):
    """Everything fits together; but the key on paper signed nothing of it."""
    true = kept(tmp_path / "true")[0].witness.key
    lines = exported()
    assert attacks(lines, tmp_path, trusted=[true]) == []
    invented = Signer.of("witness.aman", WITNESS, b"i" * 32).key
    assert attacks(lines, tmp_path, trusted=[invented]) == ["key_swapped"]


def test_a_signature_that_is_not_genuine(log, tmp_path):
    lines = exported()
    for line in lines:
        if line["kind"] == "checkpoint":
            head, mark, last = line["note"].rpartition("\n— ")
            name, _space, raw = last.strip().partition(" ")
            spoilt = bytearray(base64.b64decode(raw))
            spoilt[-1] ^= 1
            line["note"] = f"{head}{mark}{name} {b64(spoilt)}\n"
    assert set(attacks(lines, tmp_path)) == {"forged", "unproved"}


def test_what_only_the_operator_signed_proves_nothing(db, tmp_path):
    signing.register_operator()
    witnesses(tmp_path)
    some_events()
    number()
    signing.sign()
    assert attacks(exported(), tmp_path) == ["unproved"]


def test_what_one_party_has_not_signed_is_not_complete_yet(log, tmp_path):
    complete = checked(exported(), tmp_path).complete.size
    some_events()
    number()
    signing.sign()
    log[0].witness.once()
    found = checked(exported(), tmp_path)
    assert found.findings == [] and found.complete.size == complete < found.tree.size
    standing = signing.standing([ME])
    assert (standing.missing, list(standing.signed)) == ([OTHER], [ME])
    assert standing.complete.size == complete < standing.checkpoint.size


# -------------------------------------------------- the database itself


@pytest.fixture
def tampering(transactional_db, server, tmp_path):
    """A committed log, and an attacker who owns the tables and switches their triggers off."""
    made = kept(tmp_path)
    with psycopg.connect(
        server.address(OWNER_ROLE, connection.settings_dict["NAME"]), autocommit=True
    ) as raw:
        for table in ("event", "leaf", "chunk", "checkpoint", "cosignature", "tile"):
            raw.execute(f"ALTER TABLE audit_{table} DISABLE TRIGGER USER")
        try:
            yield made, raw
        finally:
            for table in ("event", "leaf", "chunk", "checkpoint", "cosignature", "tile"):
                raw.execute(f"ALTER TABLE audit_{table} ENABLE TRIGGER USER")


def test_rewriting_omitting_and_rolling_back_rows_is_named_everywhere(tampering, tmp_path):
    """One test, for making the log costs more than looking at it."""
    made, raw = tampering
    raw.execute("UPDATE audit_event SET user_id = 99 WHERE name = 'referral.approve'")
    assert any(problem.startswith("rewritten: leaf") for problem in tree_state().problems)
    assert attacks(exported(), tmp_path) == ["rewritten"]
    raw.execute("UPDATE audit_event SET user_id = 5 WHERE name = 'referral.approve'")
    assert tree_state().sound

    raw.execute("UPDATE audit_leaf SET number = number + 10 WHERE number = 4 AND organisation_id = 9101")
    assert any(problem.startswith("omitted") for problem in tree_state().problems)
    raw.execute("UPDATE audit_leaf SET number = number - 10 WHERE number = 14 AND organisation_id = 9101")

    (packed,) = raw.execute("SELECT hashes FROM audit_chunk WHERE start = 0").fetchone()
    raw.execute("UPDATE audit_chunk SET hashes = %s WHERE start = 0", [bytes(32) + packed[32:]])
    problems = [problem.partition(":")[0] for problem in tree_state().problems]
    assert problems == ["rewritten", "rewritten", "forked"]
    write(AMAN)
    number()
    with pytest.raises(Inconsistent, match="forked"):
        signing.sign()
    raw.execute("UPDATE audit_chunk SET hashes = %s WHERE start = 0", [packed])
    assert signing.sign() is not None
    assert made[0].witness.once()

    raw.execute("DELETE FROM audit_leaf WHERE index > 4")
    raw.execute("UPDATE audit_chunk SET hashes = substring(hashes FROM 1 FOR 160) WHERE start = 0")
    raw.execute("DELETE FROM audit_chunk WHERE start > 0")
    assert {problem.partition(":")[0] for problem in tree_state().problems} == {"rolled_back"}
    with pytest.raises(Inconsistent, match="rolled_back"):
        signing.sign()
    raw.execute("DELETE FROM audit_checkpoint WHERE size > 5")
    with at_the_log():
        (signing.folder() / "last.note").unlink()
        assert signing.sign().size == 5
    assert refusal(made[0]) == "rolled_back"


def test_an_event_is_forgotten_by_law_and_everything_else_stays_provable(transactional_db, server, tmp_path):
    made = kept(tmp_path)
    with acting(AMAN):
        victim = Event.objects.get(name="referral.approve")
    with _owner(server):
        with pytest.raises(LookupError):
            forgetting.forget([victim.pk, "0" * 32])
        assert forgetting.forget([victim.pk]) == 1
    more(made)
    with acting(AMAN):
        assert not Event.objects.filter(pk=victim.pk).exists()
        assert Leaf.objects.filter(event_id=victim.pk).exists()
    for owner in (ME, OTHER):
        found = checked(exported(owner), tmp_path)
        assert (found.findings, found.erased) == ([], 1)
    state = tree_state()
    assert (state.sound, state.erased, state.waiting) == (True, 1, 0)


class _owner:
    """The process of the tables' owner, for the length of the block."""

    def __init__(self, server):
        self.server = server

    def __enter__(self):
        from config.databases import parse

        self.before = dict(connection.settings_dict)
        connection.close()
        found = parse(self.server.address(OWNER_ROLE, self.before["NAME"]))
        connection.settings_dict.update({key: found[key] for key in ("USER", "PASSWORD")})

    def __exit__(self, *failed):
        connection.close()
        connection.settings_dict.update({key: self.before[key] for key in ("USER", "PASSWORD")})
