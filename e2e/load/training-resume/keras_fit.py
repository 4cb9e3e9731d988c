"""Keras: BackupAndRestore at the end of each epoch."""

import hashlib
import os
import time

os.environ.setdefault("KERAS_BACKEND", "torch")

import keras
import mlflow
from sklearn.datasets import load_digits

EPOCHS, BATCHES, BATCH, SECONDS = 6, 40, 40, 0.08


class Say(keras.callbacks.Callback):
    def __init__(self):
        super().__init__()
        self.epoch = 0

    def on_epoch_begin(self, epoch, logs=None):
        self.epoch = epoch

    def on_train_batch_end(self, batch, logs=None):
        step = self.epoch * BATCHES + batch + 1
        print(f"step {step}", flush=True)
        if step % 5 == 0:
            mlflow.log_metric("loss", logs["loss"], step=step)
        time.sleep(SECONDS)  # a model of the usual size


keras.utils.set_random_seed(int(os.environ["LEEWAY_SEED"]))
images, labels = load_digits(return_X_y=True)
rows = BATCHES * BATCH
model = keras.Sequential(
    [
        keras.Input((64,)),
        keras.layers.Dense(1024, activation="relu"),
        keras.layers.Dropout(0.2),
        keras.layers.Dense(1024, activation="relu"),
        keras.layers.Dense(10),
    ]
)
model.compile("adam", keras.losses.SparseCategoricalCrossentropy(from_logits=True))
with mlflow.start_run():
    model.fit(
        images[:rows] / 16,
        labels[:rows],
        batch_size=BATCH,
        epochs=EPOCHS,
        verbose=2,
        callbacks=[keras.callbacks.BackupAndRestore(os.environ["LEEWAY_CHECKPOINT_DIR"]), Say()],
    )
weights = b"".join(each.tobytes() for each in model.get_weights())
print("weights", hashlib.sha256(weights).hexdigest(), flush=True)
