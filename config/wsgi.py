"""What the server runs."""

import gc
import os
import threading

from django.core.wsgi import get_wsgi_application
from django.utils.translation import trans_real

from .parents import close_memory, die_with_parent

if os.environ.get("IHALA_SUPERVISED") == "1":
    die_with_parent()  # granian's workers, when granian itself is killed
if os.environ.get("IHALA_APART") == "1":
    close_memory()
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
# A thread answers one request from beginning to end, so the reader's language may be kept where threads keep things;
# Django's own place also serves coroutines and costs ten times as much, three hundred times a page.
vars(trans_real)["_active"] = threading.local()
application = get_wsgi_application()
gc.collect()
if os.environ.get("IHALA_RENEWED") == "1":
    from .renewing import Renewing  # the apps are loaded now

    Renewing().begin()
gc.freeze()  # what is loaded now stays; the collector need not look at it again during requests
