"""The key agent: the only part that unwraps. It runs in a process of its own (`config.keyagent`), see `link`.

Only `ihala.audit` may import this module (an import contract), because whoever opens content must have recorded it
first: `open_keys` calls `record` with what it is about to answer, and answers only if that returned. Its methods take
ids and read the rows themselves; they never believe what a caller says about consent or acceptance.
"""

import logging
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from contextvars import ContextVar
from dataclasses import dataclass, field
from itertools import chain
from typing import Any, TypeVar
from uuid import UUID

from django.db import connection
from django.db.models import BigIntegerField, BooleanField, CharField, Q, QuerySet, UUIDField
from django.db.models.expressions import RawSQL

from ihala.core.clock import now
from ihala.core.kept import Among, kept
from ihala.core.refusal import Refused

from . import salts
from .actions import Shares, deposits_of, grants_of
from .custody import RELEASE, Custody, KeyName, custody
from .enums import SubjectKind
from .likeness import Traits, likeness, traits_of
from .models import Deposit, Grant, Wrapped
from .refusals import NO_LIVE_BASIS, NOT_ACCEPTED, NOT_CONFIRMED
from .sealing import Basis, NotOpened, Place, SecretName, Subject, class_key, person_key, unseal
from .wrapping import deposit_context, grant_context, unwrap

Row = TypeVar("Row", Grant, Deposit)
SealedValues = Sequence[tuple[Place, bytes | memoryview]]

logger = logging.getLogger("ihala.vault")

UNCOMMITTED: ContextVar[Collection[Grant]] = ContextVar("ihala_uncommitted", default=())
"""Grants the agent itself made a moment ago for whoever asks now, whose rows that one has not committed yet.

The agent reads committed rows only, and what is written in one request is often read or added to in the same request.
Nothing is given away by this: they are secrets of content that the same connection has just handed in.
"""


@dataclass(frozen=True)
class Wanted:
    """The secrets that `holder` asks for; `uncommitted` are grants the agent made for the same connection just now."""

    holder: int
    names: Sequence[SecretName]
    uncommitted: Collection[Grant] = ()


