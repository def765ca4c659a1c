#!/usr/bin/env python3
"""Translations: compile, extract, check, merge. Run with the virtual environment's Python.

    scripts/messages.py compile    all locale/zh_Hans/LC_MESSAGES/*.po into one django.mo
    scripts/messages.py extract    print every message of code and templates, with its place
    scripts/messages.py check      fail on messages without a sound translation, and on translations unused
    scripts/messages.py merge      write one django.po, sorted by place, and remove the parts

Only `extract`, `check` and `merge` need GNU xgettext.
"""

import re
import subprocess
import sys
import tempfile
from pathlib import Path

import polib

ROOT = Path(__file__).resolve().parents[1]
FOLDER = ROOT / "locale" / "zh_Hans" / "LC_MESSAGES"
SOURCES = ("config", "policy", "accounts", "projects", "approvals", "supervision", "reporting", "templates")
KEYWORDS = (
    "gettext_noop",
    "gettext_lazy",
    "ngettext_lazy:1,2",
    "pgettext:1c,2",
    "npgettext:1c,2,3",
    "pgettext_lazy:1c,2",
    "npgettext_lazy:1c,2,3",
)
PLACEHOLDER = re.compile(r"%\(\w+\)[sd]|%[sd]|\{\w*\}")
CHINESE = re.compile(r"[\u4e00-\u9fff]")
METADATA = {
    "Project-Id-Version": "signed-project-supervision",
    "Language": "zh_Hans",
    "MIME-Version": "1.0",
    "Content-Type": "text/plain; charset=UTF-8",
    "Content-Transfer-Encoding": "8bit",
    "Plural-Forms": "nplurals=1; plural=0;",
}
Key = tuple[str | None, str]


class Broken(Exception):
    """What is wrong with the translations, ready to print."""


def key_of(entry: polib.POEntry) -> Key:
    return (entry.msgctxt, entry.msgid)


def words_of(entry: polib.POEntry) -> str:
    return entry.msgstr_plural.get(0, "") if entry.msgid_plural else entry.msgstr


def show(key: Key) -> str:
    context, message = key
    return f"{message!r}" + (f" [{context}]" if context else "")


def load_parts() -> dict[Key, polib.POEntry]:
    """Every translated message of every part; two different translations of one message are an error."""
    merged: dict[Key, polib.POEntry] = {}
    origin: dict[Key, str] = {}
    conflicts = []
    for path in sorted(FOLDER.glob("*.po")):
        try:
            part = polib.pofile(str(path), encoding="utf-8")
        except (OSError, UnicodeDecodeError, ValueError) as error:
            raise Broken(f"{path.name}: cannot be read: {error}") from error
        for entry in part:
            if entry.obsolete or entry.fuzzy or not words_of(entry):
                continue
            key = key_of(entry)
            known = merged.get(key)
            if known is None:
                merged[key], origin[key] = entry, path.name
            elif words_of(known) != words_of(entry):
                conflicts.append(
                    f"{show(key)}: {origin[key]} says {words_of(known)!r}, {path.name} says {words_of(entry)!r}"
                )
            elif entry.msgid_plural and not known.msgid_plural:
                merged[key], origin[key] = entry, path.name
    if conflicts:
        raise Broken("One message, two translations:\n  " + "\n  ".join(conflicts))
    return merged


def catalogue(entries: list[polib.POEntry]) -> polib.POFile:
    book = polib.POFile(wrapwidth=110)
    book.metadata = dict(METADATA)
    book.extend(entries)
    return book


def compile_messages() -> None:
    entries = load_parts()
    FOLDER.mkdir(parents=True, exist_ok=True)
    target = FOLDER / "django.mo"
    draft = target.with_suffix(".mo.new")
    catalogue(
        [entries[key] for key in sorted(entries, key=lambda key: (key[0] or "", key[1]))]
    ).save_as_mofile(str(draft))
    draft.replace(target)
    print(f"{len(entries)} messages compiled")


