"""Append-only, hash-chained record of every write. One chain per city, its sequence taken under the chain's lock.

A chain read in id order looks broken under concurrency (reliability.md A6), so `seq` is allotted while the chain row is
locked; bulk writes go through `record_many`, because signals and per-row hooks miss them.
"""

import json
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from hashlib import sha256
from typing import Any

from django.db import connection, transaction

from accounts.bulk import bulk_insert, insert_or_lock
from accounts.jsontext import encode_json, encode_sorted, quote
from accounts.models.audit import AuditChain, AuditRecord
from accounts.request_id import current_request_id
from accounts.scope import acting_posting

ROOT_CHAIN = "root"


@dataclass(frozen=True, slots=True)
class Entry:
    """One write about to be recorded. `codes` are the province/city/county codes of the row written."""

    action: str
    object_type: str
    object_id: str
    object_label: str
    before: dict[str, Any] = field(default_factory=dict)
    after: dict[str, Any] = field(default_factory=dict)
    reason: str = ""
    rule_id: str = ""
    codes: dict[str, str] = field(default_factory=dict)


def record(
    action: str,
    *,
    target: Any,
    by: Any,
    at: datetime,
    before: dict[str, Any] | None = None,
    after: dict[str, Any] | None = None,
    reason: str = "",
    rule_id: str = "",
    codes: dict[str, str] | None = None,
) -> None:
    """Append one record. Call inside the transaction of the write; `by` None means the system itself."""
    found = entry(
        action, target=target, before=before, after=after, reason=reason, rule_id=rule_id, codes=codes
    )
    record_many([found], by=by, at=at)


def entry(
    action: str,
    *,
    target: Any,
    before: dict[str, Any] | None = None,
    after: dict[str, Any] | None = None,
    reason: str = "",
    rule_id: str = "",
    codes: dict[str, str] | None = None,
) -> Entry:
    """What `record` would append about `target`, for those who append it together with others."""
    return Entry(
        action=action,
        object_type=target._meta.label_lower,
        object_id=str(target.pk),
        object_label=str(target)[:200],
        before=before or {},
        after=after or {},
        reason=reason,
        rule_id=rule_id,
        codes=codes if codes is not None else codes_of(target),
    )


def record_many(entries: Sequence[Entry], *, by: Any, at: datetime) -> int:
    """Append records in order, in one lock per chain; return how many. Must run inside `atomic`."""
    if not connection.in_atomic_block:
        raise transaction.TransactionManagementError(
            "an audit record belongs into the transaction of its write"
        )
    actor_id, actor_name, posting = _who(by)
    request_id = current_request_id()
    by_chain: dict[str, list[Entry]] = defaultdict(list)
    for item in entries:
        by_chain[_chain_of(item.codes)].append(item)
    rows: list[tuple[Any, ...]] = []
    # What all records share, as it stands in the hashed text (see `digest`).
    who = ",".join((quote(_stamp(at)), encode_json(actor_id), quote(actor_name), quote(posting)))
    request = quote(request_id)
    for code in sorted(by_chain):  # always the same lock order: two writers never deadlock
        seq, head = insert_or_lock(AuditChain, {"code": code}, {"seq": 0, "head": ""}, ("seq", "head"))
        for item in by_chain[code]:
            seq, previous = seq + 1, head
            before, after = _json(item.before), _json(item.after)
            places = tuple(item.codes.get(name, "") for name in _CODES)
            subject = ",".join(map(quote, (item.action, item.object_type, item.object_id, item.object_label)))
            tail = ",".join(map(quote, (*places, previous)))
            text = (
                f"[{quote(code)},{seq},{who},{subject},{before},{after},"
                f"{quote(item.reason)},{quote(item.rule_id)},{request},{tail}]"
            )
            head = sha256(text.encode()).hexdigest()
            rows.append(
                (code, seq, at, actor_id, actor_name, posting, item.action, item.object_type, item.object_id,
                 item.object_label, before, after, item.reason, item.rule_id, request_id, *places, previous, head)
            )  # fmt: skip
        AuditChain.objects.filter(pk=code).update(seq=seq, head=head)
    return bulk_insert(AuditRecord, _COLUMNS, rows)


