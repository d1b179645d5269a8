"""What the organisations' witnesses ask of the server, and what they bring (see `ihala.audit.witness`).

Nobody signs in here: a request carries a signature of the witness whose name stands in the address. What is answered
are hashes and signatures, never an event.
"""

import base64
from binascii import Error as NotBase64

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from django.http import HttpRequest, HttpResponse
from django.views.decorators.csrf import csrf_exempt

from ihala.accounts.rules import public_view
from ihala.audit import actions as audit
from ihala.audit import hashes, signing
from ihala.audit.enums import EventName
from ihala.audit.models import Checkpoint
from ihala.audit.verify import ATTACKS, Key
from ihala.audit.witness import request_text
from ihala.core.acting import acting
from ihala.core.clock import now
from ihala.organisations.models import Actor

MINUTES = 300
"""How far, in seconds, the clock of a witness may be from ours."""
HEADER = "Ihala-Witness"


@public_view
@csrf_exempt
def witness(request: HttpRequest, name: str, what: str) -> HttpResponse:
    """One question of a witness; 404 for whoever is none, 422 for what cannot be answered."""
    found = signing.witness_named(name)
    if found is None or not _is(found[1], request):
        return HttpResponse(status=404)
    actor = Actor.system_of(found[0])
    with acting(actor):
        try:
            answer = _answered(actor, request, what)
        except (ValueError, KeyError):
            return HttpResponse(status=422)
    return HttpResponse(answer, content_type="text/plain; charset=utf-8")


def _is(key: Key, request: HttpRequest) -> bool:
    at, _space, signature = request.headers.get(HEADER, "").partition(" ")
    if not at.isascii() or not at.isdigit() or abs(now().timestamp() - int(at)) > MINUTES:
        return False
    signed = request_text(str(request.method), request.path, int(at))
    try:
        Ed25519PublicKey.from_public_bytes(key.public).verify(
            base64.b64decode(signature, validate=True), signed
        )
    except (InvalidSignature, NotBase64):
        return False
    return True


def _answered(actor: Actor, request: HttpRequest, what: str) -> str:
    match request.method, what.split("/"):
        case "GET", ["checkpoint"]:
            newest = Checkpoint.objects.order_by("-size").first()
            return signing.notes([newest])[0] if newest else ""
        case "GET", ["operator"]:
            return str(signing.in_force()[signing.INSTALLATION])
        case "GET", ["consistency", old, new]:
            return _consistency(int(old), int(new))
        case "POST", ["cosign"]:
            size, _line, line = request.body.decode().partition("\n")
            signing.cosign(actor, int(size), line)
            return ""
        case "POST", ["refusal"] if request.body.decode() in ATTACKS:
            audit.record(actor, EventName.LOG_REFUSED, refusal=request.body.decode())
            return ""
    raise ValueError(what)


def _consistency(old: int, new: int) -> str:
    if not 0 < old <= new <= hashes.size():
        raise ValueError(new)
    return "".join(base64.b64encode(one).decode() + "\n" for one in hashes.consistency(old, new))
