"""Replay at the recorded pace: each event is a chunk, and heartbeats are sent."""

from dataclasses import replace

from comparison import Comparison
from run_cases import option_cases, read_inputs

INPUTS = read_inputs()
MODES = {"stream_mode": ["values", "messages", "updates", "custom"]}


def test_each_event_is_a_separate_chunk(paced_mock: str, comparison: Comparison) -> None:
    cases = [
        replace(case, chunks=True)
        for name in ("agent", "tools", "slow", "failing", "interrupt")
        for endpoint in ("stream", "wait")
        for case in option_cases(f"/runs/{endpoint}", INPUTS[name], [{}, MODES])
    ]

    differences = comparison.differences("pace", paced_mock, cases)

    assert not differences, "\n".join(differences)


def test_heartbeats_are_sent_while_the_run_waits_to_start(
    paced_mock: str, comparison: Comparison
) -> None:
    asked = INPUTS["agent"] | {"after_seconds": 8}
    cases = [
        replace(case, chunks=True)
        for endpoint in ("stream", "wait")
        for case in option_cases(f"/runs/{endpoint}", asked, [{}])
    ]

    differences = comparison.differences("pace", paced_mock, cases)

    assert not differences, "\n".join(differences)
