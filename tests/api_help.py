"""A program that speaks with a token, for the tests of /api/v1/."""

from datetime import date, timedelta
from typing import Any

from django.test import Client

from accounts import clock
from accounts.models import User
from accounts.tokens.services import issue_token


def token_of(user: User, *, days: int = 30) -> str:
    """The text of a fresh token for the person's first posting."""
    posting = user.postings.select_related("division", "department").earliest("pk")
    last: date = clock.today() + timedelta(days=days)
    return issue_token(posting=posting, label="测试平台", expires_on=last, by=user, at=clock.now())[1]


class Program:
    """`Program(user)`: a client with that user's token. Answers are (status, JSON)."""

    def __init__(self, user: User | None = None, *, token: str = "") -> None:
        self.token = token or (token_of(user) if user else "")
        self.client = Client(raise_request_exception=True)
        self.headers = {"Authorization": f"Bearer {self.token}"} if self.token else {}

    def get(self, path: str, **query: Any) -> tuple[int, Any]:
        response = self.client.get(f"/api/v1/{path}", query, headers=self.headers)
        return response.status_code, response.json()

    def post(self, path: str, data: Any = None, *, json: bool = False) -> tuple[int, Any]:
        extra: dict[str, Any] = {"content_type": "application/json"} if json else {}
        response = self.client.post(f"/api/v1/{path}", data or {}, headers=self.headers, **extra)
        return response.status_code, response.json()


def code_of(answer: dict[str, Any]) -> str:
    """The code of the first error of a problem."""
    return str(answer["errors"][0]["code"])