def extract_messages() -> polib.POFile:
    """All messages of the sources; templates are turned into what xgettext reads, as Django does."""
    from django.conf import settings
    from django.utils.translation.template import templatize

    if not settings.configured:
        settings.configure()
    with tempfile.TemporaryDirectory(prefix="messages-") as scratch:
        names = []
        for top in SOURCES:
            for path in sorted((ROOT / top).rglob("*")):
                if path.suffix not in {".py", ".html", ".txt"} or "migrations" in path.parts:
                    continue
                place = path.relative_to(ROOT)
                text = path.read_text(encoding="utf-8")
                copy = Path(scratch) / place
                if path.suffix != ".py":
                    if "{%" not in text:
                        continue
                    text = templatize(text, origin=str(place))
                copy.parent.mkdir(parents=True, exist_ok=True)
                copy.write_text(text, encoding="utf-8")
                names.append(str(place))
        if not names:
            return polib.POFile()
        command = ["xgettext", "--from-code=UTF-8", "--language=Python", "--keyword", "--keyword=_"]
        command += [
            "--keyword=gettext",
            "--keyword=ngettext:1,2",
            *(f"--keyword={word}" for word in KEYWORDS),
        ]
        command += ["--files-from=-", "--output=all.pot", "--force-po"]
        done = subprocess.run(
            command, cwd=scratch, input="\n".join(names), capture_output=True, text=True, check=False
        )
        if done.returncode:
            raise Broken(f"xgettext failed:\n{done.stderr}")
        return polib.pofile(str(Path(scratch) / "all.pot"), encoding="utf-8")


def place_of(entry: polib.POEntry) -> str:
    return ", ".join(f"{name}:{line}" for name, line in entry.occurrences[:2])


def is_english(text: str) -> bool:
    """An English sentence may quote what people write into a workbook: 万元, 2026年10月."""
    return len(CHINESE.findall(text)) < len(re.findall(r"[A-Za-z]", text)) or not CHINESE.search(text)


def check_messages() -> None:
    known = load_parts()
    wanted = {key_of(entry): entry for entry in extract_messages() if entry.msgid}
    faults = []
    for key, entry in wanted.items():
        if not is_english(entry.msgid):
            faults.append(f"source string is not English: {show(key)} ({place_of(entry)})")
        elif key not in known:
            faults.append(f"no translation: {show(key)} ({place_of(entry)})")
        elif set(PLACEHOLDER.findall(entry.msgid_plural or entry.msgid)) != set(
            PLACEHOLDER.findall(words_of(known[key]))
        ):
            faults.append(f"other placeholders in the translation: {show(key)} ({place_of(entry)})")
    faults += [f"translated but nowhere used: {show(key)}" for key in known if key not in wanted]
    if faults:
        raise Broken(f"{len(faults)} faults in translations:\n  " + "\n  ".join(sorted(faults)))
    print(f"{len(wanted)} messages, all translated")


def merge_parts() -> None:
    """One django.po in the order of the sources; needs complete parts, so that nothing is lost unseen."""
    check_messages()
    known = load_parts()
    entries = []
    for found in extract_messages():
        entry = known[key_of(found)]
        # Files without lines: a moved line would change the catalogue for nothing.
        entry.occurrences = sorted({(name, "") for name, _line in found.occurrences})
        entry.comment = entry.tcomment = ""
        entry.flags = [flag for flag in found.flags if flag.endswith("-format")]
        entries.append(entry)
    entries.sort(key=lambda entry: (entry.occurrences[:1], entry.msgid))
    parts = list(FOLDER.glob("*.po"))
    book = catalogue(entries)
    for part in parts:
        part.unlink()
    book.save(str(FOLDER / "django.po"))
    print(f"{len(entries)} messages in django.po, {len(parts)} parts removed")


def print_messages() -> None:
    for entry in extract_messages():
        print(f"{place_of(entry)}\t{show(key_of(entry))}")


COMMANDS = {
    "compile": compile_messages,
    "extract": print_messages,
    "check": check_messages,
    "merge": merge_parts,
}

if __name__ == "__main__":
    if len(sys.argv) != 2 or sys.argv[1] not in COMMANDS:
        sys.exit(__doc__)
    try:
        COMMANDS[sys.argv[1]]()
    except Broken as error:
        sys.exit(str(error))
