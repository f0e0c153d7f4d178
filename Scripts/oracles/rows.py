"""What the generated sets share."""
import numpy as np


def draw_labels(generator, scores):
    """Labels drawn with the probabilities of raw log odds."""
    return (generator.random(len(scores)) < 1 / (1 + np.exp(-scores))).astype(int)
