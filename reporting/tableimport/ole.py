"""The little of the OLE container and of BIFF8 that the importer needs, with every loop bounded.

An .xls file is an OLE container with a "Workbook" stream of records. The parser we use shows an error cell (#N/A) as an
empty one and hides the hidden rows, so these two are read here. Imports nothing of ours: the parsing child uses it too.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator

MAGIC = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_END = 0xFFFFFFFA  # and above: end of chain, free, FAT, DIFAT
_ERRORS = {
    0x00: "#NULL!",
    0x07: "#DIV/0!",
    0x0F: "#VALUE!",
    0x17: "#REF!",
    0x1D: "#NAME?",
    0x24: "#NUM!",
    0x2A: "#N/A",
}


class OleError(ValueError):
    """The container is damaged or cut off."""


class OleFile:
    """Directory and streams of one container held in memory (the upload limit bounds it)."""

    def __init__(self, data: bytes) -> None:
        if data[:8] != MAGIC or len(data) < 512:
            raise OleError("not an OLE container")
        self._data = data
        shift, mini_shift = struct.unpack_from("<HH", data, 30)
        if shift not in (9, 12) or mini_shift != 6:
            raise OleError("odd sector size")
        self._size = 1 << shift
        (first_dir,) = struct.unpack_from("<I", data, 48)
        self._cutoff, first_mini, _, first_difat, _ = struct.unpack_from("<5I", data, 56)
        self._fat = self._read_fat(first_difat)
        self.entries = self._read_directory(first_dir)
        self._mini_fat = self._words(self._chain_bytes(first_mini, self._fat)) if first_mini < _END else []

    def _sector(self, number: int) -> bytes:
        start = (number + 1) * self._size
        found = self._data[start : start + self._size]
        if not found:
            raise OleError("sector beyond the end of the file")
        return found

    @staticmethod
    def _words(raw: bytes) -> list[int]:
        return list(struct.unpack(f"<{len(raw) // 4}I", raw[: len(raw) // 4 * 4]))

    def _read_fat(self, next_difat: int) -> list[int]:
        numbers = [n for n in struct.unpack_from("<109I", self._data, 76) if n < _END]
        for _ in range(len(self._data) // self._size + 1):
            if next_difat >= _END:
                break
            words = self._words(self._sector(next_difat))
            numbers += [n for n in words[:-1] if n < _END]
            next_difat = words[-1]
        return self._words(b"".join(self._sector(n) for n in numbers))

    def _chain(self, start: int, fat: list[int]) -> Iterator[int]:
        for _ in range(len(fat) + 1):
            if start >= _END:
                return
            if start >= len(fat):
                raise OleError("broken chain")
            yield start
            start = fat[start]
        raise OleError("endless chain")

    def _chain_bytes(self, start: int, fat: list[int]) -> bytes:
        return b"".join(self._sector(n) for n in self._chain(start, fat))

    def _read_directory(self, start: int) -> dict[str, tuple[int, int, int]]:
        raw = self._chain_bytes(start, self._fat)
        found: dict[str, tuple[int, int, int]] = {}
        for at in range(0, len(raw) - 127, 128):
            (length,) = struct.unpack_from("<H", raw, at + 64)
            kind = raw[at + 66]
            if kind and 2 <= length <= 64:
                name = raw[at : at + length - 2].decode("utf-16-le", "replace")
                first, size = struct.unpack_from("<II", raw, at + 116)
                found.setdefault(name, (kind, first, size))
        if "Root Entry" not in found:
            raise OleError("no root entry")
        return found

    def stream(self, name: str) -> bytes:
        """Bytes of a stream; OleError when it is missing or broken."""
        if name not in self.entries:
            raise OleError(f"no stream {name}")
        _, first, size = self.entries[name]
        if size >= self._cutoff:
            return self._chain_bytes(first, self._fat)[:size]
        _, root_first, root_size = self.entries["Root Entry"]
        mini = self._chain_bytes(root_first, self._fat)[:root_size] if root_first < _END else b""
        return b"".join(mini[n * 64 : n * 64 + 64] for n in self._chain(first, self._mini_fat))[:size]


def records(stream: bytes) -> Iterator[tuple[int, int, bytes]]:
    """(kind, offset, body) of each BIFF record."""
    at = 0
    while at + 4 <= len(stream):
        kind, length = struct.unpack_from("<HH", stream, at)
        yield kind, at, stream[at + 4 : at + 4 + length]
        at += 4 + length


def is_encrypted_biff(stream: bytes) -> bool:
    """True when the workbook globals hold a FILEPASS record (a password to open)."""
    for count, (kind, _, _) in enumerate(records(stream)):
        if kind == 0x2F:
            return True
        if kind == 0x0A or count > 64:
            return False
    return False


def biff_hints(stream: bytes) -> dict[str, dict[str, list]]:
    """Per sheet name: "errors" [[row, column, "#N/A"]] and "hidden" [row], counted from 0."""
    offsets: dict[int, str] = {}
    found: dict[str, dict[str, list]] = {}
    sheet: dict[str, list] | None = None
    for kind, at, body in records(stream):
        if kind == 0x85 and len(body) >= 8:  # BOUNDSHEET
            offset, _, length, wide = struct.unpack_from("<IHBB", body)
            raw = body[8 : 8 + length * (2 if wide & 1 else 1)]
            offsets[offset] = raw.decode("utf-16-le" if wide & 1 else "latin-1", "replace")
        elif kind == 0x809:  # BOF
            name = offsets.get(at)
            sheet = None if name is None else found.setdefault(name, {"errors": [], "hidden": []})
        elif sheet is None:
            continue
        elif kind == 0x205 and len(body) >= 8 and body[7]:  # BOOLERR holding an error
            row, column = struct.unpack_from("<HH", body)
            sheet["errors"].append([row, column, _ERRORS.get(body[6], "#ERR")])
        elif kind == 0x06 and len(body) >= 14 and body[12:14] == b"\xff\xff" and body[6] == 2:  # FORMULA
            row, column = struct.unpack_from("<HH", body)
            sheet["errors"].append([row, column, _ERRORS.get(body[8], "#ERR")])
        elif kind == 0x208 and len(body) >= 16 and body[12] & 0x20:  # ROW with zero height
            sheet["hidden"].append(struct.unpack_from("<H", body)[0])
    return found
