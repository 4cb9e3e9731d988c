import Link from "next/link";
import { CodeBlock } from "#components/ui/code-block.tsx";
import { EmptyState } from "#components/ui/states.tsx";
import classes from "./first-run.module.css";

interface FirstRunProps {
  /** Address that clients log to. */
  trackingUrl: string;
  experimentName: string;
  /** Name of a token that exists and may log; undefined when there is none. */
  tokenName: string | undefined;
}

/** The shortest ways to log a run, with the real address. The page shows the run as soon as it arrives. */
export function FirstRun({ trackingUrl, experimentName, tokenName }: FirstRunProps) {
  return (
    <EmptyState title="No run has arrived yet">
      <p>
        Any program that logs to MLflow logs here, unchanged. This page shows the first run when it arrives.{" "}
        {tokenName ? (
          <>
            The token is the secret of <strong>{tokenName}</strong>, which was shown when it was made.
          </>
        ) : (
          <>
            It needs a token with the scope tracking: <Link href="/settings/tokens">make one</Link>.
          </>
        )}
      </p>
      <div className={classes.code}>
        <CodeBlock label="Log a first run with" examples={examples(trackingUrl, experimentName)} />
      </div>
    </EmptyState>
  );
}

function examples(url: string, experiment: string) {
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
  const curl = [
    `api=${url}/api/2.0/mlflow`,
    'auth="Authorization: Bearer $MLFLOW_TRACKING_TOKEN"',
    `curl -sS -X POST $api/experiments/create -H "$auth" -d '{"name": ${name}}'`,
    `curl -sS -X POST $api/runs/create -H "$auth" -d '{"experiment_id": "…", "run_name": "first-light"}'`,
    `curl -sS -X POST $api/runs/log-metric -H "$auth" -d '{"run_id": "…", "key": "val_accuracy", "value": 0.91, "step": 1, "timestamp": 0}'`,
  ];
  return [
    { label: "Python", code: python.join("\n") },
    { label: "curl", code: curl.join("\n") },
  ];
}
