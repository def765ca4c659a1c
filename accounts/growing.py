"""Rows that are only ever added: nobody changes or deletes them, whatever the code tries."""

from typing import Any, NoReturn

from django.db import models

from accounts.models.audit import AppendOnly


class Unalterable(AppendOnly):
    """Somebody tried to change or delete a row that only grows."""


class GrowingRows(models.QuerySet):
    def update(self, **kwargs: Any) -> NoReturn:
        raise Unalterable(f"{self.model._meta.label} is never changed")

    def delete(self) -> NoReturn:
        raise Unalterable(f"{self.model._meta.label} is never deleted")


class LookRows(GrowingRows):
    """Looks at what is sealed, each with a purpose."""

    def blank_purpose(self, word: str) -> int:
        """The one exception: what for may name the person, so it goes with the name. Who and when stay."""
        return super(GrowingRows, self).update(purpose=word)


class GrowingRow(models.Model):
    class Meta:
        abstract = True

    def save(self, *args: Any, **kwargs: Any) -> None:
        if self.pk is not None:
            raise Unalterable(f"{self._meta.label} is never changed")
        super().save(*args, **kwargs)

    def delete(self, *args: Any, **kwargs: Any) -> NoReturn:
        raise Unalterable(f"{self._meta.label} is never deleted")