class Agent:
    """Holds custody and answers for it."""

    def __init__(self, custody: Custody) -> None:
        self.custody = custody

    def find(self, wanted: Sequence[Wanted]) -> list["Found"]:
        """What each may be given: the secrets with a live grant whose salt still exists. One query for all of them.

        Nothing is unwrapped yet, so that it can be recorded first.
        """
        grants = _grants(wanted)
        live = [_live(one, grants) for one in wanted]
        lying = _salts({name.subject.root for held in live for name in held})
        return [
            Found(self, held, _salted(one.names, held, lying)) for one, held in zip(wanted, live, strict=True)
        ]

    def open_keys(
        self, holder: int, wanted: Iterable[SecretName], record: Callable[[list[SecretName]], None]
    ) -> dict[SecretName, bytes]:
        """The class keys of those secrets for which `holder` has a live grant and whose salt still exists. One query.

        `record` is told their names before anything is unwrapped and may refuse by raising.
        """
        (found,) = self.find([Wanted(holder, list(wanted), UNCOMMITTED.get())])
        record(found.names)
        return found.keys()

    def key(self, name: SecretName, own: list[bytes], held: Mapping[SecretName, Grant],
            classes: dict[SecretName, bytes]) -> bytes:  # fmt: skip
        """The key of a class, or of what it says about one person; each class is unwrapped once."""
        whole = name.about(None)
        if whole not in classes:
            classes[whole] = class_key(self._secret(held[whole]), own[0])
        return person_key(classes[whole], own[1]) if len(own) > 1 else classes[whole]

    def make_salts(self, names: Iterable[SecretName]) -> None:
        """Make the salts that these keys take and that are missing, before anything is sealed under them."""
        parts: dict[UUID, list[str]] = {}
        for name in names:
            parts.setdefault(name.subject.root, []).extend(name.parts)
        for root, needed in parts.items():
            salts.ensure(root, needed)

    def opened(
        self, name: SecretName, place: Place, sealed: bytes | memoryview | None, keys: Mapping[SecretName, bytes]
    ) -> Any:  # fmt: skip
        """One value. What a restored backup still holds of an erased part that has a new salt since is None."""
        key = keys.get(name.about(place.person))
        if key is None or sealed is None:
            return None
        try:
            return unseal(key, sealed, place, name)
        except NotOpened:
            if self.erased([name.about(place.person)]):
                return None
            raise

    def erased(self, names: Iterable[SecretName]) -> set[SecretName]:
        """Those of which a salt was erased, whether or not the part has another one since."""
        found = set()
        for name in names:
            lying = salts.read(name.subject.root)
            if salts.is_erased(name.subject.root) or (lying and lying.erased.intersection(name.parts)):
                found.add(name)
        return found

    def erased_roots(self) -> set[UUID]:
        """Every case erased whole, as the salts remember it; a restored database may not."""
        return salts.erased_roots()

    def fingerprints(self, root: UUID, parts: Collection[str]) -> dict[str, str]:
        """What the intent to erase parts of a root names; `salts.OnlyWhole` if it can only be erased whole."""
        return salts.fingerprints(root, parts)

    def is_lying(self, root: UUID, prints: Mapping[str, str] | None) -> bool:
        """Does a salt of a root, or one with these fingerprints, lie there?"""
        if prints is None:
            return salts.read(root) is not None
        return bool(set(prints.items()) & set(salts.fingerprints(root, list(prints)).items()))

    def erase(self, root: UUID, prints: Mapping[str, str] | None) -> None:
        """Destroy the salts of a root, or of parts of it, once the erasure of just these is committed and confirmed.

        `Refused` otherwise. It may be repeated, and must be until it is on record as done.
        """
        with connection.cursor() as cursor:
            asked: list[Any] = [
                root,
                *((None, None) if prints is None else (list(prints), list(prints.values()))),
            ]
            cursor.execute("SELECT ihala_may_erase(%s, %s, %s)", asked)
            if not cursor.fetchone()[0]:
                raise Refused(NOT_CONFIRMED)
        salts.erase(root, prints)

    def regrant(
        self, author: int, subject: Subject, version: int, holders: Shares, deposits: Shares
    ) -> tuple[list[Grant], list[Deposit]]:
        """Wrap secrets that `author` wrote to further holders, and to the release key for those yet to accept.

        The rows are made and not written: that is the asking transaction's (`actions.replace`). One query. `Refused`
        if the author has no grant of a class it wants to share.
        """
        rows = _of(Grant, subject).filter(
            version=version, author_organisation_id=author, organisation_id=author
        )
        asked = chain(_uncommitted(author, subject, version), rows)
        mine = {row.disclosure_class: row for row in asked if _is_live(row)}
        if not (_classes(holders) | _classes(deposits)) <= mine.keys():
            raise Refused(NO_LIVE_BASIS)
        shared = _classes(holders, mine) | _classes(deposits, mine)
        secrets = {mine[cls].name: self._secret(mine[cls]) for cls in sorted(shared)}
        return grants_of(secrets, holders), deposits_of(secrets, deposits)

    def release(self, party: int, subject: Subject, classes: Collection[str] | None) -> list[Grant]:
        """Turn deposits into grants of their receiver, once the referral's own row allows it.

        `party` is the receiver, or the author whose second signature was what was missing. Three statements; none but
        the first, and an empty list, if nothing waits. `Refused` before acceptance. A deposit whose basis has expired
        stays closed, and one that somebody was faster to take away is not there any more.
        """
        may = RawSQL("ihala_may_release(subject_id, receiver_id)", [], output_field=BooleanField())
        of_party = Q(receiver_id=party) | Q(author_organisation_id=party)
        waiting = _of(Deposit, subject).filter(of_party).annotate(may_release=may)
        if classes is not None:
            waiting = waiting.filter(disclosure_class__in=[str(cls) for cls in classes])
        found = [deposit for deposit in waiting if _is_live(deposit)]
        if not all(deposit.may_release for deposit in found):
            raise Refused(NOT_ACCEPTED)
        taken = _taken(found)
        grants = [grant for deposit in taken for grant in self._granted(deposit)]
        Grant.objects.bulk_create(grants)
        return grants

    def compare(
        self, receiver: int, deposited: Mapping[SecretName, SealedValues], own: Mapping[SecretName, SealedValues],
        known: Iterable[Traits], record: Callable[[list[SecretName]], None],
    ) -> bool:  # fmt: skip
        """Is somebody in what was deposited for `receiver` like somebody in its own content, or like one `known`?

        Nothing but yes or no leaves this function. What was deposited must be for comparing (`KEEP_APART`): it waits
        under the release key, becomes nobody's grant, and opens here alone. Each sealed value of `deposited` is a list
        of people, each of `own` one person. `record` is told what will be read before anything is unwrapped; `Refused`
        where nothing was deposited on a live basis.
        """
        waiting = {row.name: row for row in _deposits(receiver, deposited) if _is_live(row)}
        salt_of = _salts({name.subject.root for name in waiting})
        salted = {name: found for name in waiting if (found := _of_name(name, salt_of))}
        if not deposited.keys() <= salted.keys():
            raise Refused(NO_LIVE_BASIS)
        theirs = [*known, *self._own_people(receiver, own, record)]
        people: list[Traits] = []
        for name, values in deposited.items():
            key = class_key(self._deposited(waiting[name]), salted[name][0])
            people += [traits_of(one) for place, sealed in values for one in unseal(key, sealed, place, name)]
        return likeness()(people, theirs)

    def _own_people(
        self, holder: int, own: Mapping[SecretName, SealedValues], record: Callable[[list[SecretName]], None]
    ) -> list[Traits]:
        """What the holder's own content says of people; what was erased says nothing."""
        wanted = {
            (name, place): name.about(place.person) for name, values in own.items() for place, _ in values
        }
        keys = self.open_keys(holder, wanted.values(), record)
        read = (
            self.opened(name, place, sealed, keys) for name, values in own.items() for place, sealed in values
        )
        return [traits_of(person) for person in read if person is not None]

    def _deposited(self, deposit: Deposit) -> bytes:
        context = deposit_context(deposit.name, deposit.receiver_id, deposit.key_version, deposit.basis)
        key = self.custody.unwrapper(KeyName(RELEASE, deposit.key_version))
        return unwrap(key, deposit.wrapped_secret, context)

    def _granted(self, deposit: Deposit) -> list[Grant]:
        return grants_of({deposit.name: self._deposited(deposit)}, {deposit.receiver_id: deposit.basis})

    def _secret(self, grant: Grant) -> bytes:
        context = grant_context(grant.name, grant.organisation_id, grant.key_version, grant.basis)
        key = self.custody.unwrapper(KeyName(grant.organisation_id, grant.key_version))
        return unwrap(key, grant.wrapped_secret, context)


