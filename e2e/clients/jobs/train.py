"""A program of a training job that counts: its value depends on every step, so that one that is left out or done twice shows at the end."""

import json
import os
import signal
import time

import mlflow

with open(os.environ["LEEWAY_PARAMS"], encoding="utf-8") as file:
    params = json.load(file)
folder = os.environ["LEEWAY_CHECKPOINT_DIR"]


def save() -> None:
    """Keep the state, under its name once it is whole."""
    with open(f"{folder}/tmp-save", "w", encoding="utf-8") as out:
        json.dump({"step": step, "value": value}, out)
    os.replace(f"{folder}/tmp-save", f"{folder}/step-{step:08d}.json")


def save_and_end(*_) -> None:
    """What there is time for after SIGTERM, which engines may send to all processes, and the wrapper once more."""
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    save()
    print(f"saved at step {step}", flush=True)
    raise SystemExit(0)


step, value = 0, 1
newest = max((name for name in os.listdir(folder) if name.startswith("step-")), default=None)
if newest:
    with open(f"{folder}/{newest}", encoding="utf-8") as file:
        kept = json.load(file)
    step, value = kept["step"], kept["value"]
if params.get("saves_at_end"):
    signal.signal(signal.SIGTERM, save_and_end)

with mlflow.start_run() as run:
    while step < params["steps"]:
        step += 1
        value = (value * 31 + step) % 1_000_003
        print(f"step {step} value {value}", flush=True)
        mlflow.log_metric("loss", 1 / step, step=step)
        if step % params["save_every"] == 0:
            save()
        time.sleep(params["pause"])
    mlflow.log_metric("value", value, step=step)
    if os.path.exists("model.onnx"):
        client = mlflow.MlflowClient()
        model = client.create_logged_model(run.info.experiment_id, name="model", source_run_id=run.info.run_id)
        client.log_model_artifact(model.model_id, "model.onnx")
        client.finalize_logged_model(model.model_id, "READY")
