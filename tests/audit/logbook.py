"""A small log with two witnesses, kept as the product keeps it."""

import base64
import json
from pathlib import Path

import pytest

from ihala.audit import actions as audit
from ihala.audit import exporting, signing
from ihala.audit.sequencer import Sequencer
from ihala.audit.verify import Examination, examine
from ihala.audit.witness import Refusing, Witness
from ihala.core.acting import acting
from ihala.organisations.models import Actor
from tests.vault.cast import AMAN, DFWAC, ME, OTHER

NAMES = {ME: "witness.aman", OTHER: "witness.dfwac"}


def write(who=AMAN, name="case.created", times=1, **columns):
    """Events of somebody."""
    with acting(who):
        for _number in range(times):
            audit.record(who, name, **columns)


def some_events():
    """Of both organisations, shared ones among them, and one of nobody's."""
    write(AMAN, times=3)
    write(DFWAC, "case.changed", times=2)
    write(AMAN, "referral.approve", concerns=OTHER, detail={"from": "draft", "to": "sent"})
    write(DFWAC, "sealed.opened", concerns=ME, detail={"classes": ["triage"], "purpose": "work"})
    audit.record_at_door("sign_in.failed", user_id=3, concerns=ME)
    audit.record_at_door("sign_in.failed")


def number():
    """Give every waiting event its leaf; how many."""
    return Sequencer().all()


class Here:
    """A witness of an organisation, asking the product directly instead of over the network."""

    def __init__(self, folder: Path, owner: int) -> None:
        self.owner, self.witness = owner, Witness(folder / NAMES[owner], NAMES[owner], self.ask)
        self.sent: list[tuple[str, bytes]] = []

    def ask(self, method, path, body, headers):
        from django.test import Client

        self.sent.append((path, body))
        answer = Client().generic(method, path, body, headers=headers, content_type="text/plain")
        if answer.status_code != 200:
            raise OSError(answer.status_code)
        return answer.content


def witnesses(folder):
    """Both witnesses, registered by their organisations."""
    made = [Here(folder, owner) for owner in (ME, OTHER)]
    for one, somebody in zip(made, (AMAN, DFWAC), strict=True):
        with acting(somebody):
            signing.register_witness(somebody, one.witness.key)
    return made


def kept(folder):
    """A log with events, numbered, signed and cosigned; the witnesses."""
    signing.register_operator()
    made = witnesses(folder)
    some_events()
    number()
    signing.sign()
    assert [one.witness.once() for one in made] == [True, True]
    return made


def more(made):
    """A day later: further events, signed by all."""
    some_events()
    number()
    assert signing.sign() is not None
    assert [one.witness.once() for one in made] == [True, True]


def exported(owner=ME):
    """The export of an organisation, as its lines."""
    with acting(Actor.system_of(owner)):
        return json.loads(json.dumps(list(exporting.lines(owner))))


def saved(lines, path):
    """Lines as a file."""
    path.write_bytes(b"".join(map(exporting.as_line, lines)))
    return path


def attacks(lines, tmp_path, **how) -> list[str]:
    """What the verifier names."""
    return [one.attack for one in checked(lines, tmp_path, **how).findings]


def checked(lines, tmp_path, trusted=(), seen=()) -> Examination:
    """What the verifier finds in these lines."""
    return examine(saved(lines, tmp_path / "tampered.jsonl"), trusted, seen)


def b64(raw):
    """Bytes as text."""
    return base64.b64encode(raw).decode()


def operators_note(size, root):
    """A checkpoint as only the operator signs it."""
    signer = signing.operator()
    text = f"{signer.key.name}\n{size}\n{b64(root)}\n"
    return f"{text}\n{signer.line(signer.private.sign(text.encode()))}"


def refusal(one: Here) -> str:
    """The attack for which the witness refuses to sign."""
    with pytest.raises(Refusing) as refused:
        one.witness.once()
    return str(refused.value).partition(":")[0]


def leaves_of(lines):
    """The lines of leaves that stand there in full."""
    return [line for line in lines if line["kind"] == "leaf"]


def own(lines, owner=ME):
    """Those that are numbered in the organisation's log."""
    return [line for line in leaves_of(lines) if str(owner) in line["event"]["numbers"]]
