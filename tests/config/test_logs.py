"""Log lines and error reports carry nothing that people wrote."""

import logging
import sys

from django.conf import settings
from django.test import RequestFactory

from config.logs import QuietFormatter


def line(**extra):
    """The formatted line of an error whose text, address and query hold a name."""
    try:
        raise ValueError("Key (name)=(Maryam) already exists")
    except ValueError:
        record = logging.LogRecord(
            "django.request",
            logging.ERROR,
            "x.py",
            1,
            "Internal Server Error: %s",
            ("/?q=Maryam",),
            sys.exc_info(),
        )
    for name, value in extra.items():
        setattr(record, name, value)
    return QuietFormatter().format(record)


def test_an_error_of_a_request_names_the_place_and_the_code_and_no_content():
    request = RequestFactory().post("/search/?q=Maryam", {"name": "Maryam"})
    request.error_id = "abc123"
    text = line(request=request, status_code=500)
    assert "Maryam" not in text
    assert "POST answered 500 error=abc123" in text
    assert "raised ValueError" in text
    assert "test_logs.py" in text


def test_a_line_without_an_error_is_one_line():
    record = logging.LogRecord("ihala", logging.INFO, "x.py", 1, "%d jobs", (3,), None)
    assert QuietFormatter().format(record).endswith("INFO ihala: 3 jobs")
    request = RequestFactory().get("/?q=Maryam")
    record.request = request
    assert "Maryam" not in QuietFormatter().format(record)


def test_an_exception_without_a_class_is_still_formatted():
    assert "unknown" in QuietFormatter().formatException((None, None, None))


def test_error_reports_are_never_sent_by_e_mail():
    assert settings.ADMINS == []
