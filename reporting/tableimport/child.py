"""The parsing child: started as a script, so that neither Django nor our packages load; limited in memory and time.

Protocol: argv = folder of the parser package, folder of our code, memory bytes, cpu seconds. One JSON request per
process on stdin, {"path", "kind", "errors", "formulas", "hidden", "limits"}; one JSON answer on stdout,
{"sheets": [...]} or {"error": code}. A cell is null, text, a number, true/false, or a pair: ["d", "2026-04-26"] a date,
["m", "2026-04"] a date shown without its day, ["e", "#N/A"] an error, ["f", ""] a formula that was never calculated.
"""

from __future__ import annotations

import sys


def limit_process(memory: int, seconds: int) -> None:
    """Hard limits by the kernel; a parser that runs away is ended, the caller reads the return code."""
    import resource

    resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds + 1))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def main() -> int:
    """Answer one request."""
    parser_folder, code_folder, memory, seconds = sys.argv[1:5]
    sys.path[:0] = [parser_folder]
    sys.path.append(code_folder)
    limit_process(int(memory), int(seconds))
    import json

    import python_calamine

    from reporting.tableimport.cells import read_sheets

    line = sys.stdin.readline()
    if not line:  # the caller refused the file
        return 0
    answer: dict[str, object]
    try:
        answer = {"sheets": read_sheets(json.loads(line))}
    except MemoryError:
        answer = {"error": "file_too_complex"}
    except python_calamine.PasswordError:
        answer = {"error": "file_protected"}
    except (python_calamine.CalamineError, ValueError, OSError, IndexError, KeyError):
        answer = {"error": "file_damaged"}
    # Infinity and NaN pass as such: the reader of the amount says what is wrong with them.
    sys.stdout.buffer.write(
        json.dumps(answer, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "replace")
    )
    sys.stdout.buffer.flush()
    return 0


if __name__ == "__main__":
    sys.exit(main())
