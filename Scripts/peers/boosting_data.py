"""Made-up tables for boosted trees, of three kinds: floats, usage features, categories.

Each is drawn from a seed and kept in the build folder: `train.csv` and `test.csv` for `retain`,
and the same numbers as float32 for the peers in `train.npy`, `train-labels.npy` and so on.
Categories are texts in the CSV and codes in the arrays, in the first columns of both.
"""
from dataclasses import dataclass
from typing import Callable

import numpy as np

from environment import CHECKOUT, say

LABEL = "y"
LEVEL_COUNTS = [5, 8, 12, 20, 50, 100, 250, 500, 1000, 5000]


@dataclass(frozen=True)
class MadeUpTable:
    """How large a table is, how it is drawn, and how many of its first columns are categories."""

    name: str
    seed: int
    train_count: int
    test_count: int
    column_count: int
    draw: Callable
    category_count: int = 0

    @property
    def binned_bytes(self):
        """The training rows as one byte per cell."""
        return self.train_count * self.column_count


def folder(table, scale=1.0):
    """The folder of a table with a share of its rows, which is made on first use."""
    suffix = "" if scale == 1 else f"-{scale:g}"
    path = CHECKOUT / ".build" / "peers" / f"{table.name}{suffix}"
    if not (path / "complete").exists():
        say(f"Generating {table.name} in {path.relative_to(CHECKOUT)}.")
        path.mkdir(parents=True, exist_ok=True)
        generate(table, path, round(table.train_count * scale), round(table.test_count * scale))
        (path / "complete").touch()
    return path


def generate(table, path, train_count, test_count):
    """Writes both parts of a table in both forms."""
    import polars as pl

    random = np.random.default_rng(table.seed)
    names, cells, labels = table.draw(random, train_count + test_count)
    levels = [
        pl.Series([f"{name}_{code:04d}" for code in random.permutation(LEVEL_COUNTS[place])])
        for place, name in enumerate(names[:table.category_count])]
    for part, rows in {"train": slice(0, train_count), "test": slice(train_count, None)}.items():
        columns = {}
        for place, name in enumerate(names):
            column = cells[rows, place]
            columns[name] = (
                levels[place].gather(column.astype(np.uint32)) if place < len(levels)
                else pl.Series(column, nan_to_null=True))
        columns[LABEL] = labels[rows].astype(np.int8)
        pl.DataFrame(columns).write_csv(path / f"{part}.csv")
        del columns
        np.save(path / f"{part}.npy", cells[rows])
        np.save(path / f"{part}-labels.npy", labels[rows])


def arrays(path, part):
    """Features and labels of one part, as float32."""
    return np.load(path / f"{part}.npy"), np.load(path / f"{part}-labels.npy")


def drawn_labels(random, score, share):
    """Labels whose log odds are the score, moved so that the wanted share is positive."""
    low, high = -50.0, 50.0
    for _ in range(60):
        middle = (low + high) / 2
        if (1 / (1 + np.exp(-score - middle))).mean() > share:
            high = middle
        else:
            low = middle
    chances = 1 / (1 + np.exp(-score - low))
    return (random.random(len(score)) < chances).astype(np.float32)


def draw_floats(random, count):
    """28 floats in the manner of HIGGS: 21 measured, four of them of three values; 7 derived."""
    def normal():
        return random.standard_normal(count, dtype=np.float32)

    latent = np.stack([normal() for _ in range(6)])
    cells = np.empty((count, 28), np.float32)
    for place in range(21):
        value = 0.6 * latent[place % 6] + 0.8 * normal()
        if place in (8, 12, 16, 20):
            cells[:, place] = np.digitize(value, [0.2, 1.0])
        elif place % 5 == 0:
            cells[:, place] = np.exp(0.5 * value)
        elif place % 5 == 2:
            cells[:, place] = np.abs(value) ** 1.5
        elif place % 5 == 3:
            cells[:, place] = random.uniform(-np.pi, np.pi, count)
        elif place % 5 == 4:
            cells[:, place] = 0.3 * value + random.gamma(2.0, 0.5, count)
        else:
            cells[:, place] = value
    x = cells.T
    x[21] = np.sqrt(2 * x[0] * x[5] * (np.cosh(0.5 * (x[1] - x[6])) - np.cos(x[3] - x[13])))
    x[22] = np.abs(x[0] * np.cos(x[3]) + x[10] * np.cos(x[18]))
    x[23] = np.hypot(x[2], x[6]) + 0.1 * normal()
    x[24] = np.log1p(np.abs(x[5] * x[15]))
    x[25] = x[7] * x[9] / (1 + x[10])
    x[26] = np.maximum(x[1], x[11]) - np.minimum(x[14], x[19])
    x[27] = np.abs(x[10] - x[15]) * (1 + x[12])
    score = 1.2 * (
        np.tanh(x[21] - 1.5) + 0.8 * np.cos(1.5 * x[22]) * (x[26] > 0.5)
        - 0.4 * (x[23] - 1.4) ** 2 + 0.6 * np.where(x[8] > 0, x[25], -x[24])
        + 0.5 * np.cos(x[3] - x[18]) * x[4] + 0.7 * (x[27] > 1.0) * (x[16] > 0)
        - 0.4 * np.abs(x[17]) * (x[1] > 0) + 0.3 * x[6] * x[19] + 0.2 * x[20] * np.sign(x[11]))
    labels = drawn_labels(random, score.astype(float), 0.53)
    for place in (4, 9, 14, 21, 24, 26):
        # In two of the columns a gap tells a little.
        chance = np.where(labels > 0, 0.12, 0.077) if place in (9, 24) else 0.1
        cells[random.random(count) < chance, place] = np.nan
    return [f"f{place:02d}" for place in range(28)], cells, labels


