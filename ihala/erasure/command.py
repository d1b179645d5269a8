"""`ihala erase`: the same erasure from a terminal, for the night when no browser is at hand.

Three calls: without `--yes` it only shows; with it the request stands; `--confirm` is the second
person's. Nothing names anybody: a person is said by role and number, as the preview lists them.
"""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from ihala.cases.models import Case, Person
from ihala.core.acting import acting
from ihala.core.clock import today
from ihala.core.refusal import Refused
from ihala.organisations.models import Actor
from ihala.organisations.rules import staff_member

from . import actions, rules
from .enums import AskedBy, Ground, Outcome, Unit
from .forms import find_case
from .models import Erasure

Say = Callable[[str], None]
DONE, REFUSED = 0, 1


def run(options: Any, say: Say) -> int:
    """The exit status: 0 done (or shown), 1 refused, with the reason said."""
    actor = staff_member(options.user)
    if actor is None:
        say(f"There is no active staff member {options.user}.")
        return REFUSED
    try:
        with acting(actor):
            if options.confirm:
                return _confirm(options, actor, say)
            return _request(options, actor, say)
    except Refused as refused:
        say(f"{refused.refusal.code}: {refused.refusal.message}")
        return REFUSED


def _request(options: Any, actor: Actor, say: Say) -> int:
    case = find_case(options.case or "")
    wanted = _wanted(options, case)
    if refusal := rules.why_not_request(case, wanted["unit"], wanted["person"], actor):
        raise Refused(refusal)
    _show(_unsaved(case, actor, wanted), say)
    if not options.yes:
        say("Nothing was stored. With --yes the request stands, and another person confirms it.")
        return DONE
    made = actions.request(case, by=actor, **wanted)
    say(f"Requested: {made.pk}. Another person: ihala erase --confirm {made.pk} --as USER --yes")
    return DONE


def _wanted(options: Any, case: Case) -> dict[str, Any]:
    """What the options ask for. ValueError never: argparse knows the codes."""
    person = _person(case, options.person) if options.person else None
    unit = Unit.PERSON if options.person else Unit.CLASS if options.cls else Unit.CASE
    return {
        "unit": unit, "disclosure_class": options.cls or "", "person": person, "ground": Ground(options.reason),
        "asked_by": AskedBy(options.asked_by), "asked_on": today(), "ask_receivers": options.ask_receivers,
    }  # fmt: skip


def _person(case: Case, said: str) -> Person:
    """ "companion:2" is the second companion. Refused `no_such_person`."""
    role, _colon, number = said.partition(":")
    position = int(number) - 1 if number.isdecimal() else 0
    found = Person.objects.filter(case=case, role=role, position=position).first()
    if found is None:
        raise Refused(rules.NO_SUCH_PERSON)
    return found


def _unsaved(case: Case, actor: Actor, wanted: dict[str, Any]) -> Erasure:
    person = wanted["person"]
    return Erasure(
        case=case, organisation_id=actor.organisation_id, unit=wanted["unit"],
        disclosure_class=wanted["disclosure_class"], person_id=person and person.pk,
        person_role=person.role if person else "",
    )  # fmt: skip


def _show(erasure: Erasure, say: Say) -> None:
    say(f"{erasure.case.reference} · {rules.named(erasure)}")
    lines = rules.preview(erasure)
    for outcome in Outcome:
        say(f"{outcome.label}:")
        for line in (one for one in lines if one.outcome == outcome):
            count = f" · {line.count}" if line.count is not None else ""
            say(f"  {line.what}{count}{f'  ({line.why})' if line.why else ''}")


def _confirm(options: Any, actor: Actor, say: Say) -> int:
    erasure = _erasure(options.confirm)
    if refusal := rules.why_not_confirm(erasure, actor):
        raise Refused(refusal)
    _show(erasure, say)
    if not options.yes:
        say("Nothing was erased. With --yes it is erased for good.")
        return DONE
    actions.confirm(erasure, by=actor)
    say(
        "Confirmed. The worker carries it out as soon as this is committed; the page shows when it is done and final."
    )
    return DONE


def _erasure(key: str) -> Erasure:
    try:
        found = Erasure.objects.select_related("case").filter(pk=UUID(key)).first()
    except ValueError:
        found = None
    if found is None:
        raise Refused(rules.NOT_VISIBLE)
    return found
