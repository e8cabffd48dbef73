"""Lists flattened into attributes are put together again."""

from __future__ import annotations

from traces.dialects.flattened import numbered


def test_items_come_in_the_order_of_their_numbers() -> None:
    """Ten comes after two, gaps do not matter, and other attributes are left alone."""
    found = numbered({"m.10.role": "c", "m.2.role": "b", "m.0.role": "a", "m.0.x.y": 1, "other": 2}, "m.")

    assert found == [{"role": "a", "x.y": 1}, {"role": "b"}, {"role": "c"}]


def test_what_is_no_number_is_no_item() -> None:
    """Words, signs, foreign digits and endless numbers."""
    keys = ("m.x.role", "m.-1.role", "m.٣.role", f"m.{'9' * 5000}.role", "m.", "m", "mm.0.role")

    assert numbered(dict.fromkeys(keys, "?"), "m.") == []


def test_an_item_may_be_a_value_itself() -> None:
    """``tags.0`` stands for itself, under an empty name."""
    assert numbered({"tags.0": "a", "tags.1": "b"}, "tags.") == [{"": "a"}, {"": "b"}]
