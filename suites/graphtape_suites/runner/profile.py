"""Profiles: how thoroughly the suites check, from a quick look to a nightly session."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Profile:
    """The extent of a session."""

    name: str
    rank: int
    """A profile includes the checks of all profiles of a lower rank."""
    examples: int
    """The number of generated requests per property."""
    runs: int
    """The default maximum number of runs of a live deployment."""
    seconds: float
    """The default maximum duration, in seconds, with a live deployment."""


SMOKE = Profile("smoke", 0, 3, 120, 600)
STANDARD = Profile("standard", 1, 10, 300, 1200)
DEEP = Profile("deep", 2, 100, 4000, 14_400)

PROFILES = {profile.name: profile for profile in (SMOKE, STANDARD, DEEP)}
