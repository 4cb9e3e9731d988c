"""The digit classifiers in torch: a softmax regression and a small convolutional network."""

import numpy as np
import torch
from torch import nn

import onnx_graph
from digits_data import Split

CNN_OPTIONS = ("channels", "dropout", "activation")
SCHEDULES = {
    "constant": lambda epoch, epochs: 1.0,
    "cosine": lambda epoch, epochs: (1 + np.cos(np.pi * epoch / epochs)) / 2,
    "range-test": lambda epoch, epochs: 1.25**epoch,
}


class TorchDigits:
    """A network with its optimiser, trained one epoch at a time."""

    framework = "torch"

    def __init__(self, architecture: str, learning_rate: float, batch_size: int, seed: int, epochs: int, **options):
        """Make the network; `options` are the keys of DEFAULTS in digits_plan.py."""
        torch.manual_seed(seed)
        torch.set_num_threads(1)
        self.generator = torch.Generator().manual_seed(seed)
        self.batch_size = batch_size
        self.network = softmax() if architecture == "softmax" else cnn(**{key: options[key] for key in CNN_OPTIONS})
        self.optimiser = torch.optim.SGD(
            self.network.parameters(),
            lr=learning_rate,
            momentum=options["momentum"],
            weight_decay=options["weight_decay"],
        )
        factor = SCHEDULES[options["schedule"]]
        self.schedule = torch.optim.lr_scheduler.LambdaLR(self.optimiser, lambda epoch: factor(epoch, epochs))

    def epoch(self, split: Split) -> dict[str, float]:
        """Train on every image once; the mean loss and gradient norm of the batches."""
        self.network.train()
        learning_rate = self.schedule.get_last_lr()[0]
        losses, norms = [], []
        for rows in torch.randperm(len(split.labels), generator=self.generator).split(self.batch_size):
            logits = self.network(torch.from_numpy(split.images)[rows])
            loss = nn.functional.cross_entropy(logits, torch.from_numpy(split.labels)[rows])
            self.optimiser.zero_grad()
            loss.backward()
            norms.append(nn.utils.get_total_norm([weight.grad for weight in self.network.parameters()]).item())
            losses.append(loss.item())
            self.optimiser.step()
        self.schedule.step()
        means = {"train_loss": float(np.mean(losses)), "grad_norm": float(np.mean(norms))}
        return {**means, "learning_rate": learning_rate}

    def logits(self, images: np.ndarray) -> np.ndarray:
        """The network's scores before softmax."""
        self.network.eval()
        with torch.no_grad():
            return self.network(torch.from_numpy(images)).numpy()

    def weights(self) -> int:
        """How many numbers were learned."""
        return sum(weight.numel() for weight in self.network.parameters())

    def to_onnx(self):
        """The network as ONNX, with softmax at its end."""
        graph = onnx_graph.Graph()
        for layer in self.network:
            if isinstance(layer, nn.Conv2d):
                graph.convolution(layer.weight.detach().numpy(), layer.bias.detach().numpy())
            elif isinstance(layer, nn.Linear):
                graph.dense(layer.weight.detach().numpy().T, layer.bias.detach().numpy())
            elif isinstance(layer, nn.ReLU):
                graph.node("Relu")
            elif isinstance(layer, nn.LeakyReLU):
                graph.node("LeakyRelu", alpha=layer.negative_slope)
            elif isinstance(layer, nn.MaxPool2d):
                graph.node("MaxPool", kernel_shape=[2, 2], strides=[2, 2])
            elif isinstance(layer, nn.Flatten):
                graph.node("Flatten", axis=1)
        return graph.finish()


def softmax() -> nn.Sequential:
    """Softmax regression on the 64 pixels."""
    return nn.Sequential(nn.Flatten(), nn.Linear(64, 10))


def cnn(channels: int, dropout: float, activation: str) -> nn.Sequential:
    """Two convolutions, one pooling, one hidden layer."""

    def nonlinear() -> nn.Module:
        return nn.LeakyReLU(0.1) if activation == "leaky_relu" else nn.ReLU()

    return nn.Sequential(
        nn.Conv2d(1, channels, 3, padding=1),
        nonlinear(),
        nn.Conv2d(channels, 2 * channels, 3, padding=1),
        nonlinear(),
        nn.MaxPool2d(2),
        nn.Flatten(),
        nn.Dropout(dropout),
        nn.Linear(2 * channels * 16, 64),
        nonlinear(),
        nn.Linear(64, 10),
    )
