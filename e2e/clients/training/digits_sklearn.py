"""The digit classifiers where torch is absent: scikit-learn's perceptron, without convolutions."""

import warnings

import numpy as np
from sklearn.neural_network import MLPClassifier

import onnx_graph
from digits_data import Split


class SklearnDigits:
    """Softmax regression (no hidden layer) or, in place of the CNN, a perceptron with one hidden layer."""

    framework = "scikit-learn"

    def __init__(self, architecture: str, learning_rate: float, batch_size: int, seed: int, epochs: int, **options):
        """Make the model; of the options only momentum and weight_decay count."""
        self.learning_rate = learning_rate
        self.batch_size = batch_size
        self.model = MLPClassifier(
            hidden_layer_sizes=() if architecture == "softmax" else (64,),
            solver="sgd",
            momentum=options["momentum"],
            alpha=options["weight_decay"],
            learning_rate_init=learning_rate,
            batch_size=batch_size,
            random_state=seed,
        )
        self.lost = False

    def epoch(self, split: Split) -> dict[str, float]:
        """Train on every image once; the gradient's norm is told from how far the weights moved."""
        before = np.concatenate([part.ravel() for part in self.parts()]) if hasattr(self.model, "coefs_") else 0.0
        rows = split.images.reshape(-1, 64).astype(np.float64)
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore", RuntimeWarning)  # overflow: the run reports its NaN itself
                self.model.partial_fit(rows, split.labels, classes=np.arange(10))
        except ValueError:  # scikit-learn refuses to go on with weights that are not finite
            self.lost = True
        moved = np.linalg.norm(np.concatenate([part.ravel() for part in self.parts()]) - before)
        steps = self.learning_rate * np.ceil(len(rows) / self.batch_size)
        loss = float("nan") if self.lost else self.model.loss_
        norm = float("nan") if self.lost else float(moved / steps)
        return {"train_loss": loss, "grad_norm": norm, "learning_rate": self.learning_rate}

    def logits(self, images: np.ndarray) -> np.ndarray:
        """The scores before softmax."""
        values = images.reshape(-1, 64).astype(np.float64)
        for layer, (weight, bias) in enumerate(zip(self.model.coefs_, self.model.intercepts_, strict=True)):
            values = (np.maximum(values, 0) if layer else values) @ weight + bias
        return values

    def weights(self) -> int:
        """How many numbers were learned."""
        return sum(part.size for part in self.parts())

    def parts(self) -> list[np.ndarray]:
        """Every learned array."""
        return [*self.model.coefs_, *self.model.intercepts_]

    def to_onnx(self):
        """The model as ONNX, with softmax at its end."""
        graph = onnx_graph.Graph()
        graph.node("Flatten", axis=1)
        for layer, (weight, bias) in enumerate(zip(self.model.coefs_, self.model.intercepts_, strict=True)):
            if layer:
                graph.node("Relu")
            graph.dense(weight, bias)
        return graph.finish()
