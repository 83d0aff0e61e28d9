"""Queries whose SQL is made once.

Django makes the SQL of a queryset anew every time, which takes longer than a database takes for a look-up by index; of
the few queries that every press of an annotator needs, it is most of the cost. What a query reads, and how the values
of a row become those of a model, stays with Django: it is asked once.
"""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Generic, TypeVar

from django.db import DEFAULT_DB_ALIAS, connections, models
from django.db.models.query import (
    FlatValuesListIterable,
    ModelIterable,
    ValuesIterable,
    ValuesListIterable,
    get_related_populators,
)
from django.db.models.sql.compiler import SQLCompiler

Row = TypeVar("Row")
Value = int | str | datetime
Columns = Sequence[Any]
PLACEHOLDER = re.compile("(?<!%)%s")


def planning_cursor(connection: Any) -> Any:
    """A cursor for SQL that comes again and again: PostgreSQL plans it once for each connection, and keeps the plan.

    Django's own cursor puts the values into the SQL, so that PostgreSQL cannot know it again; who listens to the
    queries can read them from that one only.
    """
    if connection.vendor != "postgresql" or connection.queries_logged:
        return connection.cursor()
    # A site on SQLite loads no driver of PostgreSQL.
    from django.db.backends.postgresql.base import ServerBindingCursor

    connection.ensure_connection()
    with connection.wrap_database_errors:
        cursor: Any = ServerBindingCursor
        return connection._prepare_cursor(cursor(connection.connection))


class Argument(models.Expression):
    """Where an argument of a prepared query goes: a number, a text or a time. No field reads it before the database."""

    def __init__(self, place: int) -> None:
        super().__init__()
        self.place = place

    def as_sql(self, compiler: SQLCompiler, connection: Any) -> tuple[str, tuple[Any, ...]]:
        """A parameter that is filled in when the query runs."""
        return "%s", (self,)


@dataclass(frozen=True, slots=True)
class Plan(Generic[Row]):
    """What is made once for a kind of database: the SQL, the readers of its columns by their place, and of its rows."""

    sql: str
    params: tuple[Any, ...]
    converters: Mapping[int, tuple[Sequence[Callable[..., Any]], Any]]
    read: Callable[[Columns], Row]
    cursor: Callable[[Any], Any]

    def run(self, connection: Any, values: Sequence[Value]) -> list[Row]:
        """The rows for these values."""
        given = [
            connection.ops.adapt_datetimefield_value(value) if isinstance(value, datetime) else value
            for value in values
        ]
        bound = tuple(given[param.place] if isinstance(param, Argument) else param for param in self.params)
        with self.cursor(connection) as cursor:
            cursor.execute(self.sql, bound)
            found = cursor.fetchall()
        return [self.read(self.converted(row, connection)) for row in found]

    def converted(self, row: Columns, connection: Any) -> Columns:
        """The columns as their fields read them."""
        columns = list(row)
        for place, (converters, expression) in self.converters.items():
            for convert in converters:
                columns[place] = convert(columns[place], expression, connection)
        return columns


def settled(sql: str, params: Iterable[Any]) -> tuple[str, tuple[Any, ...]]:
    """PostgreSQL's plan for all values should count on what is the same for all: it stands in the SQL. That few places
    are drafts decides by which index they are found."""
    connection: Any = connections[DEFAULT_DB_ALIAS]
    params = tuple(params)
    if connection.vendor != "postgresql":
        return sql, params
    pieces = [
        "%s" if isinstance(param, Argument) else connection.ops.compose_sql("%s", [param]).replace("%", "%%")
        for param in params
    ]
    between = iter(pieces)
    return PLACEHOLDER.sub(lambda _found: next(between), sql), tuple(p for p in params if isinstance(p, Argument))


class Prepared(Generic[Row]):
    """A query made by `build` from its arguments, run by calling it with their values. Always the same shape of SQL:
    `build` sees Arguments, so that it cannot decide by their values.
    """

    def __init__(self, build: Callable[..., "models.QuerySet[Any, Row]"], arguments: int) -> None:
        self.build = build
        self.arguments = arguments
        self.plans: dict[str, Plan[Row]] = {}

    def __call__(self, *values: Value) -> list[Row]:
        """The rows, as the queryset gives them."""
        if len(values) != self.arguments:
            raise TypeError(f"This query has {self.arguments} arguments, not {len(values)}.")
        connection = connections[DEFAULT_DB_ALIAS]
        if connection.vendor not in self.plans:
            self.plans[connection.vendor] = self.plan()
        return self.plans[connection.vendor].run(connection, values)

    def first(self, *values: Value) -> Row | None:
        """The first row; None where there is none. The query itself says how many it wants."""
        return next(iter(self(*values)), None)

    def plan(self) -> Plan[Row]:
        """The SQL and the readers, by Django's compiler."""
        queryset = self.build(*map(Argument, range(self.arguments)))
        compiler = queryset.query.get_compiler(using=DEFAULT_DB_ALIAS)
        sql, params = self.written(*compiler.as_sql())
        converters = compiler.get_converters([column[0] for column in compiler.select[: compiler.col_count]])
        return Plan(sql, tuple(params), converters, reader(queryset, compiler), self.cursor)

    @staticmethod
    def written(sql: str, params: Iterable[Any]) -> tuple[str, Iterable[Any]]:
        """The SQL and its parameters as they are sent."""
        return sql, params

    @staticmethod
    def cursor(connection: Any) -> Any:
        """What the query runs in."""
        return connection.cursor()


class Planned(Prepared[Row]):
    """A query that PostgreSQL plans once for each connection too: a look-up by keys, for which there is one good plan.

    Where the best plan depends on the values (how many places are open, or held until then) take Prepared.
    """

    written = staticmethod(settled)
    cursor = staticmethod(planning_cursor)


def reader(queryset: "models.QuerySet[Any, Any]", compiler: SQLCompiler) -> Callable[[Columns], Any]:
    """What makes of a row's columns what the queryset gives; TypeError for a queryset that gives something else."""
    kind: type = queryset._iterable_class
    if kind is ModelIterable:
        return model_reader(compiler)
    if kind is ValuesListIterable:
        return tuple
    if kind is FlatValuesListIterable:
        return lambda columns: columns[0]
    if kind is ValuesIterable:
        names = tuple(queryset.query.selected or ())
        return lambda columns: dict(zip(names, columns, strict=True))
    raise TypeError(f"A prepared query gives models, values or lists of values, not {kind.__name__}.")


def model_reader(compiler: SQLCompiler) -> Callable[[Columns], models.Model]:
    """Models with what select_related brings and what they are annotated with."""
    told: Any = compiler.klass_info
    first, end = told["select_fields"][0], told["select_fields"][-1] + 1
    names = [column[0].target.attname for column in compiler.select[first:end]]
    # The stubs are of a newer Django, which wants one thing more.
    related = get_related_populators(told, compiler.select, DEFAULT_DB_ALIAS)  # type: ignore[call-arg]
    annotated = compiler.annotation_col_map or {}

    def read(columns: Columns) -> models.Model:
        made: models.Model = told["model"].from_db(DEFAULT_DB_ALIAS, names, columns[first:end])
        for populator in related:
            populator.populate(columns, made)
        for name, place in annotated.items():
            setattr(made, name, columns[place])
        return made

    return read
