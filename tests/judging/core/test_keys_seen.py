"""Keys of an import and where they were seen first."""

from judging.core.keys_seen import KeysSeen


def test_a_new_key_has_no_place_before_and_a_known_one_its_first() -> None:
    seen = KeysSeen()
    assert seen.first_place("a", 7) == 0
    assert seen.first_place("b", 8) == 0
    assert seen.first_place("a", 9) == 7
    assert seen.first_place("a", 10) == 7


def test_every_key_keeps_its_place_while_more_come() -> None:
    seen = KeysSeen()
    assert [seen.first_place(str(number), number) for number in range(1, 50_001)] == [0] * 50_000
    assert [seen.first_place(str(number), 1) for number in range(1, 50_001)] == list(range(1, 50_001))
