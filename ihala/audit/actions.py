"""The door to sealed content, and the pen of the log.

Whoever wants to read what is sealed comes through `open_sealed`. It runs in the key agent's process: the event is
committed there before the values are answered, so it stays whatever becomes of the transaction that asked. (Inside one
process, as in tests, both are one transaction.)
"""

import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from contextlib import suppress
from datetime import date
from typing import Any
from uuid import UUID

from django.db import transaction

from ihala.core.acting import at_the_door
from ihala.core.clock import now
from ihala.core.refusal import Refused
from ihala.core.writing import insert
from ihala.vault import actions as vault
from ihala.vault import link
from ihala.vault.actions import Shares, Values
from ihala.vault.agent import agent
from ihala.vault.models import Deposit, Grant
from ihala.vault.refusals import NO_LIVE_BASIS
from ihala.vault.sealing import SecretName, Subject, seal

from .beginnings import begin
from .enums import EventName, Purpose
from .models import Event
from .opening import Answer, ByWhom, Opening, Question, found

__all__ = [
    "Answer", "ByWhom", "Opening", "Question", "begin", "erase", "erased_roots", "fingerprints", "is_lying",
    "open_sealed", "open_together", "prepared", "record", "record_at_door", "regrant", "release", "release_on_commit",
    "rewrapped", "seal_all", "seal_more",
]  # fmt: skip

CODE = re.compile(r"[A-Za-z][A-Za-z0-9_.:-]{0,63}")


def record(
    actor: ByWhom,
    name: str,
    *,
    subject_kind: str = "",
    subject_id: UUID | int | None = None,
    case_id: UUID | None = None,
    referral_id: UUID | None = None,
    concerns: int | None = None,
    refusal: str = "",
    detail: Mapping[str, Any] | None = None,
    along: Sequence[Event] = (),
) -> None:
    """Write one event; one INSERT. `concerns` is another organisation that reads it too.

    `detail` holds codes, keys, moments and numbers; ValueError for anything that could be somebody's words.
    A numeric `subject_id` is written as the UUID of that number. `along` are events made by `prepared` that are
    written in the same INSERT, before this one.
    """
    event = prepared(
        actor, name, subject_kind=subject_kind, subject_id=subject_id, case_id=case_id, referral_id=referral_id,
        concerns=concerns, refusal=refusal, detail=detail,
    )  # fmt: skip
    insert([*along, event])


def prepared(
    actor: ByWhom,
    name: str,
    *,
    subject_kind: str = "",
    subject_id: UUID | int | None = None,
    case_id: UUID | None = None,
    referral_id: UUID | None = None,
    concerns: int | None = None,
    refusal: str = "",
    detail: Mapping[str, Any] | None = None,
) -> Event:
    """An event as `record` takes it, not yet written; whoever asks for it hands it to `record`."""
    return _event(
        actor,
        name,
        subject_kind=str(subject_kind),
        subject_id=UUID(int=subject_id) if isinstance(subject_id, int) else subject_id,
        case_id=case_id,
        referral_id=referral_id,
        concerns_organisation_id=concerns,
        refusal=refusal,
        detail=_codes(detail or {}),
    )


def record_at_door(
    name: str, *, user_id: int = 0, concerns: int | None = None, detail: Mapping[str, Any] | None = None
) -> None:
    """Write an event of someone who is not signed in, in a transaction of its own scope.

    `user_id` and `concerns` are the account and its organisation where a known account was tried.
    """
    with at_the_door():
        Event(
            at=now(),
            user_id=user_id,
            name=str(name),
            concerns_organisation_id=concerns,
            detail=_codes(detail or {}),
        ).save(force_insert=True)


@link.through("open")
def open_sealed(
    actor: ByWhom,
    purpose: Purpose | str,
    openings: Sequence[Opening],
    *,
    missing_ok: bool = False,
    case_id: UUID | None = None,
    referral_id: UUID | None = None,
) -> list[list[Any]]:
    """The values of each opening, in order. Two statements, whatever their number: the grants, the events.

    Without a live basis for one of them `Refused` (`no_live_basis`), on record too; with `missing_ok` its values are
    None, and so is whatever was erased. One event per subject names the classes opened; it also stands in the log of
    the organisation that wrote the content. `case_id` and `referral_id` add where the reading took place.
    """
    question = Question(actor, Purpose(purpose), openings, missing_ok, case_id, referral_id)
    (answer,) = open_together([question])
    if isinstance(answer, Refused):
        raise answer
    return answer.values()


