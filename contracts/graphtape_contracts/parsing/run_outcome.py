"""Outcomes of runs, to compare the responses of several runs."""

from dataclasses import dataclass
from typing import Any

from graphtape_contracts.exchange import End
from graphtape_contracts.finding import quote
from graphtape_contracts.json_value import Absent, is_object
from graphtape_contracts.parsing.exchange_head import Kind
from graphtape_contracts.parsing.interrupts import interrupts_of
from graphtape_contracts.parsing.normal_form import normal_form
from graphtape_contracts.parsing.parsed_exchange import ParsedExchange


@dataclass(frozen=True, slots=True)
class RunOutcome:
    """The error, interrupts and output with which a run ended."""

    error: str | None
    """The class name of the error with which the run failed; None if it did not fail."""
    interrupts: frozenset[str]
    """The interrupts in the response, each in its normal form."""
    output: Any
    """The last state in the response; `Absent.EMPTY` if it contains none."""

    def __str__(self) -> str:
        """Return the output as JSON, cut to a readable length."""
        return "no state" if isinstance(self.output, Absent) else quote(self.output)


def run_outcome_of(parsed: ParsedExchange) -> RunOutcome | None:
    """Return the outcome of the run in *parsed*, a stream or an output.

    Returns None if the response is incomplete, or is a stream with several attempts.
    """
    if parsed.exchange.end is not End.COMPLETE:
        return None
    if parsed.head.kind is Kind.STREAM:
        return _of_stream(parsed)
    return _of_output(parsed)


def _of_stream(parsed: ParsedExchange) -> RunOutcome | None:
    error: str | None = None
    interrupts: frozenset[str] = frozenset()
    attempts = 0
    output: Any = Absent.EMPTY
    for event in parsed.events:
        attempts += event.name == "metadata"
        if event.name == "error":
            error = str(event.value.get("error")) if is_object(event.value) else ""
        if event.name == "values":
            # Aegra 0.11.0 writes null as empty data.
            output = None if event.value is Absent.EMPTY else event.value
        if event.name in ("values", "updates"):
            interrupts |= _interrupts_in(event.value)
    return RunOutcome(error, interrupts, output) if attempts < 2 else None


def _interrupts_in(value: Any) -> frozenset[str]:
    return frozenset(map(normal_form, interrupts_of(value) or ()))


def _of_output(parsed: ParsedExchange) -> RunOutcome:
    output = parsed.output
    error: str | None = None
    if is_object(output):
        if is_object(found := output.get("__error__")):
            error = str(found.get("error"))
        output = {key: value for key, value in output.items() if key != "__feedback__"}
    options = parsed.head.options
    has_state = options is None or "values" in options.modes
    return RunOutcome(error, _interrupts_in(output), output if has_state else Absent.EMPTY)


def have_same_output(one: RunOutcome, other: RunOutcome) -> bool:
    """Return whether two successful runs ended in the same state, ignoring ids and times.

    A stream without any state counts as having an empty output. For interrupted runs, only the
    interrupts are compared, because the state beside them varies.
    """
    if one.interrupts or other.interrupts:
        return one.interrupts == other.interrupts
    return _form(one) == _form(other)


def _form(outcome: RunOutcome) -> str:
    if isinstance(outcome.output, Absent) or outcome.output is None or outcome.output == {}:
        return "nothing"
    return normal_form(outcome.output)
