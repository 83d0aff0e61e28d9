"""Queries whose SQL is made once.

Django makes the SQL of a queryset anew every time, which takes longer than a database takes for a look-up by index; of
the few queries that every press of an annotator needs, it is most of the cost. What a query reads and what becomes of
its rows stays with Django.
"""

from collections.abc import Callable
from copy import copy
from datetime import datetime
from typing import Any, Generic, TypeVar

from django.db import DEFAULT_DB_ALIAS, connections, models
from django.db.models.sql.compiler import SQLCompiler

Row = TypeVar("Row")
Value = int | str | datetime


class Argument(models.Expression):
    """Where an argument of a prepared query goes: a number, a text or a time. No field reads it before the database."""

    def __init__(self, place: int) -> None:
        super().__init__()
        self.place = place

    def as_sql(self, compiler: SQLCompiler, connection: Any) -> tuple[str, tuple[Any, ...]]:
        """A parameter that is filled in when the query runs."""
        return "%s", (self,)


class Prepared(Generic[Row]):
    """A query made by `build` from its arguments, run by calling it with their values. Always the same shape of SQL:
    `build` sees Arguments, so that it cannot decide by their values.
    """

    def __init__(self, build: Callable[..., "models.QuerySet[Any, Row]"], arguments: int) -> None:
        self.build = build
        self.arguments = arguments
        self.made: dict[str, tuple[models.QuerySet[Any, Row], SQLCompiler, str, tuple[Any, ...]]] = {}

    def __call__(self, *values: Value) -> list[Row]:
        """The rows, as the queryset gives them."""
        if len(values) != self.arguments:
            raise TypeError(f"This query has {self.arguments} arguments, not {len(values)}.")
        connection = connections[DEFAULT_DB_ALIAS]
        if connection.vendor not in self.made:
            self.made[connection.vendor] = self.make()
        queryset, compiler, sql, params = self.made[connection.vendor]
        given = [
            connection.ops.adapt_datetimefield_value(value) if isinstance(value, datetime) else value
            for value in values
        ]
        bound = tuple(given[param.place] if isinstance(param, Argument) else param for param in params)
        mine = copy(compiler)
        mine.connection = connection
        mine.as_sql = lambda *_args, **_options: (sql, bound)  # type: ignore[assignment, method-assign]
        query = copy(queryset.query)
        query.get_compiler = lambda *_args, **_options: mine  # type: ignore[method-assign]
        rows = queryset._chain()  # type: ignore[attr-defined]
        # Past the property, which would forget that tuples were asked for.
        rows._query = query
        return list(rows)

    def first(self, *values: Value) -> Row | None:
        """The first row; None where there is none. The query itself says how many it wants."""
        return next(iter(self(*values)), None)

    def make(self) -> tuple["models.QuerySet[Any, Row]", SQLCompiler, str, tuple[Any, ...]]:
        """The SQL, by Django's compiler."""
        queryset = self.build(*map(Argument, range(self.arguments)))
        compiler = queryset.query.get_compiler(using=DEFAULT_DB_ALIAS)
        sql, params = compiler.as_sql()
        return queryset, compiler, sql, tuple(params)
