"""Plain PyTorch: a loop that saves model, optimiser and random state by rename, and goes on from the newest file."""

import hashlib
import os
import time

import mlflow
import torch
from sklearn.datasets import load_digits

STEPS, EVERY, SECONDS = 240, 40, 0.08
folder = os.environ["LEEWAY_CHECKPOINT_DIR"]
torch.manual_seed(int(os.environ["LEEWAY_SEED"]))
images, labels = load_digits(return_X_y=True)
images, labels = torch.tensor(images / 16, dtype=torch.float32), torch.tensor(labels)
net = torch.nn.Sequential(
    torch.nn.Linear(64, 1024), torch.nn.ReLU(), torch.nn.Dropout(0.2), torch.nn.Linear(1024, 1024), torch.nn.ReLU(), torch.nn.Linear(1024, 10)
)
optimiser = torch.optim.AdamW(net.parameters(), 1e-3)
step = 0
newest = max((name for name in os.listdir(folder) if name.startswith("step-")), default=None)
if newest:
    saved = torch.load(f"{folder}/{newest}", weights_only=True)
    net.load_state_dict(saved["net"])
    optimiser.load_state_dict(saved["optimiser"])
    torch.set_rng_state(saved["random"])
    step = saved["step"]

with mlflow.start_run():
    while step < STEPS:
        rows = torch.randint(len(images), (64,))
        loss = torch.nn.functional.cross_entropy(net(images[rows]), labels[rows])
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()
        step += 1
        print(f"step {step} loss {loss.item():.4f}", flush=True)
        if step % 5 == 0:
            mlflow.log_metric("loss", loss.item(), step=step)
        if step % EVERY == 0:
            state = {"net": net.state_dict(), "optimiser": optimiser.state_dict(), "step": step, "random": torch.get_rng_state()}
            torch.save(state, f"{folder}/tmp-save")
            os.replace(f"{folder}/tmp-save", f"{folder}/step-{step:08d}.pt")
        time.sleep(SECONDS)  # a model of the usual size

print("weights", hashlib.sha256(b"".join(each.detach().numpy().tobytes() for each in net.parameters())).hexdigest(), flush=True)
