"""What bench/cluster is to show, as arithmetic on what it found."""

import math
import statistics
from dataclasses import dataclass

MEGABYTE = 1e6


@dataclass(frozen=True)
class Standing:
    """A target, what was measured, and the verdict; `least` and `most` of single rounds."""

    target: str
    value: float
    least: float
    most: float
    bound: float
    unit: str
    verdict: str


def judged(target, values, bound, unit, worst=False):
    """At most `bound`: the median of what was found, or the worst where one alone is one too many."""
    value = max(values) if worst else statistics.median(values)
    met = math.isfinite(value) and value <= bound
    return Standing(target, value, min(values), max(values), bound, unit, "met" if met else "MISSED")


def cost(quiet, busy):
    """CPU seconds per second that changes cost: of each round what it took more than the quiet one beside it."""
    return [more - less for less, more in zip(quiet, busy)]


def ratio(before, after):
    """How many times as much in each pair of rounds."""
    return [b / a if a else math.inf for a, b in zip(before, after)]


def unmoved(target, beside, own, bound):
    """Whether latency stays what it is: the median of the ratios is at most `bound`, or lies in the noise.

    In the noise: the median latency with changes is not above the highest of the rounds without.
    """
    ratios = ratio(beside, own)
    value = statistics.median(ratios)
    verdict = "met" if value <= bound else "in the noise" if statistics.median(own) <= max(beside) else "MISSED"
    return Standing(target, value, min(ratios), max(ratios), bound, "", verdict)


def per_thousand(sizes):
    """Bytes per thousand pods from one number of pods to the next, of {pods: bytes}."""
    ordered = sorted(sizes)
    return [1000 * (sizes[b] - sizes[a]) / (b - a) for a, b in zip(ordered, ordered[1:])]
