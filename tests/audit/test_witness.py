"""The organisations' witnesses sign what leads on from what they signed before, and nothing else."""

import threading
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest

from ihala.audit import signing
from ihala.audit import witness as watching
from ihala.audit.models import Event
from ihala.audit.signing import Signer
from ihala.audit.verify import OPERATOR
from ihala.core.acting import acting
from tests.vault.cast import AMAN, DFWAC, ME

from .logbook import (
    Here,
    b64,
    checked,
    exported,
    more,
    number,
    operators_note,
    refusal,
    some_events,
    witnesses,
    write,
)

pytestmark = pytest.mark.usefixtures("log_folder")


def test_a_witness_that_starts_again_is_the_same(log, tmp_path):
    assert Here(tmp_path, ME).witness.key == log[0].witness.key


def test_a_witness_signs_once_and_then_only_what_is_new(log):
    assert [one.witness.once() for one in log] == [False, False]
    more(log)


def test_a_witness_with_nothing_to_see_signs_nothing(db, tmp_path):
    signing.register_operator()
    (one, _other) = witnesses(tmp_path)
    assert one.witness.once() is False


def test_a_witness_whose_signature_was_lost_signs_again(log):
    more(log)
    write(AMAN)
    number()
    signing.sign()
    one = log[0]
    asked = one.witness.ask
    one.witness.ask = lambda method, *rest: asked(method, *rest) if method == "GET" else _unreachable()
    with pytest.raises(OSError):
        one.witness.once()
    one.witness.ask = asked
    assert one.witness.once() is True


def _unreachable():
    raise OSError("away")


def shows(one: Here, answers: dict[str, bytes]):
    """The server answers this witness with what the attacker prepared."""
    asked = one.witness.ask

    def ask(method, path, body, headers):
        what = path.rsplit("/", 1)[1]
        return answers[what] if what in answers else asked(method, path, body, headers)

    one.witness.ask = ask


def test_a_witness_refuses_a_log_that_was_rolled_back_and_stays_alarmed(log, tmp_path):
    one = log[0]
    shows(one, {"checkpoint": operators_note(3, bytes(32)).encode()})
    assert refusal(one) == "rolled_back"
    assert one.sent[-1] == ("/audit/witness/witness.aman/refusal", b"rolled_back")
    with acting(AMAN):
        assert Event.objects.get(name="log.refused").refusal == "rolled_back"
    shows(one, {})
    assert refusal(one) == "rolled_back"
    (tmp_path / "witness.aman" / "ALARM").unlink()


def test_a_witness_refuses_a_fork(log):
    one = log[0]
    shows(one, {"checkpoint": operators_note(40, bytes(32)).encode(), "40": b""})
    assert refusal(one) == "forked"


def test_a_witness_refuses_another_root_for_what_it_signed(log):
    one = log[0]
    size = signing.last_signed().size
    shows(one, {"checkpoint": operators_note(size, bytes(32)).encode()})
    assert refusal(one) == "forked"


def test_a_witness_refuses_another_operators_key(log):
    one = log[0]
    note = signing.last_signed()
    stranger = Signer.of(note.origin, OPERATOR, b"z" * 32)
    shown = f"{note.text}\n{stranger.line(stranger.private.sign(note.text.encode()))}"
    shows(one, {"checkpoint": shown.encode()})
    assert refusal(one) == "key_swapped"


@pytest.mark.parametrize("spoil", [lambda note: b"nonsense", lambda note: note.replace(b"\n1", b"\n2", 1)])
def test_a_witness_refuses_what_is_not_genuine_even_when_nobody_hears_it(log, spoil):
    one = log[0]
    checkpoint = one.ask("GET", *_asked(one, "checkpoint"))
    one.witness.ask = lambda method, path, *rest: spoil(checkpoint) if method == "GET" else _unreachable()
    assert refusal(one) == "forged"
    assert (one.witness.folder / "ALARM").read_text().startswith("forged")


def _asked(one, what, at=None, method="GET"):
    import time

    from ihala.audit.witness import request_text

    path, at = f"/audit/witness/{one.witness.key.name}/{what}", at or int(time.time())
    signature = b64(one.witness.private.sign(request_text(method, path, at)))
    return path, b"", {"Ihala-Witness": f"{at} {signature}"}


