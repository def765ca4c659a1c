from typing import Any

from django.core.management.base import BaseCommand

from accounts.divisions import load


class Command(BaseCommand):
    help = "Load the divisions of Heilongjiang, their former names and the standard departments. Safe to run twice."

    def handle(self, *args: Any, **options: Any) -> None:
        done = load()
        self.stdout.write(
            f"{done.divisions} divisions, {done.aliases} aliases, {done.departments} departments"
        )