def open_together(questions: Sequence[Question]) -> list[Answer | Refused]:
    """`open_sealed` for several who ask at the same moment: one query, and one INSERT that tells of all of them.

    Each is answered or refused by itself. An answer's `values` may be asked for once the INSERT is committed.
    """
    answers, events = [], []
    for one in found(questions):
        refused = one.question.is_refused_without(one.missing)
        names = one.missing if refused else one.names
        events += _openings_on_record(one.question, names, refused)
        answers.append(Refused(NO_LIVE_BASIS) if refused else one)
    insert(events)
    return answers


def _openings_on_record(question: Question, names: Iterable[SecretName], refused: bool) -> list[Event]:
    actor = question.actor
    by_subject: dict[tuple[Subject, int], dict[str, None]] = {}
    for name in names:
        by_subject.setdefault((name.subject, name.author), {})[name.disclosure_class] = None
    return [
        _event(
            actor,
            EventName.SEALED_OPENED,
            **_about(subject, {"case_id": question.case_id, "referral_id": question.referral_id}),
            concerns_organisation_id=None if author == actor.organisation_id else author,
            refusal=NO_LIVE_BASIS.code if refused else "",
            detail={"purpose": str(question.purpose), "classes": list(classes)},
        )
        for (subject, author), classes in by_subject.items()
    ]


def seal_more(actor: ByWhom, name: SecretName, values: Values) -> list[bytes]:
    """Seal further values under a secret the actor's organisation holds. One query; nothing is read, so no event.

    `Refused` (`no_live_basis`) if it holds none.
    """
    return seal_all(actor, {name: values})[name]


@link.through("seal")
def seal_all(actor: ByWhom, contents: Mapping[SecretName, Values]) -> dict[SecretName, list[bytes]]:
    """`seal_more` for several secrets at once. Still one query."""
    wanted = {name.about(place.person) for name, values in contents.items() for place, _value in values}
    wanted |= contents.keys()

    def before_answering(live: list[SecretName]) -> None:
        if len(live) < len(wanted):
            raise Refused(NO_LIVE_BASIS)

    agent().make_salts(wanted)
    keys = agent().open_keys(actor.organisation_id, wanted, before_answering)
    return {
        name: [seal(keys[name.about(place.person)], value, place, name) for place, value in values]
        for name, values in contents.items()
    }


@link.through("erase")
def erase(
    actor: ByWhom,
    root: UUID,
    prints: Mapping[str, str] | None,
    *,
    case_id: UUID | None = None,
    referral_id: UUID | None = None,
) -> None:
    """Destroy the salts of a case or referral, or of parts of it, for good, after it is on record.

    `prints` is what `fingerprints` said when the erasure was asked for; None erases all. `Refused`
    (`erasure_not_confirmed`) unless the erasure is committed and confirmed.
    """
    record(
        actor, EventName.SEALED_ERASED, subject_id=root, case_id=case_id, referral_id=referral_id,
        detail={"parts": sorted(prints) if prints is not None else ["everything"]},
    )  # fmt: skip
    agent().erase(root, prints)


@link.through("erased_roots")
def erased_roots() -> set[UUID]:
    """Every case erased whole, as the salts remember it; a restored database may not."""
    return agent().erased_roots()


@link.through("is_lying")
def is_lying(root: UUID, prints: Mapping[str, str] | None) -> bool:
    """Is a salt still (or again) there that was to be destroyed?"""
    return agent().is_lying(root, prints)


@link.through("fingerprints")
def fingerprints(root: UUID, parts: Collection[str]) -> dict[str, str]:
    """What the intent to erase these parts of a root names: part → hash of its salt, for those that have one."""
    return agent().fingerprints(root, parts)


