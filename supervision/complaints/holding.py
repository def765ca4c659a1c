"""Files of a form that came back for something else: kept for an hour, so that nobody has to choose them again.

No row and no session knows them. The page carries a signed token per file, which alone leads to the stored copy; what
nobody comes back for is removed by the daily run.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.core import signing
from django.core.files.base import File
from django.core.files.storage import default_storage

from accounts import files
from accounts.outside import throttle

FOLDER = "complaints-held"
GOOD_FOR = 60 * 60  # seconds
OLD = timedelta(hours=24)
MOST = throttle.Limit("complaint_held", 18, 60 * 60)  # files of one address
_SALT = "supervision.complaints.holding"


@dataclass(frozen=True, slots=True)
class Held:
    """A file kept for the form: `token` for the page, `name` as the sender called it."""

    token: str
    name: str
    path: str

    def open(self) -> Any:
        """The stored copy as a file that can be checked and kept like an upload."""
        return File(default_storage.open(self.path, "rb"), name=self.name)


def hold(uploads: Iterable[Any], *, who: str) -> list[Held]:
    """Keep files, as `check_outside_file` gave them back, for the next try of this form.

    `who`: the address, of which so many are taken.
    """
    found = []
    for upload in uploads:
        if not throttle.spend(MOST, who):
            break
        checked = files.check_file(upload, field="uploads")
        path = files.keep(upload, checked, FOLDER)
        token = signing.dumps({"p": path, "n": checked.name}, salt=_SALT)
        found.append(Held(token, checked.name, path))
    return found


def held_of(tokens: Sequence[str], most: int) -> list[Held]:
    """The files that tokens of ours lead to and that are still there, each once, at most `most`."""
    found: dict[str, Held] = {}
    for token in tokens[: 2 * most]:
        try:
            value = signing.loads(token[:1000], salt=_SALT, max_age=GOOD_FOR)
            held = Held(token, str(value["n"]), str(value["p"]))
        except (signing.BadSignature, KeyError, TypeError):
            continue
        if held.path.startswith(f"{FOLDER}/") and default_storage.exists(held.path):
            found[held.path] = held
    return list(found.values())[:most]


def forget(held: Iterable[Held]) -> None:
    """They lie with their complaint now."""
    files.forget([one.path for one in held])


def forget_old(at: datetime) -> int:
    """Remove what nobody came back for. Return how many."""
    if not default_storage.exists(FOLDER):
        return 0
    _folders, names = default_storage.listdir(FOLDER)
    paths = [f"{FOLDER}/{name}" for name in names]
    old = [path for path in paths if at - default_storage.get_modified_time(path) > OLD]
    files.forget(old)
    return len(old)
