"""Making keys and secrets, sealing under new secrets, and taking grants away.

Nothing here opens anything: that is the agent's, behind `ihala.audit`. What is `through` the link happens in the agent
too, so that no other process ever has a secret, a class key or a salt; the rows are written by whoever asked, in their
own transaction. Taking away needs nobody.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from ihala.core.clock import now
from ihala.core.vocabulary import DisclosureClass
from ihala.core.writing import insert

from . import keys, link, salts, wire
from .custody import KeyName, KeyNotHeld, custody
from .enums import SubjectKind
from .models import Deposit, Grant, OrganisationKey
from .sealing import Basis, Place, SecretName, Subject, class_key, new_secret, person_key, seal
from .wrapping import deposit_context, grant_context

Values = Sequence[tuple[Place, Any]]
Share = Basis | Mapping[Any, Basis]
"""What one organisation gets: some classes, each on its basis, or every class on one basis."""
Shares = Mapping[int, Share]


def create_organisation_key(organisation_id: int) -> OrganisationKey:
    """The organisation's first key pair: private half into custody, public half into its row. May be repeated.

    `KeyNotHeld` if the row names a key that custody lost: what is wrapped to it could never be opened.
    """
    public = first_key(organisation_id)
    row, _made = OrganisationKey.objects.get_or_create(
        organisation_id=organisation_id, version=1, defaults={"public_key": public, "created_at": now()}
    )
    if bytes(row.public_key) != public:
        raise KeyNotHeld(f"custody has another key of organisation {organisation_id} than the database")
    return row


@link.through("key")
def first_key(organisation_id: int) -> bytes:
    """The public half of the organisation's first key pair, which is made if there is none."""
    return custody().create(KeyName(organisation_id))


@wire.carries
@dataclass(frozen=True)
class Sealing:
    """Content of one subject, by class, to be sealed under new secrets, and who is handed them.

    `holders` get grants now, receivers in `deposits` when they have accepted. A class may be empty: content can be
    added later (`audit.actions.seal_more`); `also` makes further empty ones of the same root, such as a thread's.
    """

    subject: Subject
    contents: Mapping[Any, Values]
    version: int
    author: int
    holders: Shares
    deposits: Shares = field(default_factory=dict)
    also: Sequence[tuple[SecretName, Shares]] = ()


@dataclass(frozen=True)
class Sealed:
    """What was sealed, by class for each sealing, and the rows that hand its secrets out, not written yet."""

    values: list[dict[Any, list[bytes]]]
    grants: list[Grant]
    deposits: list[Deposit]

    def hand_out(self) -> None:
        """Two statements at most, however many were sealed. IntegrityError if a secret of that name exists."""
        insert(self.grants)
        insert(self.deposits)


def seal_together(sealings: Sequence[Sealing]) -> Sealed:
    """Make a secret for each class of each, and seal its values; the key agent is asked once."""
    values, grants, deposits = made(sealings)
    sealed = [
        dict(zip(one.contents, found, strict=True)) for one, found in zip(sealings, values, strict=True)
    ]
    return Sealed(sealed, grants, deposits)


def seal_new(
    subject: Subject,
    contents: Mapping[Any, Values],
    version: int,
    author: int,
    *,
    holders: Shares,
    deposits: Shares | None = None,
    also: Sequence[tuple[SecretName, Shares]] = (),
) -> dict[Any, list[bytes]]:
    """The same for one, with its secrets handed out. At most two statements."""
    sealed = seal_together([Sealing(subject, contents, version, author, holders, deposits or {}, also)])
    sealed.hand_out()
    return sealed.values[0]


