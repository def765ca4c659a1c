"""The draw of a spot check: known answers, independent of order, repeatable by anybody with a pocket hash."""

from hashlib import sha256

from supervision.inspections.draw import draw, fingerprint_of

NUMBERS = [f"230622-2026-{n:04d}" for n in range(1, 21)]


def test_the_same_list_and_seed_give_the_same_projects_in_any_order() -> None:
    first = draw(NUMBERS, size=5, seed="20261121")
    again = draw(reversed(NUMBERS), size=5, seed="20261121")
    assert first == again
    assert len(first.drawn) == 5 and len(set(first.drawn)) == 5


def test_it_is_done_as_the_record_says() -> None:
    """By hand: SHA-256 of "seed:number", ascending, the first three."""
    by_hand = sorted(NUMBERS, key=lambda number: sha256(f"k:{number}".encode()).hexdigest())[:3]
    assert list(draw(NUMBERS, size=3, seed="k").drawn) == by_hand


def test_known_answers() -> None:
    """Computed once with sha256sum: "1:A" 3addd7d5…, "1:B" 90a74e6d…, "1:C" fd38d3d4…."""
    result = draw(["C", "B", "A"], size=2, seed="1")
    assert result.fingerprint == "2e70d7238a20934f7a8a145e8750ee44d6e043a7a8c9b3a1a0979d640e62af8c"
    assert result.drawn == ("A", "B")


def test_another_seed_another_draw_and_the_longer_draw_begins_with_the_shorter() -> None:
    assert draw(NUMBERS, size=5, seed="a").drawn != draw(NUMBERS, size=5, seed="b").drawn
    assert draw(NUMBERS, size=8, seed="a").drawn[:5] == draw(NUMBERS, size=5, seed="a").drawn


def test_edges() -> None:
    assert draw([], size=3, seed="x").drawn == ()
    assert set(draw(NUMBERS, size=99, seed="x").drawn) == set(NUMBERS)
    assert draw(["A", "A"], size=2, seed="x").population == ("A",)
    assert fingerprint_of(["B", "A"]) == fingerprint_of(["A", "B"]) != fingerprint_of(["A"])
