"""Whether what was read can be true: totals, ranges and how many kommuner there are."""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from proba.sources.files.kommune_cells import Region
from proba.sources.files.plan import Plan
from proba.sources.files.records import Note, fault, shown

__all__ = ["FEWEST", "Total", "Value", "check_counts", "check_range", "check_totals"]

# Norway has had between 356 and 454 kommuner since 1977; some may be suppressed or left out.
FEWEST = 300
_MOST = 470


@dataclass(frozen=True, slots=True)
class Value:
    """One value and where it stands.

    Attributes
    ----------
    number : float
    status : str or None
    blank : bool
        The cell is empty.
    row, column : int
        Of the sheet, from 0.
    """

    number: float
    status: str | None
    blank: bool
    row: int
    column: int

    def shown(self) -> str:
        """Return the value for a message."""
        return f"'{self.status or ''}'" if math.isnan(self.number) else f"{self.number:g}"


@dataclass(frozen=True, slots=True)
class Total:
    """The value of a fylke or of the country."""

    region: Region
    year: int
    value: Value


def check_range(plan: Plan, values: Mapping[tuple[str, int], Value]) -> None:
    """Raise a :class:`SourceError` for a negative count, or a share outside 0-100."""
    rules = plan.rules
    for (kommune, year), value in values.items():
        if math.isnan(value.number):
            continue
        place = plan.table.sheet.at(value.row, value.column)
        if rules.percent and not 0.0 <= value.number <= 100.0:
            raise fault(
                place,
                f"{value.number:g} per cent for kommune {kommune} in {year}; it must lie "
                "within 0-100.",
                f"{value.number:g} prosent for kommune {kommune} i {year}; må ligge i 0-100.",
            )
        if rules.count and value.number < 0.0:
            raise fault(
                place,
                f"{value.number:g} for kommune {kommune} in {year}; a count cannot be negative.",
                f"{value.number:g} for kommune {kommune} i {year}; et antall kan ikke "
                "være negativt.",
            )


def check_counts(plan: Plan, values: Mapping[tuple[str, int], Value]) -> list[Note]:
    """Raise a :class:`SourceError` if nothing was found, or too few kommuner in a year."""
    sheet = plan.table.sheet
    if not values:
        wanted = plan.rules.years
        asked = f" ({', '.join(map(str, wanted))})" if wanted else ""
        raise fault(
            sheet.whole(),
            f"no kommune has a row for the years{asked} and groups asked for.",
            f"ingen kommune har en rad for årene{asked} og gruppene det er spurt etter.",
        )
    counts = Counter(year for _, year in values)
    missing = sorted(set(plan.rules.years or ()) - set(counts))
    if missing:
        listed = ", ".join(map(str, missing))
        raise fault(
            sheet.whole(), f"has no values for {listed}.", f"har ingen verdier for {listed}."
        )
    notes: list[Note] = []
    for year, count in sorted(counts.items()):
        if count < FEWEST and not plan.rules.partial:
            raise fault(
                sheet.whole(),
                f"only {count} kommuner in {year}; give partial: true if that is meant, or the "
                "option 'years' to leave the year out.",
                f"bare {count} kommuner i {year}; oppgi partial: true hvis det er meningen, eller "
                "valget 'years' for å utelate året.",
            )
        if count > _MOST:
            notes.append(
                (
                    f"{count} kommune numbers in {year}; more than there were kommuner.",
                    f"{count} kommunenumre i {year}; flere enn det var kommuner.",
                )
            )
    return notes


def check_totals(
    plan: Plan,
    values: Mapping[tuple[str, int], Value],
    totals: Sequence[Total],
    others: Mapping[int, float],
) -> list[Note]:
    """Compare the rows of fylker and the country with the sums of kommuner.

    A difference within rounding is accepted; so is one that suppressed or empty cells, or rows
    such as "Uoppgitt", can hold. Anything else is a :class:`SourceError`.
    """
    groups: dict[tuple[str, int], list[Value]] = defaultdict(list)
    for (kommune, year), value in values.items():
        groups[kommune[:2], year].append(value)
        groups["", year].append(value)
    tolerance = _rounding(value.number for value in values.values())
    agree = explained = 0
    largest = 0.0
    for total in totals:
        parts = groups.get((total.region.code, total.year), [])
        if math.isnan(total.value.number) or not parts:
            continue
        summed = math.fsum(v.number for v in parts if not math.isnan(v.number))
        difference = total.value.number - summed
        slack = max(tolerance * (len(parts) + 1), 1e-9 * abs(summed) + 1e-6)
        hidden = math.fsum(_hidden(v) for v in parts if math.isnan(v.number))
        hidden += max(0.0, others.get(total.year, 0.0))
        if abs(difference) <= slack:
            agree += 1
        elif -slack <= difference <= hidden + slack:
            explained += 1
            largest = max(largest, difference)
        else:
            _unexplained(plan, total, summed, difference)
    if not agree and not explained:
        return []
    return [
        (
            f"{agree} totals of fylker and the country equal the sums of kommuner"
            + (
                f"; {explained} are higher by at most {largest:g}, which suppressed, empty or "
                "unplaced values can be."
                if explained
                else "."
            ),
            f"{agree} summer for fylker og landet er lik summen av kommunene"
            + (
                f"; {explained} er høyere med inntil {largest:g}, som skjulte, tomme eller "
                "ufordelte verdier kan utgjøre."
                if explained
                else "."
            ),
        )
    ]


def _unexplained(plan: Plan, total: Total, summed: float, difference: float) -> None:
    sheet = plan.table.sheet
    label = shown(plan.table.column(total.value.column).label)
    name = shown(f"{total.region.code} {total.region.name}".strip()) or "Hele landet"
    raise fault(
        sheet.at(total.value.row, total.value.column),
        f"'{name}' in {total.year}, column '{label}': the total is {total.value.number:g}, but its "
        f"kommuner sum to {summed:g} (difference {difference:g}). The file may be damaged or the "
        "column not one that adds up (additive: false).",
        f"'{name}' i {total.year}, kolonne '{label}': summen er {total.value.number:g}, men "
        f"kommunene gir {summed:g} (forskjell {difference:g}). Filen kan være skadet, eller "
        "kolonnen er ikke en som kan summeres (additive: false).",
    )


def _hidden(value: Value) -> float:
    """Return the most a missing value can be."""
    status = value.status or ""
    if status.startswith("<"):
        return float(status[1:]) - 1.0
    return 0.5 if status == "-" else math.inf


def _rounding(numbers: Iterable[float]) -> float:
    """Return how much rounding can move one value: half of its last decimal."""
    decimals = 0
    for number in numbers:
        while not math.isnan(number) and decimals < 4 and round(number, decimals) != number:
            decimals += 1
    # Whole numbers are counts, which are not rounded; the half is for sums alone.
    return 0.0 if decimals == 0 else 0.5 * 10.0**-decimals