@link.through("make")
def made(sealings: Sequence[Sealing]) -> tuple[list[list[list[bytes]]], list[Grant], list[Deposit]]:
    """What is sealed of each, class by class, and the grants and deposits, which are not written."""
    lying = {root: _ensured(root, [one for one in sealings if one.subject.root == root])
             for root in dict.fromkeys(one.subject.root for one in sealings)}  # fmt: skip
    values: list[list[list[bytes]]] = []
    grants: list[Grant] = []
    deposits: list[Deposit] = []
    for one in sealings:
        named = _named(one)
        secrets = {name: new_secret() for name, _values in named}
        salts_of = lying[one.subject.root]
        values.append([_seal_values(secrets[name], of_class, name, salts_of) for name, of_class in named])
        grants += grants_of(secrets, one.holders)
        for name, shares in one.also:
            grants += grants_of({name: new_secret()}, shares)
        deposits += deposits_of(secrets, one.deposits)
    return values, grants, deposits


def _named(one: Sealing) -> list[tuple[SecretName, Values]]:
    """The secrets to be made, each with what stands under it."""
    return [
        (SecretName(one.subject, str(cls), one.version, one.author), values)
        for cls, values in one.contents.items()
    ]


def _ensured(root: UUID, sealings: Sequence[Sealing]) -> salts.Salts:
    """The salts of one root that these take, on the disk; those it will need later are made with its file."""
    parts = [part for one in sealings for part in _parts(_named(one))]
    later = [
        part
        for one in sealings
        for part in _at_first(
            one.subject, [name for name, _shares in one.also], one.holders.keys() | one.deposits.keys()
        )
    ]
    return salts.ensure(root, parts, later)


def replace(
    subject: Subject, version: int, author: int, grants: Sequence[Grant], waiting: Sequence[Deposit]
) -> None:
    """Write what the agent wrapped again: a secret a party already had is given anew. At most four statements."""
    given = {(grant.organisation_id, grant.name) for grant in grants}
    parties = {grant.organisation_id for grant in grants} | {deposit.receiver_id for deposit in waiting}
    classes = {row.disclosure_class for row in (*grants, *waiting)}
    same = {"subject_id": subject.id, "subject_kind": subject.kind, "root_id": subject.root,
            "version": version, "author_organisation_id": author, "disclosure_class__in": classes}  # fmt: skip
    rows = Grant.objects.filter(organisation_id__in={party for party, _name in given}, **same)
    if earlier := [row.pk for row in rows if (row.organisation_id, row.name) in given]:
        Grant.objects.filter(pk__in=earlier).delete()
    Deposit.objects.filter(receiver_id__in=parties, **same).delete()
    insert(grants)
    insert(waiting)


def _parts(contents: Iterable[tuple[SecretName, Values]]) -> list[str]:
    """The salts that sealing these values takes."""
    return [
        part
        for name, values in contents
        for person in {None, *(place.person for place, _value in values)}
        for part in name.about(person).parts
    ]


def _at_first(subject: Subject, also: Iterable[SecretName], parties: Iterable[int]) -> list[str]:
    """The salts a root will need sooner or later, made in one go with its file."""
    parts = [*DisclosureClass.values, *(name.part for name in also)]
    if subject.kind.of_case:
        return [*parts, "draft"]
    return [*parts, "thread", *(f"side.{one}" for one in sorted(parties))] if subject.kind.of_referral else []


def _seal_values(secret: bytes, values: Values, name: SecretName, lying: salts.Salts) -> list[bytes]:
    """Each value under the class key, or under the key of the person it speaks of."""
    key = class_key(secret, lying[name.part])
    keys: dict[UUID | None, bytes] = {None: key}
    for place, _value in values:
        if place.person not in keys:
            own = lying.parts.get(str(place.person))
            keys[place.person] = person_key(key, own) if own else key  # the first version has none
    return [seal(keys[place.person], value, place, name) for place, value in values]


def grants_of(secrets: Mapping[SecretName, bytes], holders: Shares) -> list[Grant]:
    """Grants, not yet saved, that wrap each holder's share of `secrets` to its public key."""
    publics = keys.public_keys(holders)
    made = []
    for holder, name, basis in shares_of(secrets, holders):
        key_version, wrapper = publics[holder]
        wrapped = wrapper.encrypt(secrets[name], grant_context(name, holder, key_version, basis))
        made.append(Grant(organisation_id=holder, **_columns(name, key_version, basis, wrapped)))
    return made


