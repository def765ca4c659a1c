#!/usr/bin/env python3
"""All that is done to this project by command, with nothing but Python 3.11 on the machine.

    python3 scripts/dev.py setup          what the other commands need: packages, front-end files, translations
    python3 scripts/dev.py run            the whole system on this machine; Ctrl-C ends it
    python3 scripts/dev.py test [ARGS]    all tests; ARGS go to pytest, such as -k ledger or tests/unit
    python3 scripts/dev.py check          style, types, directions of import, migrations, translations, security
    python3 scripts/dev.py fix            mend what the style checkers can mend
    python3 scripts/dev.py bench [ARGS]   our figures beside a peer's and the floor
    python3 scripts/dev.py lock           write the locks anew from requirements/*.in

`make` knows them by the same names.
"""

import sys

if sys.version_info < (3, 11):  # noqa: UP036 - whoever starts this with an older one deserves a plain word
    sys.exit("Python 3.11 or newer is needed. Try: python3.11 " + " ".join(sys.argv))

from devtools import bench, check, run, setup, test
from devtools.common import Stop

COMMANDS = {
    "setup": lambda args: setup.everything(),
    "run": lambda args: run.run(),
    "test": test.test,
    "check": lambda args: check.check(),
    "fix": lambda args: check.fix(),
    "bench": bench.bench,
    "lock": lambda args: setup.write_locks(),
}


def main(argv: list[str]) -> int:
    if not argv or argv[0] not in COMMANDS:
        print(__doc__)
        return 0 if argv[:1] in ([], ["help"], ["--help"]) else 2
    try:
        return COMMANDS[argv[0]](argv[1:]) or 0
    except Stop as reason:
        print(f"\n{reason}", file=sys.stderr)
        return reason.code
    except KeyboardInterrupt:
        print("\nStopped.", file=sys.stderr)
        return 130


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
