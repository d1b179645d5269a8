"""Where e-mail leaves, read from `IHALA_SMTP_URL` (`smtp://`, `smtps://`, or `smtp+plain://` without TLS)."""

import os
from urllib.parse import unquote, urlsplit


def backend() -> str:
    """Django's e-mail backend: SMTP if a server is named, otherwise none leaves (the product's inbox stays)."""
    if os.environ.get("IHALA_SMTP_URL"):
        return "django.core.mail.backends.smtp.EmailBackend"
    return "django.core.mail.backends.dummy.EmailBackend"


def server() -> tuple[str, int, str, str, bool, bool]:
    """Host, port, user, password, STARTTLS?, TLS from the first byte?"""
    parts = urlsplit(os.environ.get("IHALA_SMTP_URL", ""))
    tls, ssl = parts.scheme == "smtp", parts.scheme == "smtps"
    port = parts.port or (465 if ssl else 587 if tls else 25)
    return (
        parts.hostname or "localhost",
        port,
        unquote(parts.username or ""),
        unquote(parts.password or ""),
        tls,
        ssl,
    )
