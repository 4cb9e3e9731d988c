"""Lightning: checkpoints of ModelCheckpoint at the end of each epoch, `ckpt_path="last"`."""

import hashlib
import os
import time

import lightning
import torch
from lightning.pytorch.callbacks import ModelCheckpoint
from lightning.pytorch.loggers import MLFlowLogger
from sklearn.datasets import load_digits

EPOCHS, BATCHES, BATCH, SECONDS = 6, 40, 40, 0.08


class Digits(lightning.LightningModule):
    def __init__(self):
        super().__init__()
        self.net = torch.nn.Sequential(
            torch.nn.Linear(64, 1024), torch.nn.ReLU(), torch.nn.Dropout(0.2), torch.nn.Linear(1024, 1024), torch.nn.ReLU(), torch.nn.Linear(1024, 10)
        )

    def training_step(self, batch, _):
        images, labels = batch
        loss = torch.nn.functional.cross_entropy(self.net(images), labels)
        self.log("loss", loss)
        time.sleep(SECONDS)  # a model of the usual size
        return loss

    def on_train_batch_end(self, *_):
        print(f"step {self.global_step}", flush=True)

    def configure_optimizers(self):
        return torch.optim.AdamW(self.parameters(), 1e-3)


folder = os.environ["LEEWAY_CHECKPOINT_DIR"]
lightning.seed_everything(int(os.environ["LEEWAY_SEED"]))
images, labels = load_digits(return_X_y=True)
rows = BATCHES * BATCH
data = torch.utils.data.TensorDataset(torch.tensor(images[:rows] / 16, dtype=torch.float32), torch.tensor(labels[:rows]))
model = Digits()
trainer = lightning.Trainer(
    max_epochs=EPOCHS,
    accelerator="cpu",
    log_every_n_steps=5,
    logger=MLFlowLogger(run_id=os.environ.get("MLFLOW_RUN_ID")),
    callbacks=[ModelCheckpoint(dirpath=folder, save_last=True)],
)
trainer.fit(model, torch.utils.data.DataLoader(data, batch_size=BATCH, shuffle=True), ckpt_path="last")
print("weights", hashlib.sha256(b"".join(each.detach().numpy().tobytes() for each in model.parameters())).hexdigest(), flush=True)
