"""One file kept with a row: evidence of a change of plan, of a promise kept, of a payment made."""

from typing import Any

from django.db import models
from django.http import HttpResponseBase
from django.utils.translation import gettext_lazy as _

from accounts.files import attachment, check_file, forget, keep


class WithFile(models.Model):
    """The row's file. `file_path` is a random name in the storage, `file_name` the sender's own."""

    file_path = models.CharField(max_length=200, blank=True, editable=False)
    file_name = models.CharField(_("file"), max_length=120, blank=True, editable=False)
    file_type = models.CharField(max_length=100, blank=True, editable=False)

    class Meta:
        abstract = True


class Kept:
    """Keeps an upload while the write goes on; forgets it when the write fails.

    with Kept(upload, "plans", field="file") as file: Model.objects.create(**file.values, …)
    """

    def __init__(self, upload: Any, folder: str, *, field: str = "file") -> None:
        self.values: dict[str, str] = {}
        if upload:
            checked = check_file(upload, field=field)
            path = keep(upload, checked, folder)
            self.values = {"file_path": path, "file_name": checked.name, "file_type": checked.content_type}

    def __enter__(self) -> "Kept":
        return self

    def __exit__(self, fault: type[BaseException] | None, *rest: Any) -> None:
        if fault is not None and self.values:
            forget([self.values["file_path"]])


def download(row: WithFile) -> HttpResponseBase:
    """The row's file; the caller has asked who may read the row."""
    return attachment(row.file_path, row.file_name, row.file_type)
