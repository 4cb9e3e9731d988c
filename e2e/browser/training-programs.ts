/** Python, of its standard library only, that defines `log(key, value, step)`, which logs a metric with the run of its job. */
export const logsMetrics = `
import json, os, time, urllib.request

def log(key, value, step):
    body = {"run_id": os.environ["MLFLOW_RUN_ID"], "key": key, "value": value, "step": step, "timestamp": int(time.time() * 1000)}
    headers = {"Authorization": "Bearer " + os.environ["MLFLOW_TRACKING_TOKEN"], "Content-Type": "application/json"}
    address = os.environ["MLFLOW_TRACKING_URI"] + "/api/2.0/mlflow/runs/log-metric"
    urllib.request.urlopen(urllib.request.Request(address, json.dumps(body).encode(), headers)).read()

parameters = json.load(open(os.environ["LEEWAY_PARAMS"]))
`;
