"""What travels to the key agent and back: plain values come out as they went in, everything else is refused."""

import json
import socket
from datetime import UTC, datetime
from uuid import UUID, uuid4

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ihala.core.vocabulary import DisclosureClass
from ihala.vault import wire
from ihala.vault.enums import SubjectKind
from ihala.vault.models import Deposit, Grant
from ihala.vault.sealing import OWN, Basis, Place, SecretName, Subject

from .cast import AMAN, ME, a_package, named, place

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(st.characters(exclude_categories=["Cs"])),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text("abudmtwv!", max_size=2), inner, max_size=3),
    max_leaves=8,
)  # fmt: skip


def through(value):
    return wire.unpacked(wire.packed(value)[wire.PREFIX :])


def test_the_vault_s_own_values_come_out_as_they_went_in():
    name = named(a_package(), "triage")
    moment = datetime(2026, 11, 27, 9, 30, 1, 5, tzinfo=UTC)
    values = [
        name, place(7), OWN, Basis("consent", uuid4(), moment), wire.who(AMAN), b"\x00bytes", b"", None, True, 1.5,
        {ME: {"triage": OWN}}, {name: [b"one", b"two"]}, {DisclosureClass.TRIAGE: OWN},
    ]  # fmt: skip
    assert through(values) == values
    assert isinstance(through(name).subject.kind, SubjectKind)


@settings(max_examples=60)
@given(JSON)
def test_what_people_wrote_stays_what_it_is_whatever_it_looks_like(value):
    assert through([value, {"d": value}]) == [value, {"d": value}]


@pytest.mark.parametrize("model", [Grant, Deposit])
def test_grants_and_deposits_travel_without_a_key_of_their_own(model):
    party = "organisation_id" if model is Grant else "receiver_id"
    row = model(pk=5, subject_id=uuid4(), version=2, wrapped_secret=memoryview(b"w"), **{party: ME})
    came = through(row)
    assert came.pk is None
    assert (came.subject_id, came.version, came.wrapped_secret) == (row.subject_id, 2, b"w")


def test_an_actor_without_a_membership_is_the_number_nought():
    assert wire.who(type("A", (), {"organisation_id": 1, "user_id": 0, "membership_id": None})()) == wire.Who(
        1, 0, 0
    )


@pytest.mark.parametrize("value", [object(), {1: object()}, datetime])
def test_nothing_else_travels(value):
    with pytest.raises(TypeError):
        wire.packed(value)


def test_a_frame_that_would_be_too_long_is_not_sent(monkeypatch):
    monkeypatch.setattr(wire, "LONGEST", 100)
    with pytest.raises(ValueError, match="too much"):
        wire.packed("a" * 100)


def frame(said, blobs=b""):
    header = json.dumps(said).encode() if not isinstance(said, bytes) else said
    return len(header).to_bytes(4, "big") + header + blobs


@pytest.mark.parametrize(
    "body",
    [
        b"", b"\x00\x00\x00\xff{}", frame(b"\xff"), frame(b"{"), frame({"x": 1}), frame({"__class__": 1}),
        frame({"d": "os", "v": []}), frame({"d": "Who", "v": [1]}), frame({"d": "Who"}), frame({"b": 5}),
        frame({"b": -5}, b"12345"), frame({"b": "5"}), frame({"u": "x"}), frame({"u": 1}), frame({"t": "never"}),
        frame({"m": 1}), frame({"m": [[1]]}), frame({"m": [[[1], 2]]}), frame({}),
        frame({"d": "Subject", "v": ["gossip", None, None]}), frame({"d": "Grant", "v": {"m": [["evil", 1]]}}),
        frame(b"[" * 100_000),
    ],
    ids=range(22),
)  # fmt: skip
def test_bytes_that_are_no_frame_of_ours_are_malformed(body):
    with pytest.raises(wire.Malformed):
        wire.unpacked(body)


def test_frames_are_read_whole_or_not_at_all():
    here, there = socket.socketpair()
    with here, there:
        wire.send(here, wire.packed("one") + wire.packed("two")[:6])
        assert wire.unpacked(wire.receive(there)) == "one"
        here.shutdown(socket.SHUT_WR)
        assert wire.receive(there) is None
        assert wire.receive(there) is None


@pytest.mark.parametrize("size", [0, 3, wire.LONGEST + 1, 2**32 - 1])
def test_a_length_that_cannot_be_is_refused_before_anything_is_read(size):
    here, there = socket.socketpair()
    with here, there:
        here.sendall(size.to_bytes(4, "big"))
        with pytest.raises(wire.Malformed):
            wire.receive(there)


def test_a_subject_keeps_its_kind_and_keys():
    subject = Subject(SubjectKind.SIDE, UUID(int=1), UUID(int=2))
    assert through(SecretName(subject, "narrative", 1, ME)) == SecretName(subject, "narrative", 1, ME)
    assert through(Place("t", UUID(int=3), "f")) == Place("t", UUID(int=3), "f")
