"""The program of the drill's jobs: it counts, prints a numbered line a step, logs the value, and goes on from its newest checkpoint.

Each line is written to a file beside as well, once it is printed: that is what the log must have.
"""

import json
import os
import queue
import threading
import time
import urllib.error
import urllib.request

with open(os.environ["LEEWAY_PARAMS"], encoding="utf-8") as file:
    params = json.load(file)
folder, job, attempt = (os.environ[f"LEEWAY_{name}"] for name in ("CHECKPOINT_DIR", "JOB_ID", "ATTEMPT"))
witness = os.open(f"{params['witness']}/{job}-{attempt}", os.O_WRONLY | os.O_CREAT | os.O_APPEND)
points = queue.Queue()


def log_points() -> None:
    """Log what the queue has until it is stored. A refusal ends the program."""
    while True:
        taken = [points.get()]
        while not points.empty() and len(taken) < 100:
            taken.append(points.get())
        now = int(time.time() * 1000)
        metrics = [{"key": "value", "value": value, "timestamp": now, "step": step} for step, value in taken]
        body = json.dumps({"run_id": os.environ["MLFLOW_RUN_ID"], "metrics": metrics}).encode()
        headers = {"Authorization": f"Bearer {os.environ['MLFLOW_TRACKING_TOKEN']}", "Content-Type": "application/json"}
        address = os.environ["MLFLOW_TRACKING_URI"] + "/api/2.0/mlflow/runs/log-batch"
        while True:
            try:
                urllib.request.urlopen(urllib.request.Request(address, body, headers), timeout=15).read()
                break
            except urllib.error.HTTPError as error:
                if error.code in (401, 403):
                    os._exit(77)
            except (OSError, ValueError):
                pass
            time.sleep(0.2)
        for _ in taken:
            points.task_done()


threading.Thread(target=log_points, daemon=True).start()
step, value, line, is_due = 0, 1, 0, False
newest = max((name for name in os.listdir(folder) if name.startswith("step-")), default=None)
if newest:
    with open(f"{folder}/{newest}", encoding="utf-8") as file:
        kept = json.load(file)
    step, value = kept["step"], kept["value"]
while step < params["steps"]:
    step, line = step + 1, line + 1
    value = (value * 31 + step) % 1_000_003
    text = f"line {line:06d} of attempt {attempt}: step {step} value {value}\n".encode()
    os.write(1, text)
    os.write(witness, text)
    points.put((step, value))
    # While Leeway is away nothing is saved: a checkpoint stands for the points before it.
    is_due = is_due or step % params["every"] == 0
    if is_due and points.unfinished_tasks <= 2:
        is_due = False
        points.join()
        with open(f"{folder}/tmp-save", "w", encoding="utf-8") as out:
            json.dump({"step": step, "value": value}, out)
        os.replace(f"{folder}/tmp-save", f"{folder}/step-{step:08d}.json")
    time.sleep(params["pause"])
points.join()
