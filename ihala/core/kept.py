"""Queries whose SQL is worked out once.

Putting a query together costs Django several times what PostgreSQL needs to answer it, and a page asks the same few
questions again and again; only the ids and the moment differ. A function marked with `kept` says in a queryset what is
asked; where a value comes from whoever asks, it says `Given` (an actor in general has ids of that kind). Its SQL is put
together once per set of roles and remembered without any value; each asking binds its own. Row-level security, the
reading of rows and the meaning of the query are the queryset's: nothing is said twice.

Questions that do not wait for each other's answers can be asked `ahead`: they are sent in one go, and where each is
asked in its turn its answer lies there already. So a page of a dozen questions waits for PostgreSQL once.
"""

from collections.abc import Callable, Hashable, Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import datetime
from functools import partial, update_wrapper
from typing import Any, Protocol

from django.contrib.postgres.fields import ArrayField
from django.core.exceptions import EmptyResultSet
from django.db import connection
from django.db.models import BooleanField, DateTimeField, Expression, Field, Func, QuerySet
from django.db.models.query import FlatValuesListIterable, ModelIterable, ValuesListIterable
from django.db.models.sql.compiler import SQLCompiler

from . import clock
from .reading import Maker


class Given(Expression):
    """A value that is given when the query is asked."""

    def __init__(self, name: str, output_field: "Field[Any, Any]") -> None:
        super().__init__(output_field=output_field)
        self.name = name

    def as_sql(self, compiler: SQLCompiler, connection: Any) -> tuple[str, Any]:
        """A place for the value."""
        return "%s", [self]


class Among(Func):
    """A column is one of the given values: the same statement for any number of them."""

    template, arg_joiner, output_field = "(%(expressions)s))", " = ANY(", BooleanField()

    def __init__(self, column: str, name: str, kind: "Field[Any, Any]") -> None:
        super().__init__(column, Given(name, ArrayField(kind)))


NOW = Given("now", DateTimeField())
"""The moment of asking; given to every question by itself."""


class Asks(Protocol):
    """Somebody who asks: the roles decide what the query looks like, the ids are bound to it."""

    @property
    def roles(self) -> frozenset[Any]: ...

    @property
    def system(self) -> bool: ...

    def in_general(self) -> Any:
        """The same with `Given` in place of every id."""

    def ids(self) -> dict[str, int]:
        """The ids by the names `in_general` gave them."""


class Kept:
    """A question: `build(actor, *shape)` makes its queryset, calling it answers with the rows.

    `shape` are hashable values that change the SQL; `given` are the values of further `Given` in it. With `around` the
    queryset's SQL stands in the place of its `{}`, and the answer is plain tuples.
    """

    def __init__(
        self, build: Callable[..., "QuerySet[Any, Any]"], around: str = "", before: tuple[Given, ...] = ()
    ) -> None:
        self.build, self.around, self.before = build, around, before
        self._known: dict[Hashable, _Compiled] = {}
        update_wrapper(self, build)

    def __call__(self, actor: Asks | None, *shape: Hashable, **given: Any) -> list[Any]:
        """The rows, as the queryset reads them. Without an actor, all that differs is `given`."""
        asked = self.asked(actor, *shape, **given)
        if not asked.compiled.sql:
            return []
        answers = _ahead.get()
        rows = answers.pop(asked.key, None) if answers else None
        return asked.compiled.read(_fetched(asked.send()) if rows is None else rows)

    def asked(self, actor: Asks | None, *shape: Hashable, **given: Any) -> "Asked":
        """The question with its values, not sent yet: for `ahead`."""
        key = (shape, actor and actor.roles, actor and actor.system)
        compiled = self._known.get(key)
        if compiled is None:
            built = self.build(actor and actor.in_general(), *shape)
            compiled = self._known[key] = _Compiled(built, self.around, self.before)
        moment = clock.now()
        given = {NOW.name: moment} | given
        return Asked(compiled, compiled.bound(actor.ids() | given if actor else given), moment)


def kept(build: Callable[..., "QuerySet[Any, Any]"]) -> Kept:
    """Mark what makes a queryset as a question."""
    return Kept(build)


