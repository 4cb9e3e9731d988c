"""Hugging Face: Trainer with its own checkpoints each 40 steps, and `get_last_checkpoint`."""

import hashlib
import os
import time

import torch
from sklearn.datasets import load_digits
from transformers import Trainer, TrainerCallback, TrainingArguments
from transformers.trainer_utils import get_last_checkpoint

STEPS, EVERY, SECONDS = 240, 40, 0.08


class Digits(torch.nn.Module):
    def __init__(self):
        super().__init__()
        self.net = torch.nn.Sequential(
            torch.nn.Linear(64, 1024), torch.nn.ReLU(), torch.nn.Dropout(0.2), torch.nn.Linear(1024, 1024), torch.nn.ReLU(), torch.nn.Linear(1024, 10)
        )

    def forward(self, images, labels):
        logits = self.net(images)
        return {"loss": torch.nn.functional.cross_entropy(logits, labels), "logits": logits}


class Say(TrainerCallback):
    def on_step_end(self, args, state, control, **_):
        print(f"step {state.global_step}", flush=True)
        time.sleep(SECONDS)  # a model of the usual size


folder, seed = os.environ["LEEWAY_CHECKPOINT_DIR"], int(os.environ["LEEWAY_SEED"])
torch.manual_seed(seed)
images, labels = load_digits(return_X_y=True)
data = [{"images": torch.tensor(x / 16, dtype=torch.float32), "labels": int(y)} for x, y in zip(images, labels)]
model = Digits()
arguments = TrainingArguments(
    output_dir=folder,
    max_steps=STEPS,
    save_steps=EVERY,
    logging_steps=5,
    per_device_train_batch_size=32,
    learning_rate=1e-3,
    seed=seed,
    use_cpu=True,
    dataloader_pin_memory=False,
    report_to="mlflow",
)
trainer = Trainer(model=model, args=arguments, train_dataset=data, callbacks=[Say()])
trainer.train(resume_from_checkpoint=get_last_checkpoint(folder))
print("weights", hashlib.sha256(b"".join(each.detach().numpy().tobytes() for each in model.parameters())).hexdigest(), flush=True)
