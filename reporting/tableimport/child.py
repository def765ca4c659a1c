"""The parsing child: started as a script, so that neither Django nor our packages load; limited in memory and time.

Protocol: argv = folder of the parser package, folder of our code, memory bytes, cpu seconds. One request per process on
stdin, marshalled: {"path", "kind", "errors", "formulas", "hidden", "months", "limits"}; one JSON answer on stdout,
{"sheets": [...]} or {"error": code}. JSON, because the parent must not trust a parser that was taken over; the request
is the parent's own word. The json package would double the start of the process: its C encoder does alone.

A cell is null, text, a number, true/false, or a pair: ["d", "2026-04-26"] a date, ["m", "2026-04"] a date shown without
its day, ["e", "#N/A"] an error, ["f", ""] a formula that was never calculated.
"""

from __future__ import annotations

import sys


def limit_process(memory: int, seconds: int) -> None:
    """Hard limits by the kernel; a parser that runs away is ended, the caller reads the return code."""
    import resource

    resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds + 1))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def to_json(answer: dict[str, object]) -> str:
    """Compact JSON text."""
    try:
        from _json import encode_basestring, make_encoder
    except ImportError:  # an interpreter without the C encoder
        import json

        return json.dumps(answer, ensure_ascii=False, separators=(",", ":"))
    encode = make_encoder(None, str, encode_basestring, None, ":", ",", False, False, True)
    return "".join(encode(answer, 0))


def main() -> int:
    """Answer one request."""
    parser_folder, code_folder, memory, seconds = sys.argv[1:5]
    sys.path[:0] = [parser_folder]
    sys.path.append(code_folder)
    limit_process(int(memory), int(seconds))
    import marshal

    import python_calamine

    from reporting.tableimport.cells import read_sheets

    request = sys.stdin.buffer.read()
    if not request:  # the caller refused the file
        return 0
    answer: dict[str, object]
    try:
        answer = {"sheets": read_sheets(marshal.loads(request))}  # noqa: S302  the parent's own word
    except MemoryError:
        answer = {"error": "file_too_complex"}
    except python_calamine.PasswordError:
        answer = {"error": "file_protected"}
    except (python_calamine.CalamineError, ValueError, OSError, IndexError, KeyError):
        answer = {"error": "file_damaged"}
    # Infinity and NaN pass as such: the reader of the amount says what is wrong with them.
    sys.stdout.buffer.write(to_json(answer).encode("utf-8", "replace"))
    sys.stdout.buffer.flush()
    return 0


if __name__ == "__main__":
    sys.exit(main())
