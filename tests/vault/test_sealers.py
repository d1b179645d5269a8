"""What seals the key files: a key beside them, a key under a passphrase, a secrets server's transit engine."""

import json
import threading
from base64 import b64decode, b64encode
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from ihala.vault import sealers, wrapping
from ihala.vault.custody import RELEASE, CustodyAway, KeyFiles, KeyName, KeyNotHeld

NAME = KeyName(7)


def files(folder, **how):
    return KeyFiles(folder, sealers.chosen(folder, how))


def test_a_passphrase_seals_what_lay_open_and_nothing_else_opens_it(tmp_path):
    folder, phrase = tmp_path / "keys", tmp_path / "phrase"
    phrase.write_text("four words on paper\n")
    public = files(folder).create(NAME)
    assert (folder / "master.key").exists()
    assert files(folder, passphrase_file=str(phrase)).create(NAME) == public
    assert not (folder / "master.key").exists()
    assert files(folder, passphrase_file=str(phrase)).create(NAME) == public
    with pytest.raises(KeyNotHeld, match="none is given"):
        files(folder).create(NAME)
    phrase.write_text("another")
    with pytest.raises(KeyNotHeld, match="not the one"):
        files(folder, passphrase_file=str(phrase)).create(NAME)
    phrase.write_text("\n")
    with pytest.raises(KeyNotHeld, match="empty"):
        files(folder, passphrase_file=str(phrase))


def test_a_new_home_with_a_passphrase_never_has_an_open_key(tmp_path):
    folder, phrase = tmp_path / "keys", tmp_path / "phrase"
    phrase.write_text("four words on paper")
    files(folder, passphrase_file=str(phrase)).create(NAME)
    assert sorted(path.name for path in folder.iterdir()) == ["master.sealed", "organisation-7-1.sealed"]


def test_systemd_hands_the_passphrase_over_as_a_credential(tmp_path):
    (tmp_path / "credentials").mkdir()
    here = str(tmp_path / "credentials")
    without = files(tmp_path / "a", credentials=here)
    without.create(NAME)
    assert (tmp_path / "a" / "master.key").exists()
    (tmp_path / "credentials" / sealers.CREDENTIAL).write_text("phrase")
    files(tmp_path / "b", credentials=here).create(NAME)
    assert (tmp_path / "b" / "master.sealed").exists()


class StandIn(BaseHTTPRequestHandler):
    """Speaks what the documentation of the transit engine says of keys, encrypt and decrypt, and nothing else."""

    keys: dict[str, bytes] = {}
    asked: list[str] = []
    status = 0

    def do_POST(self):
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        self.asked.append(self.path)
        if self.status or self.headers["X-Vault-Token"] != "s.token":
            return self._say(self.status or 403, {"errors": ["permission denied"]})
        _v1, mount, verb, name = self.path.strip("/").split("/")
        assert (_v1, mount) == ("v1", "transit")
        if verb == "keys":
            self.keys.setdefault(name, AESGCM.generate_key(256))
            return self._say(204, None)
        return self._crypt(verb, AESGCM(self.keys[name]), body)

    def _crypt(self, verb, key, body):
        bound = b64decode(body["associated_data"])
        if verb == "encrypt":
            box = b"\0" * 12 + key.encrypt(b"\0" * 12, b64decode(body["plaintext"]), bound)
            return self._say(
                200, {"data": {"ciphertext": f"vault:v1:{b64encode(box).decode()}", "key_version": 1}}
            )
        box = b64decode(body["ciphertext"].split(":")[2])
        try:
            plain = key.decrypt(box[:12], box[12:], bound)
        except InvalidTag:
            return self._say(400, {"errors": ["cipher: message authentication failed"]})
        return self._say(200, {"data": {"plaintext": b64encode(plain).decode()}})

    def _say(self, status, body):
        data = b"" if body is None else json.dumps(body).encode()
        self.send_response(status)
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def log_message(self, *_arguments):
        """Quiet."""


@pytest.fixture
def server(tmp_path):
    StandIn.keys, StandIn.asked, StandIn.status = {}, [], 0
    made = HTTPServer(("127.0.0.1", 0), StandIn)
    threading.Thread(target=made.serve_forever, daemon=True).start()
    (tmp_path / "token").write_text("s.token\n")
    made.how = {"url": f"http://127.0.0.1:{made.server_port}", "token_file": str(tmp_path / "token")}
    yield made
    made.shutdown()
    made.server_close()


def test_transit_seals_each_organisations_keys_under_a_key_of_its_own(server, tmp_path):
    held = files(tmp_path / "keys", **server.how)
    public = held.create(NAME)
    held.create(KeyName(RELEASE))
    assert set(StandIn.keys) == {"org-7", "ihala-release"}
    sealed = (tmp_path / "keys" / "organisation-7-1.sealed").read_bytes()
    assert sealed.startswith(b"vault:v1:")
    again = files(tmp_path / "keys", **server.how)
    assert again.create(NAME) == public
    wrapped = wrapping.wrapper(public).encrypt(b"secret", b"for")
    assert wrapping.unwrap(again.unwrapper(NAME), wrapped, b"for") == b"secret"
    (tmp_path / "keys" / "organisation-7-1.sealed").rename(tmp_path / "keys" / "organisation-7-2.sealed")
    with pytest.raises(KeyNotHeld):
        again.private(KeyName(7, 2))


def test_a_secrets_server_that_is_sealed_denies_or_is_away_is_said_so(server, tmp_path):
    files(tmp_path / "keys", **server.how).create(NAME)
    held = files(tmp_path / "keys", **server.how)
    StandIn.status = 503
    with pytest.raises(CustodyAway, match="503"):
        held.private(NAME)
    StandIn.status = 0
    (tmp_path / "token").write_text("stolen")
    with pytest.raises(CustodyAway, match="403"):
        held.private(NAME)
    away = files(tmp_path / "keys", **(server.how | {"url": "http://127.0.0.1:1"}))
    with pytest.raises(CustodyAway, match="does not answer"):
        away.private(NAME)


def test_a_token_never_travels_in_clear_to_another_machine(tmp_path):
    with pytest.raises(KeyNotHeld, match="https"):
        sealers.Transit("http://bao.example:8200", tmp_path / "token", "transit", None)
    made = sealers.chosen(tmp_path, {"url": "https://bao.example:8200/", "token_file": "t", "mount": "own"})
    assert made.base == "https://bao.example:8200/v1/own"
    assert made.context is not None