def draw_usage(random, count):
    """200 features of usage: 120 counts, 40 amounts, 20 ratios, 20 flags; most cells are 0."""
    activity, trend = random.standard_normal(count), random.standard_normal(count)
    habits = random.standard_normal((6, count))
    cells = np.zeros((count, 200), np.float32)
    names = []
    for place in range(120):
        load = 0.9 * activity + 0.5 * habits[place % 6] + (0.5 * trend if place % 3 == 0 else 0)
        mean = np.exp(0.4 + 0.75 * load + 0.5 * (place % 5)) * random.gamma(0.7, 1 / 0.7, count)
        used = load + 0.6 * random.standard_normal(count)
        # The rarest is used by one in forty, the most common by half.
        share = 0.47 + 0.5 * (place * 37 % 120) / 120
        is_used = used > np.quantile(used, share)
        cells[:, place] = np.where(is_used, random.poisson(np.minimum(mean, 1e5)), 0)
        names.append(f"count_{place:03d}")
    for place in range(40):
        amount = np.exp(
            1 + 0.8 * activity + 0.3 * habits[place % 6] + 1.2 * random.standard_normal(count))
        cells[:, 120 + place] = np.where(random.random(count) < 0.2, 0, amount.round(2))
        names.append(f"amount_{place:03d}")
    for place in range(20):
        steepness = 0.5 if place % 2 else 0.15
        ratio = np.exp(steepness * trend + 0.35 * random.standard_normal(count))
        cells[:, 160 + place] = ratio.round(4)
        names.append(f"ratio_{place:03d}")
    for place in range(20):
        chance = habits[place % 6] + random.standard_normal(count)
        cells[:, 180 + place] = chance > 1 + 0.08 * place
        names.append(f"flag_{place:03d}")
    use = np.log1p(cells[:, :160].T.astype(float))
    score = (
        -trend - 0.6 * activity - 0.4 * (use[3] > 1) * (use[9] > 1.5)
        + 0.5 * (use[12] == 0) * (use[30] > 0) - 0.2 * use[21] + 0.15 * use[45]
        - 0.2 * np.minimum(use[66], 3) * cells[:, 181] - 0.25 * use[125]
        + 0.6 * (cells[:, 161] < 0.8) * (cells[:, 163] < 0.9) + 0.3 * np.sin(use[130]))
    return names, cells, drawn_labels(random, score, 0.08)


def draw_categories(random, count):
    """10 categories of 5 to 5,000 levels, the first common and the last rare; 30 numbers."""
    cells = np.empty((count, len(LEVEL_COUNTS) + 30), np.float32)
    score = np.zeros(count)
    for place, level_count in enumerate(LEVEL_COUNTS):
        chances = np.arange(1, level_count + 1) ** -0.9
        code = random.choice(level_count, count, p=chances / chances.sum())
        effect = random.standard_normal(level_count) * (0.35 if level_count < 300 else 0.45)
        score += effect[code]
        cells[:, place] = code
    code = cells.T[:len(LEVEL_COUNTS)]
    number = cells.T[len(LEVEL_COUNTS):]
    for place in range(len(number)):
        value = random.standard_normal(count)
        if place % 3 == 1:
            value = np.exp(value) * 10
        elif place % 3 == 2:
            value = np.floor(np.abs(value) * 8)
        number[place] = value.round(3)
    score += (
        0.7 * number[0] - 0.4 * np.log1p(number[1]) * (code[1] % 2)
        + 0.05 * number[2] * (code[3] % 3) + 0.5 * np.tanh(number[3] * number[6])
        - 0.06 * number[5])
    labels = drawn_labels(random, score, 0.12)
    number[9, random.random(count) < 0.05] = np.nan
    names = [f"level_{place}" for place in range(len(code))]
    return names + [f"number_{place:02d}" for place in range(len(number))], cells, labels


TABLES = {
    table.name: table
    for table in [
        MadeUpTable("tab_1m", 20_261_101, 1_000_000, 200_000, 28, draw_floats),
        MadeUpTable("tab_wide", 20_261_102, 200_000, 50_000, 200, draw_usage),
        MadeUpTable("tab_cat", 20_261_103, 300_000, 75_000, 40, draw_categories, 10),
    ]
}
