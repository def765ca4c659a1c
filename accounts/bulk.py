"""Writing many rows at once: COPY or one JSON parameter on PostgreSQL, a prepared statement on SQLite, the same call.

Rows are tuples in the order of `columns` (field attnames); JSON columns take plain Python values, or text that is JSON
already. Callers sort rows by key, so that two writers lock in the same order and never deadlock (reliability.md A6).
Call inside `atomic`.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any

from django.db import connection, models
from django.db.models import JSONField

from accounts.jsontext import encode_json

__all__ = [
    "bulk_insert",
    "bulk_update",
    "bulk_upsert",
    "dump_json",
    "insert_or_lock",
    "is_postgres",
    "reserve_ids",
    "reserve_many",
]

_MOST_AT_ONCE = 20_000  # rows in one JSON parameter: some ten megabytes


def dump_json(value: Any) -> str:
    """Compact JSON text for a JSON column."""
    return encode_json(value)


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
    listed = _columns(model, names)
    sql = (
        f"INSERT INTO {_table(model)} ({listed}) SELECT {_fresh(model, names)} FROM {_recordset(model, names)} "  # noqa: S608
        f"ORDER BY {', '.join('fresh.' + _column(model, n) for n in conflict)}{ending}"
    )
    _send(sql, model, names, values)
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
    setting = ", ".join(
        f"{_column(model, n)} = {value}" for n, value in zip(names[1:], _casts(model, names)[1:], strict=True)
    )
    match = _column(model, key)
    sql = (
        f"UPDATE {_table(model)} AS live SET {setting} FROM {_recordset(model, names)} "  # noqa: S608
        f"WHERE live.{match} = fresh.{match}"
    )
    _send(sql, model, names, values)
    return len(values)


def insert_or_lock(
    model: type[models.Model],
    key: Mapping[str, Any],
    values: Mapping[str, Any],
    returning: Sequence[str],
) -> tuple[Any, ...]:
    """Insert a row, or lock the one that holds the unique `key`; either way its columns `returning`. One statement."""
    row = {**key, **values}
    same = next(iter(key))
    sql = (
        f"INSERT INTO {_table(model)} AS held ({_columns(model, list(row))}) VALUES ({', '.join(['%s'] * len(row))}) "  # noqa: S608
        f"ON CONFLICT ({_columns(model, list(key))}) DO UPDATE SET {_column(model, same)} = held.{_column(model, same)} "
        f"RETURNING {_columns(model, returning)}"
    )
    with connection.cursor() as cursor:
        cursor.execute(sql, list(row.values()))
        return tuple(cursor.fetchone())


def reserve_ids(model: type[models.Model], number: int) -> list[int]:
    """Primary keys for rows about to be inserted with their key given."""
    return reserve_many((model, number))[0]


def reserve_many(*wanted: tuple[type[models.Model], int]) -> list[list[int]]:
    """Primary keys for rows of several models, each as many as asked, in one statement on PostgreSQL."""
    if not is_postgres():
        return [_next_on_sqlite(model, number) for model, number in wanted]
    asked = [(at, model, number) for at, (model, number) in enumerate(wanted) if number > 0]
    found: list[list[int]] = [[] for _each in wanted]
    if asked:
        part = "(SELECT %s, array_agg(nextval(pg_get_serial_sequence(%s, %s))) FROM generate_series(1, %s))"
        params = [
            value
            for at, model, number in asked
            for value in (at, connection.ops.quote_name(model._meta.db_table), _key_column(model), number)
        ]
        with connection.cursor() as cursor:
            cursor.execute(" UNION ALL ".join([part] * len(asked)), params)
            for at, ids in cursor.fetchall():
                found[at] = ids
    return found


def _next_on_sqlite(model: type[models.Model], number: int) -> list[int]:
    if number <= 0:
        return []
    with connection.cursor() as cursor:
        # One writer at a time on SQLite (transactions begin IMMEDIATE), so the next numbers stay ours.
        cursor.execute("SELECT seq FROM sqlite_sequence WHERE name = %s", [model._meta.db_table])
        found = cursor.fetchone()
    first = (found[0] if found else 0) + 1
    return list(range(first, first + number))


def _key_column(model: type[models.Model]) -> str:
    return str(model._meta.pk.column)


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


def _copy(table: str, names: Sequence[str], rows: Sequence[Sequence[Any]], json_places: list[int]) -> None:
    listed = ", ".join(connection.ops.quote_name(n) for n in names)
    with connection.cursor() as cursor, cursor.copy(f"COPY {table} ({listed}) FROM STDIN") as copy:
        write = copy.write_row
        if not json_places:
            for row in rows:
                write(row)
            return
        for row in rows:
            cells = list(row)
            for place in json_places:
                cell = cells[place]
                if not isinstance(cell, str):
                    cells[place] = encode_json(cell)
            write(cells)


def _send(sql: str, model: type[models.Model], names: Sequence[str], rows: Sequence[Sequence[Any]]) -> None:
    """Run `sql` with the rows as its one parameter: no temporary table to make, fill and drop."""
    json_places = set(_json_places(model, names))
    for start in range(0, len(rows), _MOST_AT_ONCE):
        records = [
            {
                name: _text(cell, json=at in json_places)
                for at, (name, cell) in enumerate(zip(names, row, strict=True))
            }
            for row in rows[start : start + _MOST_AT_ONCE]
        ]
        with connection.cursor() as cursor:
            cursor.execute(sql, [encode_json(records)])


def _text(cell: Any, *, json: bool) -> Any:
    """A cell as it travels: JSON columns as text, dates and instants in full (Django's own JSON cuts microseconds)."""
    if json and not isinstance(cell, str):
        return encode_json(cell)
    return cell.isoformat() if isinstance(cell, date) else cell


def _recordset(model: type[models.Model], names: Sequence[str]) -> str:
    """The parameter as a table `fresh` with the column types of the model; JSON columns are text in it."""
    quote = connection.ops.quote_name
    kinds = [
        "text" if isinstance(f, JSONField) else str(f.db_type(connection))
        for f in (_concrete(model, name) for name in names)
    ]
    listed = ", ".join(f"{quote(name)} {kind}" for name, kind in zip(names, kinds, strict=True))
    return f"json_to_recordset(%s::json) AS fresh({listed})"


def _casts(model: type[models.Model], names: Sequence[str]) -> list[str]:
    quote = connection.ops.quote_name
    return [
        f"fresh.{quote(n)}::jsonb" if isinstance(_concrete(model, n), JSONField) else f"fresh.{quote(n)}"
        for n in names
    ]


def _fresh(model: type[models.Model], names: Sequence[str]) -> str:
    return ", ".join(_casts(model, names))


def _execute_many(
    sql: str, model: type[models.Model], names: Sequence[str], rows: Sequence[Sequence[Any]]
) -> None:
    fields = [_field(model, name) for name in names]
    ready = [
        [
            (cell if isinstance(cell, str) else encode_json(cell)) if isinstance(field, JSONField)
            else field.get_db_prep_save(cell, connection)
            for field, cell in zip(fields, row, strict=True)
        ]
        for row in rows
    ]  # fmt: skip
    with connection.cursor() as cursor:
        cursor.executemany(sql, ready)


def _insert_sql(model: type[models.Model], names: Sequence[str]) -> str:
    return f"INSERT INTO {_table(model)} ({_columns(model, names)}) VALUES ({', '.join(['%s'] * len(names))})"  # noqa: S608


def _concrete(model: type[models.Model], name: str) -> Any:
    found = next((f for f in model._meta.concrete_fields if f.attname == name), None)
    if found is None:
        raise LookupError(f"{model._meta.label} has no column {name!r}")
    return found


def _field(model: type[models.Model], name: str) -> Any:
    found = _concrete(model, name)
    return getattr(found, "target_field", found)


def _json_places(model: type[models.Model], names: Sequence[str]) -> list[int]:
    return [i for i, name in enumerate(names) if isinstance(_field(model, name), JSONField)]


def _table(model: type[models.Model]) -> str:
    return connection.ops.quote_name(model._meta.db_table)


def _column(model: type[models.Model], name: str) -> str:
    return connection.ops.quote_name(str(_concrete(model, name).column))


def _columns(model: type[models.Model], names: Sequence[str]) -> str:
    return ", ".join(_column(model, name) for name in names)
