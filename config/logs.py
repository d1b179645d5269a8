"""Log lines without people's data.

An exception's text may quote a row or a form field, so a log line names the exception's class and the places in the
code it passed, never its message; of a request it names method and status, never address, query string or body.
"""

import logging
import traceback
from types import TracebackType

Raised = tuple[type[BaseException], BaseException, TracebackType | None] | tuple[None, None, None]


class QuietFormatter(logging.Formatter):
    """Moment, level, logger, message, and for errors the error id shown on the page."""

    def format(self, record: logging.LogRecord) -> str:
        """One line, then the frames of the exception if there is one."""
        request = getattr(record, "request", None)
        if request is not None:
            method = getattr(request, "method", "")
            text = f"{method} answered {getattr(record, 'status_code', '')}"
            error_id = getattr(request, "error_id", "")
            if error_id:
                text += f" error={error_id}"
        else:
            text = record.getMessage()
        line = f"{self.formatTime(record)} {record.levelname} {record.name}: {text}"
        if record.exc_info:
            line += "\n" + self.formatException(record.exc_info)
        return line

    def formatException(self, ei: Raised) -> str:
        """Class and frames, from the outermost to the innermost; neither the message nor the source's variables."""
        frames = traceback.extract_tb(ei[2])
        lines = [f"  {frame.filename}:{frame.lineno} in {frame.name}" for frame in frames]
        name = ei[0].__qualname__ if ei[0] else "unknown"
        return "\n".join([*lines, f"  raised {name}"])
