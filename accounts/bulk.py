"""Writing many rows at once: COPY on PostgreSQL, one prepared statement on SQLite, the same call for both.

Rows are tuples in the order of `columns` (field attnames); JSON columns take plain Python values. Callers sort rows by
key, so that two writers lock in the same order and never deadlock (reliability.md A6). Call inside `atomic`.
"""

from collections.abc import Iterable, Mapping, Sequence
from itertools import count
from typing import Any

from django.core.serializers.json import DjangoJSONEncoder
from django.db import connection, models
from django.db.models import JSONField

__all__ = ["bulk_insert", "bulk_update", "bulk_upsert", "dump_json", "is_postgres", "reserve_ids"]

_temp_names = count(1)
_encode = DjangoJSONEncoder(ensure_ascii=False, separators=(",", ":")).encode


def dump_json(value: Any) -> str:
    """Compact JSON text for a JSON column."""
    return _encode(value)


def is_postgres() -> bool:
    return connection.vendor == "postgresql"


def bulk_insert(
    model: type[models.Model],
    columns: Sequence[str],
    rows: Iterable[Sequence[Any]],
    *,
    constants: Mapping[str, Any] | None = None,
) -> int:
    """Insert rows; fields named in neither `columns` nor `constants` get their default. Return how many."""
    names, values = _complete(model, columns, rows, constants)
    if not values:
        return 0
    if is_postgres():
        _copy(_table(model), names, values, _json_places(model, names))
    else:
        _execute_many(_insert_sql(model, names), model, names, values)
    return len(values)


def bulk_upsert(
    model: type[models.Model],
    columns: Sequence[str],
    rows: Iterable[Sequence[Any]],
    *,
    conflict: Sequence[str],
    update: Sequence[str],
    constants: Mapping[str, Any] | None = None,
) -> int:
    """Insert rows, or update the columns `update` where the unique key `conflict` is taken."""
    names, values = _complete(model, columns, rows, constants)
    if not values:
        return 0
    setting = ", ".join(f"{_column(model, n)} = EXCLUDED.{_column(model, n)}" for n in update)
    ending = f" ON CONFLICT ({_columns(model, conflict)}) DO UPDATE SET {setting}"
    if not is_postgres():
        _execute_many(_insert_sql(model, names) + ending, model, names, values)
        return len(values)
    temp = _make_temp(model, names)
    _copy(temp, names, values, _json_places(model, names), model)
    listed = _columns(model, names)
    order = _columns(model, conflict)
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO {_table(model)} ({listed}) SELECT {listed} FROM {temp} ORDER BY {order}{ending}"  # noqa: S608
        )
        cursor.execute(f"DROP TABLE {temp}")
    return len(values)


def bulk_update(
    model: type[models.Model], columns: Sequence[str], rows: Iterable[Sequence[Any]], *, key: str = "id"
) -> int:
    """Update rows found by `key`, which stands first in `columns`. Return how many rows were given."""
    names, values = list(columns), list(rows)
    if names[0] != key:
        raise ValueError("the key stands first")
    if not values:
        return 0
    if not is_postgres():
        setting = ", ".join(f"{_column(model, n)} = %s" for n in names[1:])
        sql = f"UPDATE {_table(model)} SET {setting} WHERE {_column(model, key)} = %s"  # noqa: S608
        turned = [(*row[1:], row[0]) for row in values]
        _execute_many(sql, model, [*names[1:], key], turned)
        return len(values)
    temp = _make_temp(model, names)
    _copy(temp, names, values, _json_places(model, names), model)
    setting = ", ".join(f"{_column(model, n)} = fresh.{_column(model, n)}" for n in names[1:])
    match = _column(model, key)
    with connection.cursor() as cursor:
        cursor.execute(
            f"UPDATE {_table(model)} AS live SET {setting} FROM {temp} AS fresh WHERE live.{match} = fresh.{match}"  # noqa: S608
        )
        cursor.execute(f"DROP TABLE {temp}")
    return len(values)