@dataclass(frozen=True)
class Found:
    """What may be given to who asked, once that is on record: by secret, the salts its key takes."""

    agent: Agent
    held: Mapping[SecretName, Grant]
    salted: Mapping[SecretName, list[bytes]] = field(repr=False)

    @property
    def names(self) -> list[SecretName]:
        """What will be read."""
        return list(self.salted)

    def keys(self) -> dict[SecretName, bytes]:
        """The keys. Whoever asks for them has put the names on record."""
        classes: dict[SecretName, bytes] = {}
        return {name: self.agent.key(name, own, self.held, classes) for name, own in self.salted.items()}


def agent() -> Agent:
    """The agent this process asks."""
    return Agent(custody())


def _grants(wanted: Sequence[Wanted]) -> list[Grant]:
    """Every committed grant that may be one of those wanted; all in one query, whatever their number."""
    names = [name for one in wanted for name in one.names]
    return _committed(
        None,
        holders=list({one.holder for one in wanted}),
        subjects=list({name.subject.id for name in names}),
        classes=list({str(name.disclosure_class) for name in names}),
    )


@kept
def _committed(_nobody: None) -> QuerySet[Grant]:
    return Grant.objects.filter(
        Among("organisation_id", "holders", BigIntegerField()),
        Among("subject_id", "subjects", UUIDField()),
        Among("disclosure_class", "classes", CharField()),
    )


