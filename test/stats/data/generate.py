"""Writes the SciPy values that test/stats compares with.

    python3 -m venv v && v/bin/pip install scipy==1.17.1 && v/bin/python test/stats/data/generate.py
"""

import json
from pathlib import Path

import numpy as np
import scipy
from scipy import stats

HERE = Path(__file__).parent
EXACT = stats.PermutationMethod(n_resamples=np.inf)


def write(name: str, call: str, cases: list) -> None:
    document = {"source": f"SciPy {scipy.__version__}", "call": call, "cases": cases}
    (HERE / name).write_text(json.dumps(document, indent=1) + "\n")


def rounded(values: np.ndarray, digits: int) -> list[float]:
    return [float(value) for value in np.round(values, digits)]


def tails(test, *samples, **options) -> dict:
    return {
        "atLeast": float(test(*samples, alternative="greater", **options).pvalue),
        "atMost": float(test(*samples, alternative="less", **options).pvalue),
    }


def signed_rank() -> None:
    random = np.random.default_rng(1)
    cases = []
    for n in (1, 3, 5, 8, 10, 12, 20, 30, 50):
        differences = rounded(random.normal(0.4, 1, n), 6)
        cases.append({"differences": differences, "method": "exact", **tails(stats.wilcoxon, differences, method="exact")})
    for n in (4, 7, 9, 11):
        differences = rounded(random.normal(0.5, 1.5, n), 0)
        moved = [difference for difference in differences if difference != 0]
        cases.append({"differences": differences, "method": "permutation", **tails(stats.wilcoxon, moved, method=EXACT)})
    for digits in (6, 1):
        differences = rounded(random.normal(0.1, 1, 150), digits)
        moved = [difference for difference in differences if difference != 0]
        options = {"method": "asymptotic", "correction": True}
        cases.append({"differences": differences, "method": "asymptotic", **tails(stats.wilcoxon, moved, **options)})
    write("signed-rank.json", "scipy.stats.wilcoxon(nonzero differences, alternative=…, method=…)", cases)


def rank_sum() -> None:
    random = np.random.default_rng(2)
    cases = []
    for m, n in ((1, 1), (2, 5), (3, 3), (6, 4), (10, 10), (12, 15), (30, 20)):
        a, b = rounded(random.normal(0, 1, m), 6), rounded(random.normal(0.5, 1, n), 6)
        cases.append({"a": a, "b": b, "method": "exact", **tails(stats.mannwhitneyu, b, a, method="exact")})
    for m, n in ((3, 4), (5, 5), (6, 7)):
        a, b = rounded(random.normal(0, 1.5, m), 0), rounded(random.normal(0.7, 1.5, n), 0)
        cases.append({"a": a, "b": b, "method": "permutation", **tails(stats.mannwhitneyu, b, a, method=EXACT)})
    for digits in (6, 1):
        a, b = rounded(random.normal(0, 1, 60), digits), rounded(random.normal(0.2, 1, 70), digits)
        options = {"method": "asymptotic", "use_continuity": True}
        cases.append({"a": a, "b": b, "method": "asymptotic", **tails(stats.mannwhitneyu, b, a, **options)})
    write("rank-sum.json", "scipy.stats.mannwhitneyu(b, a, alternative=…, method=…)", cases)


def two_sided(test, *samples) -> float:
    return float(test(*samples, alternative="two-sided", method="exact").pvalue)


def accepted(points: np.ndarray, p_of) -> list[float]:
    """The first and the last point between which every shift is accepted at 5 %: one is tried in each gap."""
    middles = (points[:-1] + points[1:]) / 2
    kept = [index for index, shift in enumerate(middles) if p_of(shift) > 0.05]
    return [float(points[kept[0]]), float(points[kept[-1] + 1])]


def intervals() -> None:
    random = np.random.default_rng(3)
    cases = []
    for n in (6, 8, 10, 12, 20, 30):
        differences = np.array(rounded(random.normal(0.3, 1, n), 6))
        walsh = np.sort([(differences[i] + differences[j]) / 2 for i in range(n) for j in range(i, n)])
        interval = accepted(walsh, lambda shift, d=differences: two_sided(stats.wilcoxon, d - shift))
        cases.append({"differences": list(differences), "value": float(np.median(walsh)), "interval": interval})
    for m, n in ((4, 4), (5, 8), (10, 10), (12, 20)):
        a, b = np.array(rounded(random.normal(0, 1, m), 6)), np.array(rounded(random.normal(0.4, 1, n), 6))
        shifts = np.sort((b[:, None] - a[None, :]).ravel())
        interval = accepted(shifts, lambda shift, a=a, b=b: two_sided(stats.mannwhitneyu, b - shift, a))
        cases.append({"a": list(a), "b": list(b), "value": float(np.median(shifts)), "interval": interval})
    write("intervals.json", "all shifts that scipy.stats.wilcoxon or mannwhitneyu, two-sided and exact, accept at 5 %", cases)


def counts() -> None:
    fisher = []
    for base, head in (((0, 100), (3, 100)), ((0, 8400), (5, 8400)), ((4, 8400), (12, 8400)), ((2, 50), (0, 60)), ((7, 20000), (21, 19000))):
        table = [[head[0], head[1] - head[0]], [base[0], base[1] - base[0]]]
        fisher.append({"base": base, "head": head, "p": float(stats.fisher_exact(table, alternative="greater").pvalue)})
    write("fisher.json", "scipy.stats.fisher_exact([[head errors, head right], [base errors, base right]], alternative='greater')", fisher)
    signs = []
    for n, k in ((1, 1), (5, 5), (10, 8), (12, 2), (40, 27)):
        p = {side: float(stats.binomtest(k, n, alternative=name).pvalue) for side, name in (("atLeast", "greater"), ("atMost", "less"))}
        signs.append({"count": n, "positiveCount": k, **p})
    write("sign-test.json", "scipy.stats.binomtest(positives, n, alternative=…)", signs)


def medians() -> None:
    random = np.random.default_rng(4)
    cases = []
    for n in (6, 7, 12, 25, 60):
        values = rounded(random.exponential(1, n), 6)
        interval = stats.quantile_test(values, q=0, p=0.5).confidence_interval(0.95)
        cases.append({"values": values, "value": float(np.median(values)), "interval": [float(interval.low), float(interval.high)]})
    write("median.json", "scipy.stats.quantile_test(values, p=0.5).confidence_interval(0.95)", cases)


def normal() -> None:
    cases = [{"z": z, "below": float(stats.norm.cdf(z))} for z in (-8, -5, -3.0902, -1.96, -0.5, 0, 0.1, 1, 1.644853627, 4, 7)]
    write("normal.json", "scipy.stats.norm.cdf(z)", cases)


for make in (signed_rank, rank_sum, intervals, counts, medians, normal):
    make()
