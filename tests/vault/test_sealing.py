"""A sealed value opens only where it stands, under its own name, with its own key."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from uuid import UUID, uuid4

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from ihala.vault import sealing, wrapping
from ihala.vault.enums import SubjectKind
from ihala.vault.sealing import Basis, NotOpened, Place, SecretName, Subject, encode

KEYS = st.binary(min_size=32, max_size=32)
JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**53), 2**53)
    | st.text(st.characters(exclude_categories=["Cs"])),
    lambda inner: (
        st.lists(inner, max_size=4) | st.dictionaries(st.text("abcمنى", max_size=4), inner, max_size=4)
    ),
    max_leaves=10,
)
PLACES = st.builds(
    Place,
    st.sampled_from(["cases_case", "cases_person"]),
    st.uuids() | st.integers(1, 9),
    st.sampled_from("ab"),
)
SUBJECTS = st.builds(Subject, st.sampled_from(list(SubjectKind)), st.uuids(), st.uuids())
NAMES = st.builds(
    SecretName, SUBJECTS, st.sampled_from(["triage", "identity"]), st.integers(1, 3), st.integers(1, 3)
)
MOMENTS = st.none() | st.datetimes(datetime(2020, 1, 1), datetime(2040, 1, 1), timezones=st.just(UTC))
BASES = st.builds(Basis, st.sampled_from(["consent", "own"]), st.none() | st.uuids(), MOMENTS)
SOMEWHERE = Place("t", 1, "f")
SOMETHING = SecretName(Subject(SubjectKind.CASE, UUID(int=1), UUID(int=1)), "triage", 1, 1)
PRIVATE = wrapping.new_private()
OTHER_PRIVATE = wrapping.new_private()


@given(KEYS, JSON, PLACES, NAMES)
def test_what_was_sealed_opens_again(key, value, place, name):
    assert sealing.unseal(key, sealing.seal(key, value, place, name), place, name) == value


@given(KEYS, KEYS, PLACES, PLACES, NAMES, NAMES)
def test_nothing_opens_with_another_key_or_at_another_place(
    key, other_key, place, other_place, name, other_name
):
    sealed = sealing.seal(key, "story", place, name)
    if key != other_key:
        with pytest.raises(NotOpened):
            sealing.unseal(other_key, sealed, place, name)
    if place != other_place:
        with pytest.raises(NotOpened):
            sealing.unseal(key, sealed, other_place, name)
    for changed in (
        replace(name, disclosure_class=other_name.disclosure_class),
        replace(name, version=other_name.version),
        replace(name, author=other_name.author),
    ):
        if changed != name:
            with pytest.raises(NotOpened):
                sealing.unseal(key, sealed, place, changed)


@given(KEYS, PLACES, NAMES, st.data())
def test_one_changed_byte_is_noticed(key, place, name, data):
    sealed = bytearray(sealing.seal(key, {"a": 1}, place, name))
    sealed[data.draw(st.integers(0, len(sealed) - 1))] ^= data.draw(st.integers(1, 255))
    with pytest.raises(NotOpened):
        sealing.unseal(key, bytes(sealed), place, name)


@given(st.binary(max_size=40))
def test_bytes_that_were_never_sealed_do_not_open(rubbish):
    with pytest.raises(NotOpened):
        sealing.unseal(
            b"k" * 32,
            rubbish,
            Place("t", 1, "f"),
            SecretName(Subject(SubjectKind.CASE, uuid4(), uuid4()), "triage", 1, 1),
        )


@given(KEYS, KEYS, KEYS)
def test_the_class_key_hangs_on_secret_and_salt(secret, salt, other):
    key = sealing.class_key(secret, salt)
    assert key == sealing.class_key(secret, salt)
    assert key not in (secret, salt)
    assume(other not in (secret, salt))
    assert key not in (sealing.class_key(other, salt), sealing.class_key(secret, other))


@pytest.mark.parametrize(("secret", "salt"), [(31, 32), (32, 31), (32, 0), (33, 32)])
def test_a_class_key_is_never_made_from_less(secret, salt):
    with pytest.raises(ValueError, match="32 bytes"):
        sealing.class_key(b"s" * secret, b"s" * salt)


PARTS = st.lists(
    st.none() | st.text(max_size=4) | st.integers() | st.binary(max_size=4) | st.uuids(), max_size=4
)


class Key(UUID):
    pass


class Number(int):
    pass


def test_what_is_encoded_stays_what_it_was():
    """Each is part of what older content was sealed with: another byte and none of it opens."""
    key = UUID(int=7)
    assert encode("م", b"x", key, 12, None) == encode("م", b"x", Key(int=7), Number(12), None)
    told = ["7300000002d985", "620000000178", "7500000010" + key.hex, "69000000023132", "6e00000000"]
    assert encode("م", b"x", key, 12, None).hex() == "".join(told)
    assert encode(SubjectKind.CASE) == encode(SubjectKind.CASE.value)


@given(PARTS, PARTS)
def test_two_lists_never_encode_alike(one, other):
    same = [(type(part), part) for part in one] == [(type(part), part) for part in other]
    assert (encode(*one) == encode(*other)) == same


@given(st.text("a", max_size=300))
def test_lengths_are_told_only_in_steps(text):
    sealed = sealing.seal(
        b"k" * 32,
        text,
        Place("t", 1, "f"),
        SecretName(Subject(SubjectKind.CASE, UUID(int=1), UUID(int=1)), "triage", 1, 1),
    )
    assert (len(sealed) - 12 - 16) % 64 == 0


@pytest.mark.parametrize("value", [float("nan"), "\ud800", object()])
def test_what_is_no_json_text_is_not_sealed(value):
    with pytest.raises((ValueError, TypeError)):
        sealing.seal(b"k" * 32, value, SOMEWHERE, SOMETHING)


def test_a_place_is_named_from_a_row_that_has_a_key(row):
    model = SimpleNamespace(pk=row, _meta=SimpleNamespace(db_table="cases_case"))
    assert Place.of(model, "story") == Place("cases_case", row, "story")
    with pytest.raises(ValueError, match="key"):
        Place.of(SimpleNamespace(pk=None, _meta=model._meta), "story")


# ------------------------------------------------------------------------------------------------------------ wrapping


@given(NAMES, NAMES, st.integers(1, 3), st.integers(1, 3), BASES, BASES)
def test_a_wrapped_secret_unwraps_only_for_what_it_was_wrapped_for(
    name, other_name, holder, other_holder, basis, other_basis
):
    secret = sealing.new_secret()
    context = wrapping.grant_context(name, holder, 1, basis)
    wrapped = wrapping.wrapper(wrapping.public_of(PRIVATE)).encrypt(secret, context)
    key = wrapping.unwrapper(PRIVATE)
    assert wrapping.unwrap(key, wrapped, context) == secret
    others = [
        wrapping.grant_context(other_name, holder, 1, basis),
        wrapping.grant_context(name, other_holder, 1, basis),
        wrapping.grant_context(name, holder, 2, basis),
        wrapping.grant_context(name, holder, 1, other_basis),
        wrapping.grant_context(replace(name, subject=replace(name.subject, root=uuid4())), holder, 1, basis),
        wrapping.deposit_context(name, holder, 1, basis),
    ]
    for other in others:
        if other != context:
            with pytest.raises(NotOpened):
                wrapping.unwrap(key, wrapped, other)
    with pytest.raises(NotOpened):
        wrapping.unwrap(wrapping.unwrapper(OTHER_PRIVATE), wrapped, context)


@given(NAMES, BASES)
def test_a_moved_expiry_is_another_context(name, basis):
    assume(basis.expires_at)
    later = replace(basis, expires_at=basis.expires_at + timedelta(microseconds=1))
    assert wrapping.grant_context(name, 1, 1, later) != wrapping.grant_context(name, 1, 1, basis)


def test_the_root_of_a_persons_secret_is_a_case_and_of_a_packages_a_referral():
    assert SubjectKind.PERSON.of_case
    assert not SubjectKind.REFERRAL.of_case
