"""Rows into instances, as Django's own reader makes them, without working out anew for each query how.

Only for plain models, which all of ours are: no inheritance of tables, no `__init__` of a model's own (signals we have
none). Anything else is refused when the question is put together, not when it is asked.
"""

from collections.abc import Sequence
from typing import Any

from django.core.exceptions import ImproperlyConfigured
from django.db import DEFAULT_DB_ALIAS
from django.db.models import Model
from django.db.models.base import ModelState


class Maker:
    """Makes instances of one model, with those that were selected along, from rows of one query."""

    def __init__(self, described: dict[str, Any], select: Sequence[Any]) -> None:
        """`described` and `select` are the compiler's `klass_info` and columns."""
        self.model: type[Model] = described["model"]
        if described.get("from_parent") or self.model.__init__ is not Model.__init__:
            raise ImproperlyConfigured(f"{self.model.__name__} is not made plainly")
        places = described["select_fields"]
        self.start, self.end = places[0], places[-1] + 1
        self.names = tuple(column.target.attname for column, *_more in select[self.start : self.end])
        self.key = self.start + self.names.index(self.model._meta.pk.attname)
        self.along = [
            (Maker(other, select), other["local_setter"], other["remote_setter"])
            for other in described.get("related_klass_infos", ())
        ]

    def make(self, row: Sequence[Any]) -> Model:
        """The instance; who was selected along and is not there is None."""
        made = self.model.__new__(self.model)
        state = ModelState()
        state.adding, state.db = False, DEFAULT_DB_ALIAS
        made.__dict__.update(zip(self.names, row[self.start : self.end], strict=True), _state=state)
        for maker, set_here, set_there in self.along:
            other = None if row[maker.key] is None else maker.make(row)
            set_here(made, other)
            if other is not None:
                set_there(other, made)
        return made