_CODES = ("province_code", "city_code", "county_code")
# The fields of a record in the order in which they are hashed; `hash` itself stands behind them.
_COLUMNS = (
    "chain", "seq", "at", "actor_id", "actor_name", "posting", "action", "object_type", "object_id", "object_label",
    "before", "after", "reason", "rule_id", "request_id", *_CODES, "previous_hash", "hash",
)  # fmt: skip


def digest(row: AuditRecord) -> str:
    """SHA-256 over the record's own fields and the hash before it; ids and time zones do not matter."""
    content = [getattr(row, name) for name in _COLUMNS[:-1]]
    content[2] = _stamp(row.at)
    return _hash(content)


def _stamp(at: datetime) -> str:
    return at.astimezone(UTC).isoformat(timespec="microseconds")


def _hash(content: Sequence[Any]) -> str:
    return sha256(encode_sorted(content).encode()).hexdigest()


@dataclass(frozen=True, slots=True)
class BrokenLink:
    chain: str
    seq: int
    why: str


def verify(codes: Iterable[str] | None = None) -> tuple[int, BrokenLink | None]:
    """Walk each chain in its own sequence; return how many links held and the first that did not."""
    checked = 0
    chains = AuditChain.objects.order_by("code")
    known = set(chains.values_list("code", flat=True))
    stray = AuditRecord.objects.exclude(chain__in=known).order_by("chain", "seq").first()
    if stray is not None:
        return 0, BrokenLink(stray.chain, stray.seq, "record of a chain that has no head")
    for chain in chains.filter(code__in=codes) if codes is not None else chains:
        previous, expected = "", 0
        for row in AuditRecord.objects.filter(chain=chain.code).order_by("seq").iterator(chunk_size=2000):
            expected += 1
            if row.seq != expected:
                return checked, BrokenLink(chain.code, expected, f"record {expected} is missing")
            if row.previous_hash != previous:
                return checked, BrokenLink(chain.code, row.seq, "does not follow the record before it")
            if digest(row) != row.hash:
                return checked, BrokenLink(chain.code, row.seq, "its content was changed")
            previous = row.hash
            checked += 1
        if (chain.seq, chain.head) != (expected, previous):
            return checked, BrokenLink(chain.code, expected + 1, "the newest records were cut off")
    return checked, None


def codes_of_actor(by: Any) -> dict[str, str]:
    """The three codes of the posting somebody acts in, for what belongs to no row; none for a stranger."""
    posting = acting_posting(by)
    return posting.division.codes if posting else {}


def codes_of_person(user: Any) -> dict[str, str]:
    """The three codes of somebody's first posting, current or not, for what is written about the person."""
    posting = user.postings.select_related("division").first()
    return posting.division.codes if posting else {}


def codes_of(target: Any) -> dict[str, str]:
    """The three codes of a row, read from itself or from the nearest row it belongs to."""
    for road in ("", "unit", "project", "division"):
        holder = getattr(target, road, None) if road else target
        if holder is not None and hasattr(holder, "province_code"):
            return {
                "province_code": holder.province_code,
                "city_code": holder.city_code,
                "county_code": holder.county_code,
            }
    return {}


def _chain_of(codes: dict[str, str]) -> str:
    return codes.get("city_code") or codes.get("province_code") or ROOT_CHAIN


def _who(by: Any) -> tuple[int | None, str, str]:
    if by is None:
        return None, "system", ""
    posting = acting_posting(by)
    return by.pk, by.get_full_name(), str(posting) if posting else ""


_PLAIN = frozenset({str, int, bool, float, type(None)})


def _json(values: dict[str, Any]) -> str:
    """Sorted text of what JSON gives back, so that a digest made now equals one made from the stored row."""
    if not values:
        return "{}"
    if not all(type(name) is str for name in values):
        return encode_sorted(json.loads(encode_json(values)))
    return encode_sorted({name: v if type(v) in _PLAIN else _plain(v) for name, v in values.items()})


def _plain(value: Any) -> Any:
    return value.isoformat() if type(value) is date else json.loads(encode_json(value))
