"""What the pages of this app share."""

from ihala.core.views import refusing

from .. import refusals

needs = refusing(refusals.NOT_PERMITTED)
