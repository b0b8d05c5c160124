"""How often the intervals on the index cover what they are for, by simulation.

Writes ``docs/coverage.csv``: ``python scripts/coverage.py`` (seeded; some ten minutes on two
cores). Regressors and inhabitants are those of the calibrated panel, 424 kommuner in five
years, 387 of them estimated on. Spending is its fitted need plus deviations drawn anew:
lasting ones of one variance, and passing ones with variance falling with inhabitants and
correlation from year to year, the components being those estimated on that panel; they are
close to the printed index of Vedlegg 2 (correlation 0.81 a year apart, 0.53 four years apart).
"""

from __future__ import annotations

import argparse
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import pandas as pd

import proba
from proba.indices import compute_index, intervals
from proba.indices.intervals import index_intervals
from proba.indices.lasting import PracticeModel, fit_practice
from proba.indices.need_rows import entity_means, need_rows, population_of
from proba.panel import Panel

SEED = 20170810
SIZES = (0, 2_000, 5_000, 20_000, 10**9)
DESIGNS = ("vedlegg2", "normal", "power", "lasting_by_size")
"""``vedlegg2``: skewed deviations. ``normal``: normal ones. ``power``: normal, variance
proportional to n^-0.45. ``lasting_by_size``: normal, lasting variance proportional to n^-0.3.
The last two are not what the estimators suppose."""


@dataclass(frozen=True)
class Truth:
    """What every replication is drawn from."""

    panel: Panel
    need: np.ndarray
    C: np.ndarray
    codes: np.ndarray
    population: np.ndarray
    lasting_sd: np.ndarray
    passing_sd: np.ndarray
    rho: float
    skew: float


def make_truth(design: str, panel: Panel | None = None) -> Truth:
    """Set up one design from the calibrated panel, or another with the same columns."""
    panel = panel if panel is not None else proba.load_panel("kalibrert")
    results = proba.fit(proba.PROBA_2017, panel)
    table = need_rows(compute_index(results, panel), results, panel, "folketall")
    model = fit_practice(results, population_of(panel, "folketall"))
    part = model.components
    n = table.population
    size = np.exp(np.bincount(table.codes, np.log(n)) / np.bincount(table.codes))
    passing = model.passing_sd(n)
    lasting = np.full(len(size), np.sqrt(part.lasting))
    if design == "power":
        passing = np.sqrt((passing**2).mean()) * _power(n, -0.45)
    if design == "lasting_by_size":
        lasting = lasting * _power(size, -0.3)
    skew = 1.5 if design == "vedlegg2" else 0.0
    need = table.C @ results.least_squares.params
    return Truth(panel, need, table.C, table.codes, n, lasting, passing, part.rho, skew)


def _power(n: np.ndarray, exponent: float) -> np.ndarray:
    """Return standard deviations with variance proportional to n^exponent, 1 on average."""
    variance = n**exponent
    return np.sqrt(variance / variance.mean())


def shocks(rng: np.random.Generator, shape: tuple[int, ...], skew: float) -> np.ndarray:
    """Draw variables of mean 0, variance 1 and a skewness: shifted gamma, or normal."""
    if skew == 0:
        return rng.standard_normal(shape)
    k = 4.0 / skew**2
    return (rng.gamma(k, size=shape) - k) / np.sqrt(k)


