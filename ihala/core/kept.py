"""Queries whose SQL is worked out once.

Putting a query together costs Django several times what PostgreSQL needs to answer it, and a page asks the same few
questions again and again; only the ids and the moment differ. A function marked with `kept` says in a queryset what is
asked; where a value comes from whoever asks, it says `Given` (an actor in general has ids of that kind). Its SQL is put
together once per set of roles and remembered without any value; each asking binds its own. Row-level security, the
reading of rows and the meaning of the query are the queryset's: nothing is said twice.

Questions that do not wait for each other's answers can be asked `ahead`: they are sent as one statement
(`ihala.core.together`), and where each is asked in its turn its answer lies there already. So a page of a dozen
questions waits for PostgreSQL once.
"""

from collections.abc import Callable, Hashable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property, partial, update_wrapper
from typing import Any, Protocol

from django.contrib.postgres.fields import ArrayField
from django.core.exceptions import EmptyResultSet
from django.db import connection
from django.db.models import BooleanField, DateTimeField, Expression, Field, Func, JSONField, QuerySet
from django.db.models.query import FlatValuesListIterable, ModelIterable, ValuesListIterable
from django.db.models.sql.compiler import SQLCompiler
from psycopg.sql import quote

from . import clock
from .reading import Maker
from .together import Rows, statement


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

    `shape` are hashable values that change the SQL; `given` are the values of further `Given` in it.
    """

    def __init__(self, build: "Callable[..., QuerySet[Any, Any]]", around: "Around | None" = None) -> None:
        self.build, self.around = build, around
        self._known: dict[Hashable, _Compiled] = {}
        update_wrapper(self, build)

    def __call__(self, actor: Asks | None, *shape: Hashable, **given: Any) -> list[Any]:
        """The rows, as the queryset reads them. Without an actor, all that differs is `given`."""
        asked = self.asked(actor, *shape, **given)
        if not asked.compiled.sql:
            return []
        answers = _ahead.get()
        found = answers.get(asked.key) if answers else None
        rows = found.pop() if found else None
        return asked.compiled.read(fetched(asked.send())) if rows is None else asked.compiled.reader(rows)

    def asked(self, actor: Asks | None, *shape: Hashable, **given: Any) -> "Asked":
        """The question with its values, not sent yet: for `ahead`."""
        key = (shape, actor and actor.roles, actor and actor.system)
        compiled = self._known.get(key)
        if compiled is None:
            built = self.build(actor and actor.in_general(), *shape)
            compiled = self._known[key] = _Compiled(built, self.around)
        moment = clock.now()
        given = {NOW.name: moment} | given
        return Asked(compiled, compiled.bound(actor.ids() | given if actor else given), moment)


def kept(build: Callable[..., "QuerySet[Any, Any]"]) -> Kept:
    """Mark what makes a queryset as a question."""
    return Kept(build)


@dataclass(frozen=True)
class Around:
    """SQL about a queryset's rows, which stand in the place of its `{}`, or about none; the answer is plain tuples.

    `before` are the values of the placeholders that stand before the `{}`.
    """

    sql: str
    before: tuple[Given, ...]
    columns: "tuple[Field[Any, Any], ...]"


def kept_within(
    sql: str, *before: Given, columns: "tuple[Field[Any, Any], ...]"
) -> Callable[[Callable[..., "QuerySet[Any, Any]"]], Kept]:
    """The same for a question about a queryset's rows, such as how many there are of each kind: see `Around`."""
    return lambda build: Kept(build, Around(sql, before, columns))


def kept_sql(sql: str, *before: Given, columns: "tuple[Field[Any, Any], ...]") -> Kept:
    """A question to a function of the database, for which there is no queryset."""
    return Kept(_nothing, Around(sql, before, columns))


def _nothing(_nobody: None) -> Any:
    return None


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


EVERY_PAGE: list[Callable[[Any], "Asked | None"]] = []
"""What the frame of every page asks for somebody, None where it asks nothing; apps add to it when they are ready."""


def of_every_page(actor: Asks) -> list[Asked]:
    """That, for a page that asks `ahead` and is drawn meanwhile."""
    return [asked for ask in EVERY_PAGE if (asked := ask(actor)) is not None]


