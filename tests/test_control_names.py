"""Tables of names keep every name, whatever the names have in common."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from kg.control.names import merged, table

several = st.lists(st.one_of(st.text(max_size=4), st.text(max_size=3).map("https://example.org/ä/".__add__)))


@given(several, st.text(max_size=3))
def test_a_table_has_its_names_in_order(names: list[str], other: str) -> None:
    found = table(names)
    ordered = sorted(set(names))
    assert list(found) == ordered == [found[number] for number in range(len(found))]
    assert [found.number(name) for name in ordered] == list(range(len(ordered)))
    assert found.number(other) == (ordered.index(other) if other in ordered else -1)


@given(several, several)
def test_two_tables_make_the_table_of_the_names_of_both(some: list[str], more: list[str]) -> None:
    old, new = table(some), table(more)
    found, former, latter = merged(old, new)
    assert list(found) == sorted({*some, *more})
    assert [found[number] for number in former] == list(old)
    assert [found[number] for number in latter] == list(new)
