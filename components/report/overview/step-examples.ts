import {
  curlSnippet,
  requestsSnippet,
  type SnippetRequest,
  shellWord,
} from "#components/serve/endpoints/request-snippets.ts";
import type { CodeExample } from "#components/ui/code-block.tsx";
import type { GettingStarted, GettingStartedStep } from "#server/report/overview/contract.ts";

interface Addresses {
  /** Console, MLflow and REST. */
  publicUrl: string;
  /** Inference. */
  gatewayUrl: string;
}

const token = 'auth="Authorization: Bearer $LEEWAY_TOKEN"';
const someRequest: SnippetRequest = { inputs: [{ name: "x", shape: [1, 4], datatype: "FP32", data: [1, 2, 3, 4] }] };

/** Returns the shortest ways to do a step, with the addresses and names of this installation. */
export function stepExamples(
  key: GettingStartedStep["key"],
  { publicUrl, gatewayUrl }: Addresses,
  names: GettingStarted["names"],
  request: SnippetRequest = someRequest,
): CodeExample[] {
  const model = names.model ?? "parcel-damage";
  const endpoint = names.endpoint ?? model;
  const python = [`# export MLFLOW_TRACKING_URI=${publicUrl}`, "# export MLFLOW_TRACKING_TOKEN=…", "import mlflow", ""];
  if (key === "run") return [{ label: "Python", code: [...python, ...loggedRun].join("\n") }, curlRun(publicUrl)];
  if (key === "version") {
    return [
      { label: "curl", code: uploadByCurl(publicUrl, model) },
      { label: "Python", code: [...python, ...loggedModel(model)].join("\n") },
    ];
  }
  if (key === "endpoint")
    return [{ label: "curl", code: deployByCurl(publicUrl, endpoint, model, names.version ?? 1) }];
  if (key === "prediction") {
    return [
      { label: "curl", code: curlSnippet(gatewayUrl, endpoint, request) },
      { label: "Python", code: requestsSnippet(gatewayUrl, endpoint, request) },
    ];
  }
  return [];
}

const loggedRun = [
  'mlflow.set_experiment("first steps")',
  "with mlflow.start_run():",
  '    mlflow.log_param("lr", 0.0003)',
  "    for step in range(10):",
  '        mlflow.log_metric("val_accuracy", 0.9 + step / 200, step=step)',
];

function loggedModel(model: string): string[] {
  return [
    "with mlflow.start_run():",
    `    mlflow.onnx.log_model(onnx_model, name="model", registered_model_name=${JSON.stringify(model)})`,
  ];
}

/** Returns the curl example; it logs to experiment 0, which always exists. */
function curlRun(publicUrl: string): CodeExample {
  const api = `${publicUrl}/api/2.0/mlflow`;
  const json = "json='Content-Type: application/json'";
  const code = [
    token,
    json,
    `run=$(curl -sS -X POST ${api}/runs/create -H "$auth" -H "$json" -d '{"experiment_id": "0", "run_name": "first-light"}' |`,
    '  grep -o \'"run_id": *"[0-9a-f]*"\' | head -1 | cut -d\'"\' -f4)',
    `curl -sS -X POST ${api}/runs/log-metric -H "$auth" -H "$json" \\`,
    `  -d "{\\"run_id\\": \\"$run\\", \\"key\\": \\"val_accuracy\\", \\"value\\": 0.91, \\"step\\": 1, \\"timestamp\\": $(date +%s000)}"`,
  ];
  return { label: "curl", code: code.join("\n") };
}

function uploadByCurl(publicUrl: string, model: string): string {
  return [
    token,
    `curl -sS -X POST ${shellWord(`${publicUrl}/api/v1/models/${encodeURIComponent(model)}/versions`)} -H "$auth" \\`,
    "  -H 'Content-Type: application/octet-stream' --data-binary @model.onnx",
  ].join("\n");
}

function deployByCurl(publicUrl: string, endpoint: string, model: string, version: number): string {
  const json = (value: object) => shellWord(JSON.stringify(value));
  const address = shellWord(`${publicUrl}/api/v1/endpoints/${encodeURIComponent(endpoint)}/deployments`);
  return [
    token,
    `curl -sS -X POST ${publicUrl}/api/v1/endpoints -H "$auth" -H 'Content-Type: application/json' \\`,
    `  -d ${json({ name: endpoint })}`,
    `curl -sS -X POST ${address} -H "$auth" \\`,
    `  -H 'Content-Type: application/json' -d ${json({ model, version, reason: "First release" })}`,
  ].join("\n");
}
