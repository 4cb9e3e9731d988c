"""UCI handwritten digits as scikit-learn ships them: 1,797 grey images of 8 by 8 pixels."""

from dataclasses import dataclass

import numpy as np
from PIL import Image
from sklearn.datasets import load_digits
from sklearn.model_selection import train_test_split

SOURCE = "https://archive.ics.uci.edu/dataset/80/optical+recognition+of+handwritten+digits"
LABELS = [str(digit) for digit in range(10)]
WHITE = 16  # the data's largest pixel value


@dataclass(frozen=True)
class Split:
    """Images as float32 [N,1,8,8] from 0 to 1, and the digit on each."""

    images: np.ndarray
    labels: np.ndarray


def load() -> dict[str, Split]:
    """Training (60 %), validation (12 %) and held-out test images, the same ones every time."""
    digits = load_digits()
    images = (digits.images[:, None] / WHITE).astype(np.float32)
    labels = digits.target.astype(np.int64)
    rest, test = train_test_split(np.arange(len(labels)), test_size=500, stratify=labels, random_state=13)
    train, validation = train_test_split(rest, test_size=217, stratify=labels[rest], random_state=13)
    parts = {"training": train, "validation": validation, "test": test}
    return {name: Split(images[rows], labels[rows]) for name, rows in parts.items()}


def confusion_matrix(labels: np.ndarray, predicted: np.ndarray) -> dict:
    """Counts by true digit (row) and predicted digit (column)."""
    counts = np.zeros((10, 10), dtype=int)
    np.add.at(counts, (labels, predicted), 1)
    return {"labels": LABELS, "rows": "true", "columns": "predicted", "counts": counts.tolist()}


def hardest(split: Split, probabilities: np.ndarray, count: int = 24) -> Image.Image:
    """The images with the least probability on their true digit, eight a row, hardest first."""
    order = np.argsort(probabilities[np.arange(len(split.labels)), split.labels])[:count]
    tiles = np.pad(1 - split.images[order, 0], ((0, 0), (1, 1), (1, 1)), constant_values=0.8)
    sheet = tiles.reshape(-1, 8, 10, 10).transpose(0, 2, 1, 3).reshape(-1, 80)
    picture = Image.fromarray((sheet * 255).round().astype(np.uint8))
    return picture.resize((sheet.shape[1] * 4, sheet.shape[0] * 4), Image.Resampling.NEAREST)
