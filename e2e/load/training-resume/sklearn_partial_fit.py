"""scikit-learn: SGDClassifier.partial_fit, kept with its step by joblib and rename."""

import hashlib
import os
import time

import joblib
import mlflow
import numpy as np
from sklearn.datasets import load_digits
from sklearn.linear_model import SGDClassifier

STEPS, EVERY, SECONDS = 240, 40, 0.08
folder, seed = os.environ["LEEWAY_CHECKPOINT_DIR"], int(os.environ["LEEWAY_SEED"])
images, labels = load_digits(return_X_y=True)
newest = max((name for name in os.listdir(folder) if name.startswith("step-")), default=None)
if newest:
    step, model, random = joblib.load(f"{folder}/{newest}")
else:
    step, model, random = 0, SGDClassifier(loss="log_loss", random_state=seed), np.random.default_rng(seed)

with mlflow.start_run():
    while step < STEPS:
        rows = random.integers(len(images), size=64)
        model.partial_fit(images[rows] / 16, labels[rows], classes=np.arange(10))
        step += 1
        print(f"step {step}", flush=True)
        if step % 5 == 0:
            mlflow.log_metric("accuracy", model.score(images / 16, labels), step=step)
        if step % EVERY == 0:
            joblib.dump((step, model, random), f"{folder}/tmp-save")
            os.replace(f"{folder}/tmp-save", f"{folder}/step-{step:08d}.joblib")
        time.sleep(SECONDS)  # a model of the usual size

print("weights", hashlib.sha256(model.coef_.tobytes() + model.intercept_.tobytes()).hexdigest(), flush=True)
