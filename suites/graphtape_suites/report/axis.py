"""The time axis of a timeline: linear, or with idle time compressed to separate frames."""

from bisect import bisect_right
from collections.abc import Sequence
from itertools import accumulate, pairwise
from math import floor, log10

BINS = 250
"""The number of distinguishable places along the axis."""
_EXPONENTS = (1.0, 0.5, 0.25)
"""Exponents that turn the time between two frames into a width, in order of preference."""
_ENOUGH = 0.5
"""The value of `_distinct` above which a further exponent is not an improvement."""
_TICKS = 5
_PRECISION = 9
"""Significant decimal places of a time: nanoseconds."""
_MOST_DIGITS = 10
_NICE = (1.0, 2.0, 5.0, 10.0)


class Axis:
    """The positions of the frames of a stream, in order, on a line from 0 to 1."""

    def __init__(self, times: Sequence[float]) -> None:
        """Place frames received at these *times* (seconds since the request, at least one)."""
        whole = (max(0.0, round(time, _PRECISION)) for time in times)
        self._times = [0.0, *accumulate(whole, max)]
        self.span = self._times[-1]
        """The time of the last frame."""
        drawn = max(
            (self._drawn(exponent) for exponent in _EXPONENTS),
            key=lambda one: min(_distinct(one[1:]), _ENOUGH),
        )
        self._places = drawn
        self.is_linear = self.span > 0 and drawn == self._drawn(1.0)
        """Whether every second has the same width."""

    def _drawn(self, exponent: float) -> list[float]:
        gaps = [after - before for before, after in pairwise(self._times)]
        # If the axis is not to scale, simultaneous frames are drawn apart.
        least = 0.0 if exponent == 1.0 and self.span else (self.span or 1.0) / (50 * len(gaps))
        widths = list(accumulate((max(gap, least) ** exponent for gap in gaps), initial=0.0))
        return [width / widths[-1] for width in widths]

    def place(self, index: int) -> float:
        """Return the position of the frame with that *index* (counted from 0)."""
        return self._places[index + 1]

    def ticks(self) -> list[tuple[float, str]]:
        """Return the positions of the ticks with their labels."""
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
    """Return *time* with a unit: `12.3 ms`, `1.205 s`."""
    if 0 < time < 1:
        return f"{time * 1000:.3g} ms" if time < 0.1 else f"{time * 1000:.0f} ms"
    return f"{time:.3f}".rstrip("0").rstrip(".") + " s"


def _distinct(places: Sequence[float]) -> float:
    """Return the number of distinguishable *places*, as a share of the highest possible one."""
    return len({int(place * BINS) for place in places}) / min(len(places), BINS)


def _nice(step: float) -> float:
    """Return the smallest round number that is at least *step*: 0.05, 0.1, 0.2, 0.5 ..."""
    magnitude = 10.0 ** floor(log10(step))
    return next(nice for n in _NICE if (nice := n * magnitude) >= step)


def _labels(times: Sequence[float]) -> list[str]:
    """Return *times* in one unit, with as many digits as make them distinct."""
    unit, scale = ("ms", 1000) if times[-1] < 1 else ("s", 1)
    distinct = (
        digits
        for digits in range(_MOST_DIGITS)
        if len({f"{time * scale:.{digits}f}" for time in times}) == len(times)
    )
    digits = next(distinct, _MOST_DIGITS)
    return [f"{time * scale:.{digits}f} {unit}" for time in times]
