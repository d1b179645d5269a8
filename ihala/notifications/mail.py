"""The one e-mail this product sends. It is the same for everybody, always: nothing of the notification goes in.

A mail server, a lock screen or somebody looking over a shoulder learns that a person works with something that has a
sign-in page, and nothing else: no reference, name, organisation, category, service or place.
"""

from django.conf import settings
from django.core.mail import EmailMessage, get_connection

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
    """One message per address over one connection; how many were handed over. SMTP errors are raised."""
    connection = get_connection()
    messages = [
        EmailMessage(
            SUBJECT, BODY.format(link=link()), settings.DEFAULT_FROM_EMAIL, [address], connection=connection
        )
        for address in addresses
    ]
    return connection.send_messages(messages) or 0
