from graphtape_contracts.parsing.bounded_dict import MAX_ENTRIES, BoundedDict


def test_values_are_stored_by_id() -> None:
    recent = BoundedDict[int]()
    recent.set("a", 1)
    recent.set("b", 2)
    recent.set("a", 3)

    assert list(recent.values()) == [2, 3]
    assert len(recent) == 2
    assert recent.get("a") == 3
    assert "a" in recent
    assert recent.pop("a") == 3
    assert recent.get("a") is None
    assert recent.pop("a") is None
    assert not recent.forgot


def test_the_least_recently_set_value_is_dropped_first() -> None:
    recent = BoundedDict[int]()
    for number in range(MAX_ENTRIES):
        recent.set(str(number), number)
    recent.set("0", -1)
    assert not recent.forgot

    recent.set("new", 0)

    assert recent.forgot
    assert len(recent) == MAX_ENTRIES
    assert "1" not in recent
    assert recent.get("0") == -1
