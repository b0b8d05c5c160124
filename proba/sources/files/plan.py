"""What a reader has found out about a file before the values are read, and which sheet it is."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace

from proba.errors import SourceError
from proba.sources.files.headers import Table, ambiguous, normal, title_years
from proba.sources.files.options import Options
from proba.sources.files.records import Note, fault, shown
from proba.sources.files.values import Decimal, text_of
from proba.sources.files.workbook import Sheet

__all__ = [
    "COMMON",
    "Pick",
    "Plan",
    "Rules",
    "check_title",
    "choose_sheet",
    "common_rules",
    "only_year",
]

# Options every reader has.
COMMON = ("sheet", "years", "decimal", "statuses", "zero", "partial", "additive")


@dataclass(frozen=True, slots=True)
class Pick:
    """Columns that together give one value a row.

    Attributes
    ----------
    columns : tuple of int
        Added together if more than one.
    year : int or None
        None if a year column tells.
    """

    columns: tuple[int, ...]
    year: int | None = None


@dataclass(frozen=True, slots=True)
class Rules:
    """How cells are read and what must hold.

    Attributes
    ----------
    years : tuple of int or None
        Years wanted; None for all.
    decimal : {",", "."} or None
        None: found from the column.
    statuses, zero : tuple of str
        More signs for missing values, and signs the source defines as zero.
    partial : bool
        Fewer than 300 kommuner a year are meant to be there.
    additive : bool
        Values of kommuner add up to those of fylker and the country.
    count : bool
        Negative values are impossible.
    percent : bool
        Values lie within 0-100.
    scale : float
        Every value is multiplied by this.
    period : {"first", "last", "middle"} or None
        Which year a pooled period stands for; None refuses one longer than a school year.
    shift : int
        Added to the year.
    """

    years: tuple[int, ...] | None = None
    decimal: Decimal | None = None
    statuses: tuple[str, ...] = ()
    zero: tuple[str, ...] = ()
    partial: bool = False
    additive: bool = False
    count: bool = False
    percent: bool = False
    scale: float = 1.0
    period: str | None = None
    shift: int = 0


@dataclass(frozen=True, slots=True)
class Plan:
    """Which cells of which table to read.

    Attributes
    ----------
    table : Table
    picks : tuple of Pick
    rules : Rules
    year_column : int or None
    where : dict of int to frozenset of str
        Column index to the (normalised) texts wanted there.
    notes : tuple of (str, str)
    sum_over : int or None
        Column whose groups (those of ``where``) are rows to be added together.
    """

    table: Table
    picks: tuple[Pick, ...]
    rules: Rules
    year_column: int | None = None
    where: dict[int, frozenset[str]] = field(default_factory=dict)
    notes: tuple[Note, ...] = ()
    sum_over: int | None = None

    def wants(self, row: int) -> bool:
        """Say whether a row belongs to the groups asked for; a repeated header is let through."""
        cells = self.table.sheet.rows[row]
        for column, wanted in self.where.items():
            text = normal(text_of(cells[column]))
            if text not in wanted and text not in map(normal, self.table.column(column).parts):
                return False
        return True


def common_rules(options: Options, *, additive: bool) -> Rules:
    """Return the rules the common options ask for."""
    decimal = options.choice("decimal", (",", "."), None)
    options.text("sheet")  # of the right form before any file is read
    options.where()
    return Rules(
        years=options.years("years"),
        decimal="," if decimal == "," else "." if decimal == "." else None,
        statuses=options.texts("statuses"),
        zero=tuple(z.strip().lower() for z in options.texts("zero")),
        partial=options.flag("partial", False),
        additive=options.flag("additive", additive),
    )


def only_year(rules: Rules, options: Options) -> Rules:
    """Return the rules with the option ``year`` as the year wanted, for a file that has years."""
    year = options.year("year")
    if year is None or rules.years is not None:
        return rules
    return replace(rules, years=(year + rules.shift,))


def choose_sheet(
    sheets: Sequence[Sheet], options: Options, resolve: Callable[[Sheet], Plan]
) -> Plan:
    """Return the plan for the one sheet that fits.

    Parameters
    ----------
    sheets : sequence of Sheet
    options : Options
        With ``sheet`` the sheet of that name is taken; otherwise the content decides, and hidden
        sheets only if no other fits.
    resolve : callable
        Makes the plan for a sheet, or raises a :class:`SourceError` saying why it does not fit.

    Raises
    ------
    SourceError
        If no sheet fits, or several do.
    """
    wanted = options.text("sheet")
    if wanted is not None:
        named = [
            s for s in sheets if (s.name or "").strip().casefold() == wanted.strip().casefold()
        ]
        if not named:
            file, listed = sheets[0].file, ", ".join(f"'{shown(s.name)}'" for s in sheets)
            raise SourceError(
                f"{file}: no sheet '{shown(wanted)}'; the sheets are {listed}.",
                f"{file}: arket '{shown(wanted)}' finnes ikke; arkene er {listed}.",
            )
        return resolve(named[0])
    plans: list[Plan] = []
    misfits: list[SourceError] = []
    for sheet in sheets:
        try:
            plans.append(resolve(sheet))
        except SourceError as error:
            misfits.append(error)
    visible = [p for p in plans if not p.table.sheet.hidden]
    plans = visible or plans
    if len(plans) == 1:
        return plans[0]
    if plans:
        raise ambiguous([p.table.sheet.name or "" for p in plans], sheets[0].file)
    if len(misfits) == 1:
        raise misfits[0]
    file = sheets[0].file
    raise SourceError(
        f"{file}: no sheet fits. " + " ".join(e.en for e in misfits[:6]),
        f"{file}: ingen av arkene passer. " + " ".join(e.nb for e in misfits[:6]),
    )


def check_title(table: Table, year: int, options: Options) -> None:
    """Raise a :class:`SourceError` if the title names other years than the catalogue says."""
    meant = options.year("title_year") or year
    named = title_years(table)
    if named and meant not in named:
        years = ", ".join(map(str, sorted(named)))
        raise fault(
            table.sheet.whole(),
            f"the title names {years}, the catalogue says {meant}; it may be the wrong file. If it "
            f"is the right one, give title_year: {max(named)}.",
            f"tittelen nevner {years}, katalogen sier {meant}; det kan være feil fil. Er den rett, "
            f"oppgi title_year: {max(named)}.",
        )