def deposits_of(secrets: Mapping[SecretName, bytes], receivers: Shares) -> list[Deposit]:
    """Deposits, not yet saved, that wrap each receiver's share of `secrets` to the release key."""
    made = []
    for receiver, name, basis in shares_of(secrets, receivers):
        key_version, wrapper = keys.release_key()
        wrapped = wrapper.encrypt(secrets[name], deposit_context(name, receiver, key_version, basis))
        made.append(Deposit(receiver_id=receiver, **_columns(name, key_version, basis, wrapped)))
    return made


def shares_of(names: Iterable[SecretName], shares: Shares) -> list[tuple[int, SecretName, Basis]]:
    """Who gets which secret on what basis, in one flat list."""
    listed = list(names)
    flat = []
    for party, share in shares.items():
        for name in listed:
            basis = share if isinstance(share, Basis) else share.get(name.disclosure_class)
            if basis is not None:
                flat.append((party, name, basis))
    return flat


def _columns(name: SecretName, key_version: int, basis: Basis, wrapped: bytes) -> dict[str, Any]:
    return {
        "subject_kind": name.subject.kind,
        "subject_id": name.subject.id,
        "root_id": name.subject.root,
        "disclosure_class": name.disclosure_class,
        "version": name.version,
        "author_organisation_id": name.author,
        "key_version": key_version,
        "basis_kind": basis.kind,
        "basis_id": basis.id,
        "expires_at": basis.expires_at,
        "wrapped_secret": wrapped,
        "created_at": now(),
    }


def drop_salt(root: UUID) -> None:
    """The salt of a case or referral whose rows are being rolled back; an orphan the agent would sweep anyway."""
    if link.inside():
        salts.destroy(root)
    else:
        dropped(root)


@link.through("drop")
def dropped(root: UUID) -> None:
    """Destroy a salt that nothing committed needs; any other stays."""
    if not Grant.objects.filter(root_id=root).exists():
        salts.destroy(root)


def close(subject: Subject, *, holder: int, classes: Collection[str] | None = None) -> int:
    """Take from `holder` what it may open of `subject`, and what waits for it; how many were taken. Never refuses.

    Holder and author may both do it, whoever acts.
    """
    grants = Grant.objects.filter(subject_id=subject.id, subject_kind=subject.kind, organisation_id=holder)
    deposits = Deposit.objects.filter(subject_id=subject.id, subject_kind=subject.kind, receiver_id=holder)
    if classes is not None:
        grants = grants.filter(disclosure_class__in=[str(cls) for cls in classes])
        deposits = deposits.filter(disclosure_class__in=[str(cls) for cls in classes])
    return _delete(deposits) + _delete(grants)  # in this order: see `close_basis`


def close_package(referral_id: UUID, classes: Collection[str]) -> int:
    """Take these classes of a referral's package from everybody, the author too: they were erased. How many."""
    of_package = {
        "root_id": referral_id, "subject_kind": SubjectKind.REFERRAL, "disclosure_class__in": sorted(classes),
    }  # fmt: skip
    return _delete(Grant.objects.filter(**of_package)) + _delete(Deposit.objects.filter(**of_package))


def close_basis(kind: str, basis_id: UUID) -> int:
    """Withdraw a basis: delete every grant and deposit that rests on it; how many. Never refuses.

    Deposits go first: if the agent is turning one into a grant, this waits for it to be done and then takes the grant.
    """
    rests_on = {"basis_kind": str(kind), "basis_id": basis_id}
    return _delete(Deposit.objects.filter(**rests_on)) + _delete(Grant.objects.filter(**rests_on))


def _delete(rows: Any) -> int:
    """One DELETE, none where there can be no such row: nothing points at these rows."""
    return int(rows._raw_delete(rows.db) or 0)
