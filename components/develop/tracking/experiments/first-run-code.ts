/** Returns the two lines that point MLflow's client at Leeway; without a secret, the place where it belongs. */
export function exportsOf(url: string, secret: string | undefined): string[] {
  return [`export MLFLOW_TRACKING_URI=${url}`, `export MLFLOW_TRACKING_TOKEN=${secret ?? "…"}`];
}

/** Returns the shortest program that logs a metric of a run, with a parameter and a seed. */
export function pythonExample(experiment: string): string[] {
  return [
    "import mlflow",
    `mlflow.set_experiment(${JSON.stringify(experiment)})`,
    "with mlflow.start_run():",
    '    mlflow.log_params({"backbone": "resnet18", "seed": 1})',
    '    mlflow.log_metric("val/accuracy", 0.91, step=1)',
  ];
}

/** Returns the same with curl. @param experimentId undefined creates the experiment */
export function curlExample(url: string, experiment: string, experimentId: number | undefined): string[] {
  const create = `experiment=$(call experiments/create '{"name": ${JSON.stringify(experiment)}}' | grep -o '[0-9]*')`;
  return [
    `api=${url}/api/2.0/mlflow`,
    'call() { curl -sS "$api/$1" -H "Authorization: Bearer $MLFLOW_TRACKING_TOKEN" --json "$2"; }',
    experimentId === undefined ? create : `experiment=${experimentId}`,
    `run=$(call runs/create '{"experiment_id": "'$experiment'", "run_name": "first-light"}' \\`,
    `  | grep -o '"run_id":"[^"]*' | head -1 | cut -d '"' -f 4)`,
    `call runs/log-metric '{"run_id": "'$run'", "key": "val/accuracy", "value": 0.91, "step": 1, "timestamp": '$(date +%s)000'}'`,
  ];
}
