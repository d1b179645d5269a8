"""A person at a browser, as far as the server can tell: one kept connection, cookies, the form's token.

Plain sockets, since the machine is shared with the server that is measured: a request costs the browser some fifty
microseconds, where `http.client` takes several times that.
"""

import socket
from dataclasses import dataclass, field
from urllib.parse import urlencode

LANGUAGE, TOKEN = "ihala_language", "ihala_csrf"
PATIENCE = 30.0


class Broken(Exception):
    """The server closed the connection or said something that is not HTTP."""


@dataclass(frozen=True)
class Answer:
    """What came back."""

    status: int
    headers: dict[str, str]
    body: bytes


@dataclass
class Browser:
    """Asks one server on 127.0.0.1."""

    port: int
    cookies: dict[str, str] = field(default_factory=lambda: {LANGUAGE: "ar"})
    _socket: socket.socket | None = None
    _rest: bytes = b""

    def get(self, path: str, **headers: str) -> Answer:
        """Ask for a page."""
        return self._ask("GET", path, b"", headers)

    def post(self, path: str, **fields: str) -> Answer:
        """Send a form, with the token that its page would have carried."""
        body = urlencode({"csrfmiddlewaretoken": self.cookies.get(TOKEN, ""), **fields}).encode()
        return self._ask("POST", path, body, {"Content-Type": "application/x-www-form-urlencoded"})

    def sign_in(self, username: str, password: str) -> Answer:
        """As somebody with a password; 302 when it went well."""
        if TOKEN not in self.cookies:
            self.get("/sign-in/")
        return self.post("/sign-in/", login=username, password=password)

    def forget(self, *kept: str) -> None:
        """Lose all cookies but those `kept`."""
        self.cookies = {name: value for name, value in self.cookies.items() if name in kept}

    def close(self) -> None:
        """Let go of the connection."""
        if self._socket is not None:
            self._socket.close()
        self._socket, self._rest = None, b""

    def _ask(self, method: str, path: str, body: bytes, headers: dict[str, str]) -> Answer:
        lines = [f"{method} {path} HTTP/1.1", f"Host: localhost:{self.port}"]
        lines.append("Cookie: " + "; ".join(f"{name}={value}" for name, value in self.cookies.items()))
        lines += [f"{name.replace('_', '-')}: {value}" for name, value in headers.items()]
        if method == "POST":
            lines.append(f"Content-Length: {len(body)}")
        try:
            self._connected().sendall("\r\n".join([*lines, "", ""]).encode() + body)
            return self._answer()
        except (OSError, ValueError) as reason:
            self.close()
            raise Broken(f"{method} {path}: {reason}") from reason

    def _connected(self) -> socket.socket:
        if self._socket is None:
            self._socket = socket.create_connection(("127.0.0.1", self.port), timeout=PATIENCE)
            self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        return self._socket

    def _answer(self) -> Answer:
        head = self._until(b"\r\n\r\n").decode("latin-1").split("\r\n")
        status = int(head[0].split(" ", 2)[1])
        headers: dict[str, str] = {}
        for line in head[1:]:
            name, _colon, value = line.partition(":")
            if name.lower() == "set-cookie":
                self._keep(value)
            headers[name.lower()] = value.strip()
        body = b"" if status in (204, 304) else self._body(headers)
        if headers.get("connection") == "close":
            self.close()
        return Answer(status, headers, body)

    def _keep(self, cookie: str) -> None:
        name, _equals, value = cookie.strip().partition(";")[0].partition("=")
        if value in ("", '""'):
            self.cookies.pop(name, None)
        else:
            self.cookies[name] = value

    def _body(self, headers: dict[str, str]) -> bytes:
        if headers.get("transfer-encoding") != "chunked":
            return self._exactly(int(headers.get("content-length", "0")))
        parts = []
        while size := int(self._until(b"\r\n"), 16):
            parts.append(self._exactly(size))
            self._exactly(2)
        self._exactly(2)
        return b"".join(parts)

    def _until(self, mark: bytes) -> bytes:
        while (place := self._rest.find(mark)) < 0:
            self._more()
        found, self._rest = self._rest[:place], self._rest[place + len(mark) :]
        return found

    def _exactly(self, length: int) -> bytes:
        while len(self._rest) < length:
            self._more()
        found, self._rest = self._rest[:length], self._rest[length:]
        return found

    def _more(self) -> None:
        more = self._connected().recv(262_144)
        if not more:
            raise ValueError("the server hung up")
        self._rest += more
