"""`python -m bench [NAME …] [--quick] [--json FILE]`, on the PostgreSQL of DATABASE_URL; names: see NAMES.

`make bench ARGS="list --quick"` starts one of its own. Ends with 0 whether the targets are met or not: a busy machine
is no fault of the code. A wrong answer or a crash ends it at once.
"""

import argparse
import os
import platform
import time
from importlib import import_module
from pathlib import Path
from typing import Any

from bench import _harness
from bench._harness import Line, Taken

NAMES = ("import", "list", "figures", "warnings", "checklist", "deadlines", "public")


def main() -> int:
    asked = arguments()
    _harness.begin()
    # The import empties the tables of the others; so it comes first, whatever the order asked for.
    names = [name for name in NAMES if name in (asked.names or NAMES)]
    lines: list[Line] = []
    for name in names:
        started = time.perf_counter()
        _harness.tell(f"— {name} …")
        lines += run(name, quick=asked.quick)
        _harness.tell(f"— {name}: {time.perf_counter() - started:.0f} s")
    if asked.quick:
        lines = [line.without_targets() for line in lines]
    print(_harness.table(lines))
    missed = [line.what.strip() for line in lines if line.met is False]
    if asked.quick:
        print("\nSmall sizes: the targets are for the full ones.")
    else:
        print(f"\nMissed: {', '.join(missed)}" if missed else "\nEvery target is met.")
    if asked.json:
        _harness.save(asked.json, lines, **about(quick=asked.quick))
    return 0


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="bench", description="Our figures beside a peer's and the floor, in one run."
    )
    parser.add_argument("names", nargs="*", metavar="NAME", help=f"which: {', '.join(NAMES)} (default: all)")
    parser.add_argument(
        "--quick", action="store_true", help="small sizes: seconds instead of minutes; says little"
    )
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the figures there too")
    asked = parser.parse_args()
    unknown = sorted(set(asked.names) - set(NAMES))
    if unknown:
        parser.error(f"there is no {', '.join(unknown)}; there are {', '.join(NAMES)}")
    return asked


def run(name: str, *, quick: bool) -> list[Line]:
    if name == "import":
        return import_lines(quick=quick)
    lines: list[Line] = import_module(f"bench.bench_{name}").run(quick=quick)
    return lines


def import_lines(*, quick: bool) -> list[Line]:
    from bench import bench_import

    if quick:
        bench_import.ROWS, bench_import.ROUNDS = 500, 1
    people = bench_import.prepare()
    rows, small = bench_import.ROWS, bench_import.SMALL
    big = bench_import.measure(rows, bench_import.CITY, people, with_peer=True)
    county = bench_import.measure(small, bench_import.COUNTY, people, with_peer=True)
    count = bench_import.statements(bench_import.CITY, people)
    bench_import.clear()
    new, again = "all rows new", "a month later"
    return [
        _import_line(f"import {rows:,} × 20, {new}", big["new"], at_most=3, faster=12),
        _import_line(f"import {rows:,} × 20, {again}", big["again"], at_most=3, faster=12),
        Line("  statements", count=count, most=10 * rows // 1000),
        _import_line(f"import {small} × 20, {new}", county["new"], faster=4),
        _import_line(f"import {small} × 20, {again}", county["again"], faster=4),
    ]


def _import_line(what: str, found: dict[str, float], **targets: float) -> Line:
    taken = {name: Taken(value, value, value, 1) for name, value in found.items()}
    return Line(what, taken["ours"], taken.get("peer"), taken["floor"], **targets)  # type: ignore[arg-type]


def about(**more: Any) -> dict[str, Any]:
    """Where and when the figures were taken."""
    from django.db import connection

    from accounts import clock

    with connection.cursor() as cursor:
        cursor.execute("SHOW server_version")
        (postgres,) = cursor.fetchone()
    return more | {
        "taken_at": clock.now().isoformat(timespec="seconds"),
        "cores": os.cpu_count(),
        "python": platform.python_version(),
        "postgresql": postgres,
    }


if __name__ == "__main__":
    raise SystemExit(main())