_Answers = dict[Hashable, list[list[Any]]]
_ahead: ContextVar[_Answers | None] = ContextVar("ihala_ahead", default=None)
"""Answers that came before they were asked for; each serves once."""


@contextmanager
def ahead(*questions: Asked) -> Iterator[None]:
    """Ask these in one go; whoever asks one of them in here, with the same values, finds its answer.

    Only for what nothing in here changes before it is asked. An answer serves as often as its question stands here; one
    that nobody asked for is forgotten at the end.
    """
    answers = _together([one for one in questions if one.compiled.sql])
    token = _ahead.set(answers)
    try:
        yield
    finally:
        _ahead.reset(token)


def _together(questions: list[Asked]) -> _Answers:
    """Their rows, from one statement."""
    if not questions:
        return {}
    kinds = tuple([one.compiled for one in questions])
    sql = _statements.get(kinds)
    if sql is None:
        sql = _statements[kinds] = statement([one.rows for one in kinds])
    with connection.cursor() as cursor:
        cursor.execute(sql, [value for one in questions for value in one.values])
        found = cursor.fetchone()
    answers: dict[Hashable, list[list[Any]]] = {}
    for one, rows in zip(questions, found, strict=True):
        answers.setdefault(one.key, []).append(one.compiled.written(rows))
    return answers


_statements: dict[tuple["_Compiled", ...], str] = {}
"""SQL of questions asked together, without any value."""


def fetched(cursor: Any) -> list[Any]:
    """The rows of a question that was sent."""
    with cursor:
        rows: list[Any] = cursor.fetchall()
        return rows


class _Compiled:
    """A queryset's SQL with the places of its values, and how its rows are read."""

    def __init__(self, queryset: "QuerySet[Any, Any] | None", around: Around | None) -> None:
        self.sql, values = "", tuple[Any, ...]()
        self.converters: dict[int, Any] = {}
        self.reader = READERS[ValuesListIterable]
        if queryset is not None:
            asked: Any = queryset
            self.compiler = asked.query.get_compiler(asked.db)
            try:
                self.sql, values = self.compiler.as_sql()
            except EmptyResultSet:
                return
        if around:
            self.sql, values, self.columns = (
                around.sql.format(self.sql),
                (*around.before, *values),
                around.columns,
            )
        else:
            self._read_as(asked._iterable_class)
        self.sql, self.values = _written_in(self.sql, values)
        self.given = [(place, one.name) for place, one in enumerate(self.values) if isinstance(one, Given)]

    def _read_as(self, kind: type) -> None:
        """What Django makes of these rows: instances, tuples, single values."""
        select = [column for column, *_more in self.compiler.select]
        self.columns = tuple(column.output_field for column in select)
        self.converters = self.compiler.get_converters(select)
        if kind is ModelIterable:
            maker = Maker(self.compiler.klass_info, self.compiler.select)
            self.reader = partial(_instances, maker, list((self.compiler.annotation_col_map or {}).items()))
        else:
            self.reader = READERS[kind]

    @cached_property
    def rows(self) -> Rows:
        """How its rows travel when it is asked together with others."""
        return Rows(self.sql, self.columns)

    def written(self, found: list[dict[str, Any]] | None) -> list[Any]:
        """The rows of an answer as JSON, as `read` would hand them to the reader."""
        rows: list[Any] = self.rows.read(found)
        columns = self.columns
        unread = {at: how for at, how in self.converters.items() if not isinstance(columns[at], JSONField)}
        return self.compiler.apply_converters(rows, unread) if unread and rows else rows

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


def _written_in(sql: str, values: Sequence[Any]) -> tuple[str, tuple[Any, ...]]:
    """The SQL with those values written out that no asking changes, so that a plan for all askings knows them."""
    pieces = sql.split("%s")
    written, left = [pieces[0]], []
    for value, piece in zip(values, pieces[1:], strict=True):
        if isinstance(value, str | bool | int):
            written.append(quote(str(value) if isinstance(value, str) else value).replace("%", "%%"))
        else:
            written.append("%s")
            left.append(value)
        written.append(piece)
    return "".join(written), tuple(left)


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