def draw(truth: Truth, rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    """Return (lasting by kommune, all deviations by row); rows are sorted by kommune, year."""
    count = int(truth.codes[-1]) + 1
    years = len(truth.codes) // count
    state = shocks(rng, (count, years), truth.skew)
    for t in range(1, years):
        state[:, t] = truth.rho * state[:, t - 1] + np.sqrt(1 - truth.rho**2) * state[:, t]
    u = shocks(rng, (count,), truth.skew * 0.5) * truth.lasting_sd
    return u, u[truth.codes] + state.ravel() * truth.passing_sd


def replicate(truth: Truth, rng: np.random.Generator) -> Iterator[tuple[str, str, pd.DataFrame]]:
    """Give (kind, variant, one row an interval: size, below, above) of one replication."""
    u, deviation = draw(truth, rng)
    _, fresh = draw(truth, rng)
    y = truth.need + deviation
    spec = proba.PROBA_2017
    panel = replace(truth.panel, frame=truth.panel.frame.assign(**{spec.dependent: y}))
    results = proba.fit(spec, panel)
    index = compute_index(results, panel)
    table = need_rows(index, results, panel, "folketall")
    per_row, used = truth.population, np.ones(len(y), dtype=bool)
    estimated = index.frame["predicted"].to_numpy()
    observed = 100.0 * (truth.need + fresh) / estimated
    mean_need = entity_means(replace(table, need=truth.need), used)
    lasting = 100.0 * (1.0 + u / mean_need.need)

    def missed(frame: pd.DataFrame, true: np.ndarray, size: np.ndarray) -> pd.DataFrame:
        below, above = true < frame["lower"].to_numpy(), true > frame["upper"].to_numpy()
        return pd.DataFrame({"size": size, "below": below, "above": above})

    true_index = 100.0 * y / truth.need
    for variant in ("CR1", "CR3", "HC1"):
        fit = results if variant == "CR1" else results.with_cov(variant)
        frame = index_intervals(index, fit, panel, kind="mean").frame
        yield "mean", variant, missed(frame, true_index, per_row)
    for tails in ("t", "empirical"):
        frame = index_intervals(index, results, panel, kind="observation", tails=tails).frame
        yield "observation", tails, missed(frame, observed, per_row)
    frame = index_intervals(index, results, panel, kind="lasting").frame
    yield "lasting", "autoregressive", missed(frame, lasting, mean_need.population)
    frame = _without_serial(lambda: index_intervals(index, results, panel, kind="lasting").frame)
    yield "lasting", "random intercept alone", missed(frame, lasting, mean_need.population)


def _without_serial(calculate: Callable[[], pd.DataFrame]) -> pd.DataFrame:
    """Run with passing deviations taken as independent from year to year."""
    original = intervals.fit_practice

    def alone(results: proba.Results, population: pd.Series) -> PracticeModel:
        return original(results, population, serial=False)

    intervals.fit_practice = alone
    try:
        return calculate()
    finally:
        intervals.fit_practice = original


def simulate(design: str, replications: int, seed: int, panel: Panel | None = None) -> pd.DataFrame:
    """Coverage in one design, by kind, variant and size."""
    truth = make_truth(design, panel)
    rng = np.random.default_rng([seed, DESIGNS.index(design)])
    parts = []
    for r in range(replications):
        for kind, variant, missed in replicate(truth, rng):
            group = pd.cut(missed["size"], SIZES, labels=range(len(SIZES) - 1))
            shares = missed.groupby(group, observed=True)[["below", "above"]].agg(["sum", "size"])
            rows = shares["below"]["size"]
            one = pd.DataFrame(
                {"below": shares["below"]["sum"], "above": shares["above"]["sum"], "rows": rows}
            )
            parts.append(one.assign(kind=kind, variant=variant, rep=r).reset_index())
    return _summary(design, pd.concat(parts, ignore_index=True))


def _summary(design: str, counts: pd.DataFrame) -> pd.DataFrame:
    rows = []
    for (kind, variant), part in counts.groupby(["kind", "variant"], sort=False):
        groups = [("all", part)]
        groups += [
            (f"{SIZES[int(g)]}-{SIZES[int(g) + 1]}" if int(g) < 3 else f"{SIZES[3]}-", p)
            for g, p in part.groupby("size", observed=True)
        ]
        for name, chosen in groups:
            by_rep = chosen.groupby("rep")[["below", "above", "rows"]].sum()
            below, above = (by_rep[c] / by_rep["rows"] for c in ("below", "above"))
            covered = 1.0 - below - above
            rows.append(
                {
                    "design": design,
                    "kind": kind,
                    "variant": variant,
                    "inhabitants": name,
                    "level": 0.95,
                    "replications": len(by_rep),
                    "intervals": int(by_rep["rows"].sum()),
                    "covered": round(float(covered.mean()), 4),
                    "mc_se": round(float(covered.std() / np.sqrt(len(by_rep))), 4),
                    "true_below": round(float(below.mean()), 4),
                    "true_above": round(float(above.mean()), 4),
                }
            )
    return pd.DataFrame(rows)


def main() -> None:
    """Write the table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--replications", type=int, default=400)
    parser.add_argument("--seed", type=int, default=SEED)
    root = Path(__file__).resolve().parent.parent
    parser.add_argument("--out", type=Path, default=root / "docs" / "coverage.csv")
    options = parser.parse_args()
    tables = [simulate(d, options.replications, options.seed) for d in DESIGNS]
    pd.concat(tables, ignore_index=True).assign(seed=options.seed).to_csv(
        options.out, index=False, lineterminator="\n"
    )


if __name__ == "__main__":
    main()
