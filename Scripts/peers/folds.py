"""The folds of `retain --cv`, made again in Python.

The twin of `stratifiedFolds` in Sources/Learning/ValidationScheme.swift and of
Sources/Learning/SeededGenerator.swift (SplitMix64; Steele, Lea, Flood 2014, section 4).
"""
import hashlib

WORD = (1 << 64) - 1


class SeededGenerator:
    """SplitMix64, in 64-bit arithmetic that wraps around."""

    def __init__(self, seed, stream=0):
        self.state = (seed + stream * 0xD134_2543_DE82_EF95) & WORD
        # Neighbouring seeds start far apart.
        self.state = self.next()

    def next(self):
        """The next 64 bits."""
        self.state = (self.state + 0x9E37_79B9_7F4A_7C15) & WORD
        z = self.state
        z = ((z ^ (z >> 30)) * 0xBF58_476D_1CE4_E5B9) & WORD
        z = ((z ^ (z >> 27)) * 0x94D0_49BB_1331_11EB) & WORD
        return z ^ (z >> 31)

    def shuffle(self, elements):
        """Puts the elements in random order (Fisher and Yates; Durstenfeld 1964)."""
        for last in range(len(elements) - 1, 0, -1):
            # The high word of the product is below `last + 1`.
            other = (self.next() * (last + 1)) >> 64
            elements[last], elements[other] = elements[other], elements[last]


def stratified_folds(labels, fold_count=5, seed=1):
    """The fold of each row: positives shuffled and dealt out in turn, then the negatives."""
    generator = SeededGenerator(seed, stream=1)
    fold_of_row = [0] * len(labels)
    dealt = 0
    for positive in (True, False):
        rows = [row for row, label in enumerate(labels) if bool(label) == positive]
        generator.shuffle(rows)
        # Dealing goes on where the other class ended.
        for row in rows:
            fold_of_row[row] = dealt % fold_count
            dealt += 1
    return fold_of_row


def fingerprint(fold_of_row):
    """SHA-256 of the folds as decimal numbers joined by commas."""
    return hashlib.sha256(",".join(map(str, fold_of_row)).encode()).hexdigest()