def test_nobody_but_the_witness_is_answered(log, client):
    one, other = log
    path, _body, headers = _asked(one, "checkpoint")
    assert client.get(path, headers=headers).status_code == 200
    for wrong in (
        {},
        {"Ihala-Witness": "x"},
        {"Ihala-Witness": headers["Ihala-Witness"][:-8] + "AAAAAAA="},
        {"Ihala-Witness": headers["Ihala-Witness"] + "!"},
        _asked(other, "checkpoint")[2],
        _asked(one, "operator")[2],
        _asked(one, "checkpoint", at=1)[2],
    ):
        assert client.get(path, headers=wrong).status_code == 404
    assert client.get(path.replace("aman", "nobody"), headers=headers).status_code == 404


@pytest.mark.parametrize(
    "what", ["consistency/0/1", "consistency/5/4", "consistency/1/999", "x", "consistency/a/b"]
)
def test_what_cannot_be_answered_is_said(log, client, what):
    path, _body, headers = _asked(log[0], what)
    assert client.get(path, headers=headers).status_code == 422


@pytest.mark.parametrize("body", [b"", b"1\nx\n", b"99\nx\n", "— x AAAA".encode(), b"\xff"])
def test_a_cosignature_that_is_none_is_refused(log, client, body):
    path, _body, headers = _asked(log[0], "cosign", method="POST")
    assert client.post(path, body, content_type="text/plain", headers=headers).status_code == 422
    path, _body, headers = _asked(log[0], "refusal", method="POST")
    assert client.post(path, body, content_type="text/plain", headers=headers).status_code == 422


def test_nobody_signs_for_another(log):
    line = signing.notes([signing.standing([ME]).checkpoint])[0].splitlines(keepends=True)[-1]
    size = signing.standing([ME]).checkpoint.size
    with acting(AMAN), pytest.raises(ValueError, match="not a signature"):
        signing.cosign(AMAN, size, line)
    forged = log[0].witness.key
    with acting(AMAN), pytest.raises(ValueError, match="not a signature"):
        signing.cosign(AMAN, size, f"— {forged.name} {b64(forged.id + bytes(72))}\n")
    with acting(DFWAC), pytest.raises(ValueError, match="not a key"):
        signing.register_witness(DFWAC, forged)
    with acting(DFWAC), pytest.raises(ValueError, match="not a key"):
        signing.register_witness(DFWAC, signing.operator().key)


def test_a_witness_with_a_new_key_is_registered_on_record(log, tmp_path):
    new = Here(tmp_path / "new", ME)
    with acting(AMAN):
        signing.register_witness(AMAN, new.witness.key)
        signing.register_witness(AMAN, new.witness.key)
        assert Event.objects.filter(name="log.key_registered", organisation_id=ME).count() == 2
    some_events()
    number()
    signing.sign()
    assert [one.witness.once() for one in (new, log[1])] == [True, True]
    found = checked(exported(), tmp_path, trusted=[new.witness.key])
    assert found.findings == [] and found.complete.size == found.tree.size


def test_it_goes_on_watching_whatever_happens_and_says_an_alarm_once_a_minute(tmp_path, monkeypatch):
    """The loop of the process, with a server that is away, then shows nonsense."""
    monkeypatch.setattr(watching, "EVERY", 0)
    answers, said = iter([_unreachable, lambda: b"", lambda: b"nonsense", lambda: b"nonsense"]), []
    turns = iter([False, False, False, False, True])
    one = watching.Witness(tmp_path / "w", "witness.x", lambda method, *rest: next(answers)())
    watching.watch(one, said.append, lambda: next(turns))
    assert len(said) == 1 and "forged" in said[0] and "الشاهد يرفض" in said[0]


def test_it_asks_over_http_and_stops_when_told(tmp_path, monkeypatch, capsys):
    """The command, against a server that answers once and then asks to stop."""
    asked = []

    class Answering(BaseHTTPRequestHandler):
        def do_GET(self):
            asked.append((self.path, self.headers["Ihala-Witness"]))
            self.send_response(200)
            self.end_headers()

        def log_message(self, *words):
            """Nothing."""

    def stop(seconds):
        raise KeyboardInterrupt

    monkeypatch.setattr(watching.time, "sleep", stop)
    server = HTTPServer(("127.0.0.1", 0), Answering)
    thread = threading.Thread(target=server.handle_request)
    thread.start()
    address = f"http://127.0.0.1:{server.server_port}/"
    options = ["--server", address, "--name", "witness.x", "--folder", str(tmp_path / "w")]
    assert watching.main(options) == 0
    thread.join()
    server.server_close()
    assert asked[0][0] == "/audit/witness/witness.x/checkpoint" and asked[0][1]
    assert "witness.x+" in capsys.readouterr().err
