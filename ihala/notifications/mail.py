"""The one e-mail this product sends. It is the same for everybody, always: nothing of the notification goes in.

A mail server, a lock screen or somebody looking over a shoulder learns that a person works with something that has a
sign-in page, and nothing else: no reference, name, organisation, category, service or place.
"""

import logging
from smtplib import SMTPRecipientsRefused

from django.conf import settings
from django.core.mail import EmailMessage, get_connection

logger = logging.getLogger("ihala.notifications")

PERMANENT = 500
"""SMTP reply codes from here on are final (RFC 5321, 4.2.1)."""
SUBJECT = "رسالة جديدة – New message"
BODY = """\
شيء جديد بانتظار الاطلاع. الدخول من هنا:
Something new is waiting. Sign in here:

\u2066{link}\u2069

هذه رسالة آلية، والرد عليها لا يصل إلى أحد.
This message is automatic; nobody reads answers to it.
"""


def link() -> str:
    """The site's root and nothing behind it."""
    return (settings.ORIGIN or "http://localhost:8000").rstrip("/") + "/"


def send(addresses: list[str]) -> int:
    """One message per address over one connection; how many were handed over. SMTP errors are raised.

    An address the mail server refuses for good is left out, so that nobody else is written to again because of it.
    """
    connection, sent = get_connection(), 0
    connection.open()
    try:
        for address in addresses:
            message = EmailMessage(
                SUBJECT,
                BODY.format(link=link()),
                settings.DEFAULT_FROM_EMAIL,
                [address],
                connection=connection,
            )
            try:
                sent += connection.send_messages([message]) or 0
            except SMTPRecipientsRefused as refused:
                if any(code < PERMANENT for code, _why in refused.recipients.values()):
                    raise
                logger.warning("the mail server refused an address")
    finally:
        connection.close()
    return sent
