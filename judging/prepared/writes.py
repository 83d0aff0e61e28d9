"""Rows that are written by SQL made once: what every press of an annotator stores."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from django.db import DEFAULT_DB_ALIAS, connections, models, transaction
from django.db.models.constants import OnConflict
from django.db.models.sql import InsertQuery, UpdateQuery

from judging.prepared.queries import Argument, planning_cursor

Model = TypeVar("Model", bound=models.Model)
Changes = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Statement:
    """SQL, and whose place in it each parameter takes."""

    sql: str
    params: tuple[Any, ...]


class PreparedUpdate:
    """An UPDATE of the rows of a queryset: `build` makes from its arguments the rows, and what their fields become.

    An argument that a field becomes is a value of that field; one that chooses rows is a number or a text.
    """

    def __init__(self, build: Callable[..., tuple["models.QuerySet[Any]", Changes]], arguments: int) -> None:
        self.build = build
        self.arguments = [Argument(place) for place in range(arguments)]
        self.made: dict[str, tuple[Statement, dict[int, Any]]] = {}

    def __call__(self, *values: Any) -> int:
        """Change the rows; how many there were."""
        if len(values) != len(self.arguments):
            raise TypeError(f"This update has {len(self.arguments)} arguments, not {len(values)}.")
        connection = connections[DEFAULT_DB_ALIAS]
        if connection.vendor not in self.made:
            self.made[connection.vendor] = self.make()
        statement, fields = self.made[connection.vendor]
        given = [
            fields[place].get_db_prep_save(value, connection) if place in fields else value
            for place, value in enumerate(values)
        ]
        bound = [given[param.place] if isinstance(param, Argument) else param for param in statement.params]
        with transaction.mark_for_rollback_on_error(DEFAULT_DB_ALIAS), planning_cursor(connection) as cursor:
            cursor.execute(statement.sql, bound)
            changed: int = cursor.rowcount
        return changed

    def make(self) -> tuple[Statement, dict[int, Any]]:
        """The SQL, and the fields that arguments become."""
        rows, changes = self.build(*self.arguments)
        query: Any = rows.query.chain(UpdateQuery)
        query.add_update_values(changes)
        sql, params = query.get_compiler(using=DEFAULT_DB_ALIAS).as_sql()
        fields = {
            value.place: rows.model._meta.get_field(name)
            for name, value in changes.items()
            if isinstance(value, Argument)
        }
        return Statement(sql, tuple(params)), fields


class PreparedInsert(Generic[Model]):
    """An INSERT of one row. `unique` names the fields that no two rows share: where there is such a row already, its
    fields in `updated` are written over, and the row that was given does not learn its key.
    """

    def __init__(self, model: type[Model], *, unique: Sequence[str] = (), updated: Sequence[str] = ()) -> None:
        self.model = model
        self.unique = unique
        self.updated = updated
        self.made: dict[str, str] = {}

    def __call__(self, row: Model) -> Model:
        """Store the row."""
        connection = connections[DEFAULT_DB_ALIAS]
        if connection.vendor not in self.made:
            self.made[connection.vendor] = self.make()
        values = [field.get_db_prep_save(field.pre_save(row, add=True), connection) for field in self.fields()]
        with transaction.mark_for_rollback_on_error(DEFAULT_DB_ALIAS), planning_cursor(connection) as cursor:
            cursor.execute(self.made[connection.vendor], values)
            if not self.unique:
                [row.pk] = cursor.fetchone()
        row._state.adding, row._state.db = False, DEFAULT_DB_ALIAS
        return row

    def fields(self) -> list[Any]:
        """Every field but the key, which the database makes."""
        return [field for field in self.model._meta.local_concrete_fields if not field.primary_key]

    def make(self) -> str:
        """The SQL, by Django's compiler; its parameters are the fields, in their order."""
        named = {name: self.model._meta.get_field(name) for name in (*self.unique, *self.updated)}
        query: Any = InsertQuery(
            self.model,
            on_conflict=OnConflict.UPDATE if self.unique else None,
            unique_fields=[named[name] for name in self.unique],
            update_fields=[named[name] for name in self.updated],
        )
        query.insert_values(self.fields(), [self.model()])
        compiler = query.get_compiler(using=DEFAULT_DB_ALIAS)
        if not self.unique:
            compiler.returning_fields = self.model._meta.db_returning_fields
        [(sql, _params)] = compiler.as_sql()
        return str(sql)
