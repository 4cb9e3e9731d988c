import { CodeBlock } from "#components/ui/code-block.tsx";
import { Link } from "#components/ui/link.tsx";
import { EmptyState } from "#components/ui/states.tsx";
import classes from "./first-run.module.css";

interface FirstRunProps {
  /** Address that clients log to. */
  trackingUrl: string;
  experimentName: string;
  /** Undefined if logging the run creates the experiment. */
  experimentId?: number;
  /** Name of a token that exists and may log; undefined when there is none. */
  tokenName: string | undefined;
}

/** Renders the shortest ways to log a run, with the real address. The page shows the run as soon as it arrives. */
export function FirstRun({ trackingUrl, experimentName, experimentId, tokenName }: FirstRunProps) {
  return (
    <EmptyState title="Waiting for the first run">
      <p>
        Any program that logs to MLflow works unchanged. This page updates when the first run arrives.{" "}
        {tokenName ? (
          <>
            {" "}
            Use the token <strong>{tokenName}</strong>; its value was shown once when it was created.{" "}
          </>
        ) : (
          <>
            {" "}
            You need a token with the tracking scope: <Link href="/settings/tokens">create one</Link>.{" "}
          </>
        )}
      </p>
      <div className={classes.code}>
        <CodeBlock label="Log your first run with" examples={examples(trackingUrl, experimentName, experimentId)} />
      </div>
    </EmptyState>
  );
}

function examples(url: string, experiment: string, experimentId: number | undefined) {
  const name = JSON.stringify(experiment);
  const python = [
    `# export MLFLOW_TRACKING_URI=${url}`,
    "# export MLFLOW_TRACKING_TOKEN=…   the secret of the token",
    "import mlflow",
    "",
    `mlflow.set_experiment(${name})`,
    "with mlflow.start_run():",
    '    mlflow.log_param("lr", 0.0003)',
    "    for step in range(10):",
    '        mlflow.log_metric("val_accuracy", 0.9 + step / 200, step=step)',
  ];
  const create = `experiment=$(call experiments/create '{"name": ${name}}' | grep -o '[0-9]*')`;
  const curl = [
    `api=${url}/api/2.0/mlflow`,
    'call() { curl -sS "$api/$1" -H "Authorization: Bearer $MLFLOW_TRACKING_TOKEN" --json "$2"; }',
    experimentId === undefined ? create : `experiment=${experimentId}`,
    `run=$(call runs/create '{"experiment_id": "'$experiment'", "run_name": "first-light"}' \\`,
    `  | grep -o '"run_id":"[^"]*' | head -1 | cut -d '"' -f 4)`,
    `call runs/log-metric '{"run_id": "'$run'", "key": "val_accuracy", "value": 0.91, "step": 1, "timestamp": '$(date +%s)000'}'`,
  ];
  return [
    { label: "Python", code: python.join("\n") },
    { label: "curl", code: curl.join("\n") },
  ];
}