def regrant(
    actor: ByWhom,
    subject: Subject,
    version: int,
    *,
    holders: Shares | None = None,
    deposits: Shares | None = None,
) -> tuple[list[Grant], list[Deposit]]:
    """Share secrets the actor's organisation wrote: at once with `holders`, after acceptance with `deposits`.

    The grants and deposits made; those that stood before for the same parties are replaced. `Refused`
    (`no_live_basis`) if the organisation cannot open what it wants to share.
    """
    grants, waiting = rewrapped(actor, subject, version, holders or {}, deposits or {})
    vault.replace(subject, version, actor.organisation_id, grants, waiting)
    return grants, waiting


@link.through("regrant")
def rewrapped(
    actor: ByWhom, subject: Subject, version: int, holders: Shares, deposits: Shares
) -> tuple[list[Grant], list[Deposit]]:
    """The rows of `regrant`, on record and not yet written."""
    grants, waiting = agent().regrant(actor.organisation_id, subject, version, holders, deposits)
    _record_shared(actor, EventName.SEALED_GRANTED, subject, grants, waiting)
    return grants, waiting


@link.through("release")
def release(actor: ByWhom, subject: Subject, *, classes: Collection[str] | None = None) -> list[Grant]:
    """After acceptance: what was deposited for the receiver becomes its grants, which are returned.

    The agent asks the referral's own row (`ihala_may_release`), not the caller: `Refused`
    (`release_before_acceptance`) until it says yes. An empty list if nothing waits.
    """
    grants = agent().release(actor.organisation_id, subject, classes)
    _record_shared(actor, EventName.SEALED_RELEASED, subject, grants, [])
    return grants


def release_on_commit(actor: ByWhom, subject: Subject) -> None:
    """The same as soon as the acceptance is committed, since the agent believes only what is.

    If the agent is away then, nothing is lost: it looks for what may be released when it comes back, by itself.
    """
    if link.inside():
        release(actor, subject)
        return

    def committed() -> None:
        with suppress(Refused):
            release(actor, subject)

    transaction.on_commit(committed)


def _record_shared(
    actor: ByWhom, name: EventName, subject: Subject, grants: Sequence[Grant], waiting: Sequence[Deposit]
) -> None:
    """One event for each other organisation that is a party to what was shared."""
    parties: dict[int, dict[str, list[str]]] = {}
    shared = [(grant, grant.organisation_id, "classes") for grant in grants]
    for row, receiver, key in [
        *shared,
        *((deposit, deposit.receiver_id, "deposited") for deposit in waiting),
    ]:
        other = row.author_organisation_id if receiver == actor.organisation_id else receiver
        parties.setdefault(other, {}).setdefault(key, []).append(row.disclosure_class)
    insert(
        [
            _event(
                actor,
                name,
                **_about(subject, {}),
                concerns_organisation_id=other if other != actor.organisation_id else None,
                detail={key: sorted(set(classes)) for key, classes in detail.items()},
            )
            for other, detail in parties.items()
        ]
    )


def _about(subject: Subject, where: Mapping[str, UUID | None]) -> dict[str, Any]:
    return {
        "subject_kind": str(subject.kind),
        "subject_id": subject.id,
        "case_id": where.get("case_id") or (subject.root if subject.kind.of_case else None),
        "referral_id": where.get("referral_id") or (subject.root if subject.kind.of_referral else None),
    }


def _event(actor: ByWhom, name: str, **columns: Any) -> Event:
    return Event(
        at=now(),
        organisation_id=actor.organisation_id,
        user_id=actor.user_id,
        membership_id=actor.membership_id or None,
        name=str(name),
        **columns,
    )


def _codes(detail: Mapping[str, Any]) -> dict[str, Any]:
    return {key: _code(key, value) for key, value in detail.items()}


def _code(key: str, value: Any) -> Any:
    """The value as JSON keeps it, if it is a code, a key, a moment or a number."""
    if value is None or isinstance(value, bool | int | float):
        return value
    if isinstance(value, UUID | date):
        return str(value) if isinstance(value, UUID) else value.isoformat()
    if isinstance(value, list | tuple | set | frozenset):
        return [_code(key, one) for one in value]
    if isinstance(value, str) and (not value or CODE.fullmatch(value) or _is_key(value)):
        return str(value)
    raise ValueError(f"the log takes codes, not words: {key}")


def _is_key(value: str) -> bool:
    try:
        return str(UUID(value)) == value
    except ValueError:
        return False