def reserve_ids(model: type[models.Model], number: int) -> list[int]:
    """Primary keys for rows about to be inserted with their key given."""
    if number <= 0:
        return []
    table = model._meta.db_table
    with connection.cursor() as cursor:
        if is_postgres():
            cursor.execute(
                "SELECT nextval(pg_get_serial_sequence(%s, %s)) FROM generate_series(1, %s)",
                [connection.ops.quote_name(table), model._meta.pk.column, number],
            )
            return [row[0] for row in cursor.fetchall()]
        # One writer at a time on SQLite (transactions begin IMMEDIATE), so the next numbers stay ours.
        cursor.execute("SELECT seq FROM sqlite_sequence WHERE name = %s", [table])
        found = cursor.fetchone()
        first = (found[0] if found else 0) + 1
        return list(range(first, first + number))


def _complete(
    model: type[models.Model],
    columns: Sequence[str],
    rows: Iterable[Sequence[Any]],
    constants: Mapping[str, Any] | None,
) -> tuple[list[str], list[Sequence[Any]]]:
    """Column names with the constants and defaults put behind, and the rows so lengthened."""
    fixed = dict(constants or {})
    for field in model._meta.concrete_fields:
        if field.attname in columns or field.attname in fixed or field.primary_key:
            continue
        fixed[field.attname] = field.get_default()
    tail = tuple(fixed.values())
    return [*columns, *fixed], [(*row, *tail) for row in rows] if tail else list(rows)


def _copy(
    table: str, names: Sequence[str], rows: Sequence[Sequence[Any]], json_places: list[int], model: Any = None
) -> None:
    listed = _columns(model, names) if model else ", ".join(connection.ops.quote_name(n) for n in names)
    with connection.cursor() as cursor, cursor.copy(f"COPY {table} ({listed}) FROM STDIN") as copy:
        if not json_places:
            for row in rows:
                copy.write_row(row)
            return
        for row in rows:
            cells = list(row)
            for place in json_places:
                cell = cells[place]
                cells[place] = cell if isinstance(cell, str) else _encode(cell)
            copy.write_row(cells)


def _make_temp(model: type[models.Model], names: Sequence[str]) -> str:
    temp = f"fresh_{next(_temp_names)}"
    with connection.cursor() as cursor:
        cursor.execute(
            f"CREATE TEMP TABLE {temp} ON COMMIT DROP AS SELECT {_columns(model, names)} FROM {_table(model)} WITH NO DATA"  # noqa: S608
        )
    return temp


def _execute_many(
    sql: str, model: type[models.Model], names: Sequence[str], rows: Sequence[Sequence[Any]]
) -> None:
    fields = [_field(model, name) for name in names]
    ready = [
        [
            (cell if isinstance(cell, str) else _encode(cell)) if isinstance(field, JSONField)
            else field.get_db_prep_save(cell, connection)
            for field, cell in zip(fields, row, strict=True)
        ]
        for row in rows
    ]  # fmt: skip
    with connection.cursor() as cursor:
        cursor.executemany(sql, ready)


def _insert_sql(model: type[models.Model], names: Sequence[str]) -> str:
    return f"INSERT INTO {_table(model)} ({_columns(model, names)}) VALUES ({', '.join(['%s'] * len(names))})"  # noqa: S608


def _field(model: type[models.Model], name: str) -> Any:
    found = next((f for f in model._meta.concrete_fields if f.attname == name), None)
    if found is None:
        raise LookupError(f"{model._meta.label} has no column {name!r}")
    return getattr(found, "target_field", found)


def _json_places(model: type[models.Model], names: Sequence[str]) -> list[int]:
    return [i for i, name in enumerate(names) if isinstance(_field(model, name), JSONField)]


def _table(model: type[models.Model]) -> str:
    return connection.ops.quote_name(model._meta.db_table)


def _column(model: type[models.Model], name: str) -> str:
    found = next(f for f in model._meta.concrete_fields if f.attname == name)
    return connection.ops.quote_name(str(found.column))


def _columns(model: type[models.Model], names: Sequence[str]) -> str:
    return ", ".join(_column(model, name) for name in names)
