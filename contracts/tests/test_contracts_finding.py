from graphtape_contracts.finding import Finding, Level, json_path


def test_levels_are_ranked_from_strictest_to_weakest() -> None:
    assert [level.rank for level in (Level.MUST, Level.SHOULD, Level.NOTE)] == [0, 1, 2]


def test_a_path_is_written_in_the_notation_of_rfc_9535() -> None:
    path = json_path(("messages", 0, "id", "odd key", "it's", "é", "", "back\\slash"))

    assert path == r"$.messages[0].id['odd key']['it\'s']['é']['']['back\\slash']"


def test_a_finding_is_understandable_on_its_own() -> None:
    finding = Finding(
        "order.error-last",
        Level.MUST,
        "After `error` there is nothing.",
        "observed",
        "nothing",
        "the event `values`",
        frame=3,
        path=("a", 0),
        exchange=2,
    )

    assert str(finding).splitlines() == [
        "order.error-last (MUST) at exchange 2, frame 3, $.a[0]",
        "  statement: After `error` there is nothing.",
        "  expected:  nothing",
        "  got:       the event `values`",
        "  source:    observed",
    ]


def test_a_finding_without_a_frame_is_in_the_head() -> None:
    finding = Finding("a.b", Level.NOTE, "", "", "", "")

    assert finding.where == "head"
