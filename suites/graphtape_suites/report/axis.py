"""The time axis of a timeline: linear, or with its idle time shortened where that shows more."""

from bisect import bisect_right
from collections.abc import Sequence
from itertools import accumulate, pairwise
from math import floor, log10

BINS = 250
"""How many places along the axis can be told apart."""
_EXPONENTS = (1.0, 0.5, 0.25)
"""What the time between two frames is raised to, for its width; the first that fits is taken."""
_ENOUGH = 0.5
"""The part of the frames that has a place of its own, or of the places that are taken."""
_TICKS = 5
_PRECISION = 9
"""Digits of a time that are taken for true: nanoseconds."""
_MOST_DIGITS = 10
_NICE = (1.0, 2.0, 5.0, 10.0)


class Axis:
    """Where on a line from 0 to 1 each frame of a stream is, in the order of the stream."""

    def __init__(self, times: Sequence[float]) -> None:
        """Place frames that came at these *times*, in seconds since the request; at least one."""
        whole = (max(0.0, round(time, _PRECISION)) for time in times)
        self._times = [0.0, *accumulate(whole, max)]
        self.span = self._times[-1]
        """When the last frame came."""
        drawn = max(
            (self._drawn(exponent) for exponent in _EXPONENTS),
            key=lambda one: min(_told_apart(one[1:]), _ENOUGH),
        )
        self._places = drawn
        self.is_linear = self.span > 0 and drawn == self._drawn(1.0)
        """Whether a second is as wide everywhere."""

    def _drawn(self, exponent: float) -> list[float]:
        gaps = [after - before for before, after in pairwise(self._times)]
        # What came at once is drawn apart all the same, where the axis is not true to scale.
        least = 0.0 if exponent == 1.0 and self.span else (self.span or 1.0) / (50 * len(gaps))
        widths = list(accumulate((max(gap, least) ** exponent for gap in gaps), initial=0.0))
        return [width / widths[-1] for width in widths]

    def place(self, index: int) -> float:
        """Return where the frame with that *index* (counted from 0) is."""
        return self._places[index + 1]

    def ticks(self) -> list[tuple[float, str]]:
        """Return the places of the ticks, and the times in their labels."""
        if not self.span:
            return []
        if self.is_linear:
            step = _nice(self.span / _TICKS)
            times = [n * step for n in range(int(self.span / step) + 1)]
            places = [time / self.span for time in times]
        else:
            places = [n / _TICKS for n in range(_TICKS + 1)]
            times = [self._time_at(place) for place in places]
        return list(zip(places, _labels(times), strict=True))

    def _time_at(self, place: float) -> float:
        after = min(bisect_right(self._places, place), len(self._places) - 1)
        left, right = self._places[after - 1], self._places[after]
        part = min(1.0, (place - left) / (right - left))
        return self._times[after - 1] + part * (self._times[after] - self._times[after - 1])


def seconds(time: float) -> str:
    """Return *time* in words: `12.3 ms`, `1.205 s`."""
    if 0 < time < 1:
        return f"{time * 1000:.3g} ms" if time < 0.1 else f"{time * 1000:.0f} ms"
    return f"{time:.3f}".rstrip("0").rstrip(".") + " s"


def _told_apart(places: Sequence[float]) -> float:
    return len({int(place * BINS) for place in places}) / min(len(places), BINS)


def _nice(step: float) -> float:
    """Return the next number from *step* on that reads well: 0.05, 0.1, 0.2, 0.5 ..."""
    magnitude = 10.0 ** floor(log10(step))
    return next(nice for n in _NICE if (nice := n * magnitude) >= step)


def _labels(times: Sequence[float]) -> list[str]:
    """Return *times* in one unit, with as many digits as it takes to tell them apart."""
    unit, scale = ("ms", 1000) if times[-1] < 1 else ("s", 1)
    told_apart = (
        digits
        for digits in range(_MOST_DIGITS)
        if len({f"{time * scale:.{digits}f}" for time in times}) == len(times)
    )
    digits = next(told_apart, _MOST_DIGITS)
    return [f"{time * scale:.{digits}f} {unit}" for time in times]