def kept_within(around: str, *before: Given) -> Callable[[Callable[..., "QuerySet[Any, Any]"]], Kept]:
    """The same for a question about a queryset's rows, such as how many there are of each kind.

    `before` are the values of the placeholders that stand before the `{}` of `around`.
    """
    return lambda build: Kept(build, around, before)


@dataclass(frozen=True, slots=True)
class Asked:
    """A question with its values."""

    compiled: "_Compiled"
    values: list[Any]
    moment: datetime
    """Of asking; what is asked `ahead` and in its turn a moment later is the same question."""

    @property
    def key(self) -> Hashable:
        """The same for the same question with the same values."""
        values = (one for one in self.values if one is not self.moment)
        return id(self.compiled), *(tuple(one) if isinstance(one, list) else one for one in values)

    def send(self) -> Any:
        """The cursor that holds the answer, or will."""
        cursor = connection.cursor()
        cursor.execute(self.compiled.sql, self.values)
        return cursor


_ahead: ContextVar[dict[Hashable, list[Any]] | None] = ContextVar("ihala_ahead", default=None)
"""Answers that came before they were asked for; each serves once."""


@contextmanager
def ahead(*questions: Asked) -> Iterator[None]:
    """Ask these in one go; whoever asks one of them in here, with the same values, finds its answer.

    Only for what nothing in here changes before it is asked. An answer that nobody asked for is forgotten at the end.
    """
    sent = [one for one in questions if one.compiled.sql]
    with connection.wrap_database_errors, connection.connection.pipeline():
        cursors = [one.send() for one in sent]
    answers = {one.key: _fetched(cursor) for one, cursor in zip(sent, cursors, strict=True)}
    token = _ahead.set(answers)
    try:
        yield
    finally:
        _ahead.reset(token)


def _fetched(cursor: Any) -> list[Any]:
    with cursor:
        rows: list[Any] = cursor.fetchall()
        return rows


class _Compiled:
    """A queryset's SQL with the places of its values, and how its rows are read."""

    def __init__(self, queryset: "QuerySet[Any, Any]", around: str, before: tuple[Given, ...]) -> None:
        asked: Any = queryset
        self.compiler = asked.query.get_compiler(asked.db)
        try:
            self.sql, values = self.compiler.as_sql()
        except EmptyResultSet:
            self.sql = ""
            return
        select = self.compiler.select
        self.converters = self.compiler.get_converters([column for column, *_more in select])
        self.reader: Callable[[Iterable[Any]], list[Any]] = list
        if around:
            self.sql, values, self.converters = around.format(self.sql), (*before, *values), {}
        elif asked._iterable_class is ModelIterable:
            self.reader = partial(_instances, Maker(self.compiler.klass_info, select), self._annotations())
        else:
            self.reader = READERS[asked._iterable_class]
        self.values = tuple(values)
        self.given = [(place, one.name) for place, one in enumerate(values) if isinstance(one, Given)]

    def _annotations(self) -> list[tuple[str, int]]:
        return list((self.compiler.annotation_col_map or {}).items())

    def bound(self, given: dict[str, Any]) -> list[Any]:
        """The values in the order of their places."""
        if not self.sql:
            return []
        bound = list(self.values)
        for place, name in self.given:
            bound[place] = given[name]
        return bound

    def read(self, rows: Iterable[Any]) -> list[Any]:
        """What Django makes of the answer: instances, tuples, single values."""
        if self.converters and rows:
            rows = self.compiler.apply_converters(rows, self.converters)
        return self.reader(rows)


def _instances(maker: Maker, annotations: list[tuple[str, int]], rows: Iterable[Any]) -> list[Any]:
    made = []
    for row in rows:
        one = maker.make(row)
        for name, place in annotations:
            one.__dict__[name] = row[place]
        made.append(one)
    return made


READERS: dict[type, Callable[[Iterable[Any]], list[Any]]] = {
    ValuesListIterable: lambda rows: [tuple(row) for row in rows],
    FlatValuesListIterable: lambda rows: [row[0] for row in rows],
}
"""How rows are read that are no instances."""
