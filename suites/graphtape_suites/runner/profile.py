"""Profiles: how much the suites try, from a look at a deployment to a night of it."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Profile:
    """How much is tried."""

    name: str
    rank: int
    """What a profile tries, those of a higher rank try too."""
    examples: int
    """How many requests a property is tried with."""
    runs: int
    """How many runs of a live deployment may be made, unless the user says otherwise."""
    seconds: float
    """How long that may take, unless the user says otherwise."""


SMOKE = Profile("smoke", 0, 3, 120, 600)
STANDARD = Profile("standard", 1, 10, 300, 1200)
DEEP = Profile("deep", 2, 100, 4000, 14_400)

PROFILES = {profile.name: profile for profile in (SMOKE, STANDARD, DEEP)}