def _live(wanted: Wanted, committed: Iterable[Grant]) -> dict[SecretName, Grant]:
    """The live grants of the holder; what is committed comes last and counts."""
    subjects = {name.subject.id for name in wanted.names}
    return {
        grant.name: grant
        for grant in chain(wanted.uncommitted, committed)
        if grant.organisation_id == wanted.holder and grant.subject_id in subjects and _is_live(grant)
    }


def _salted(
    names: Iterable[SecretName], held: Mapping[SecretName, Grant], lying: Mapping[UUID, salts.Salts]
) -> dict[SecretName, list[bytes]]:
    """Of these names, once each, those that are held and whose salts exist."""
    return {
        name: own
        for name in dict.fromkeys(names)
        if (own := _of_name(name, lying)) and name.about(None) in held
    }


def _uncommitted(author: int, subject: Subject, version: int) -> Iterable[Grant]:
    return (
        grant
        for grant in UNCOMMITTED.get()
        if grant.organisation_id == grant.author_organisation_id == author
        and grant.name.subject == subject
        and grant.version == version
    )


def _deposits(receiver: int, names: Iterable[SecretName]) -> Iterable[Deposit]:
    """What waits for the receiver to be compared, under these names; nothing else may be compared."""
    return Deposit.objects.filter(
        receiver_id=receiver,
        subject_kind=SubjectKind.KEEP_APART,
        subject_id__in={name.subject.id for name in names},
    )


def _of(model: type[Row], subject: Subject) -> QuerySet[Row]:
    return model.objects.filter(subject_id=subject.id, subject_kind=subject.kind, root_id=subject.root)


def _taken(deposits: Sequence[Deposit]) -> list[Deposit]:
    """Delete these; those of them that were still there. What is being withdrawn at this moment is waited for."""
    if not deposits:
        return []
    with connection.cursor() as cursor:
        cursor.execute(
            "DELETE FROM vault_deposit WHERE id = ANY(%s) RETURNING id", [[one.pk for one in deposits]]
        )
        still_there = {row[0] for row in cursor.fetchall()}
    return [deposit for deposit in deposits if deposit.pk in still_there]


def _is_live(row: Wrapped) -> bool:
    return row.expires_at is None or row.expires_at > now()


def _classes(shares: Shares, every: Iterable[str] = ()) -> set[str]:
    """The classes shares speak of; `every` are those a share without classes means."""
    found: set[str] = set()
    for share in shares.values():
        found.update(every if isinstance(share, Basis) else (str(cls) for cls in share))
    return found


def _salts(roots: set[UUID]) -> dict[UUID, salts.Salts]:
    """The salts that exist. A missing file was destroyed (erasure), or the folder is not where it should be."""
    found = {}
    for root in roots:
        lying = salts.read(root)
        if lying is None:
            logger.warning("no shred salt for %s: erased, or the folder of salts is missing", root)
        else:
            found[root] = lying
    return found


def _of_name(name: SecretName, salt_of: Mapping[UUID, salts.Salts]) -> list[bytes]:
    """The salts a key takes, the class's first; empty if one is missing. The first version knows the class's alone."""
    lying = salt_of.get(name.subject.root)
    if lying is None:
        return []
    if lying.whole:
        return [lying.whole]
    own = [lying.parts.get(part) for part in name.parts]
    return [salt for salt in own if salt] if all(own) else []
