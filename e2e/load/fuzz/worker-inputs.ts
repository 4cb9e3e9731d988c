import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { setTimeout as pause } from "node:timers/promises";
import { hostileTexts } from "./hostile-texts.ts";

/** An input that is brought to the worker, which reads it later. `feed` resolves when it has been read. */
interface WorkerInput {
  name: string;
  feed(): Promise<void>;
}

interface HostileServer extends AsyncDisposable {
  url: string;
  /** What the next responses hold. */
  text: string;
  /** Number of requests so far. */
  requests: number;
}

interface Fed {
  url: string;
  authorization: string;
  sender: HostileServer;
}

const pollMs = 50;
const readMs = 5_000;
/** Time in which the worker reads a response that it has received, or a file that was registered. */
const settledMs = 500;

/** Opens a server that answers every request with the text: as plain text, or in all fields of the responses of an MLflow server. */
export async function openHostileServer(): Promise<HostileServer> {
  const server = createServer((request, response) => {
    request.resume();
    sender.requests += 1;
    const path = request.url?.split("?")[0] ?? "";
    const answer = mlflowAnswer(path, sender.text);
    response.setHeader("content-type", answer ? "application/json" : "text/plain");
    response.end(answer ? JSON.stringify(answer) : sender.text);
  });
  server.listen(0, "127.0.0.1");
  await new Promise((done) => server.once("listening", done));
  const { port } = server.address() as AddressInfo;
  const sender: HostileServer = {
    url: `http://127.0.0.1:${port}`,
    text: "",
    requests: 0,
    [Symbol.asyncDispose]: async () => {
      server.closeAllConnections();
      server.close();
    },
  };
  return sender;
}

/** Every text as the response to a webhook, as the data of an MLflow server that is imported, and as the MLmodel file of a version. */
export async function* workerInputs(fed: Fed): AsyncGenerator<WorkerInput> {
  const { sender } = fed;
  const webhook = { name: "fuzzed", url: `${sender.url}/webhook`, events: ["registered_model.created"] };
  await send(fed, "POST", "/api/v1/webhooks", webhook);
  for (const [kind, text] of Object.entries(hostileTexts)) {
    sender.text = text;
    let turn = 0;
    const unique = (name: string) => {
      turn += 1;
      return `${name}-${kind}-${turn}`;
    };
    yield { name: `webhook ${kind}`, feed: () => answerWebhook(fed, unique("model")) };
    yield { name: `import ${kind}`, feed: () => importAll(fed) };
    yield { name: `MLmodel ${kind}`, feed: () => registerFile(fed, unique("scanned"), text) };
  }
}

async function answerWebhook(fed: Fed, name: string): Promise<void> {
  const before = fed.sender.requests;
  await send(fed, "POST", "/api/2.0/mlflow/registered-models/create", { name });
  if (!(await until(async () => fed.sender.requests > before))) throw new Error("The worker sends no webhooks.");
  await pause(settledMs);
}

async function importAll(fed: Fed): Promise<void> {
  const before = fed.sender.requests;
  const started = await send<{ id: string }>(fed, "POST", "/api/v1/imports", { address: fed.sender.url });
  const hasEnded = await until(async () => {
    const { state } = await send<{ state: string }>(fed, "GET", `/api/v1/imports/${started.id}`);
    return !["waiting", "running"].includes(state);
  });
  if (fed.sender.requests === before) throw new Error("The worker reads nothing from the server that it imports.");
  // It would go on beside the next input.
  if (!hasEnded) await send(fed, "POST", `/api/v1/imports/${started.id}/cancellation`, {});
}

/** Logs an MLmodel file whose flavours hold the text, and registers it as a version, whose files the worker scans. */
async function registerFile(fed: Fed, name: string, text: string): Promise<void> {
  const mlflow = "/api/2.0/mlflow";
  const { run } = await send<{ run: { info: { run_id: string; artifact_uri: string } } }>(
    fed,
    "POST",
    `${mlflow}/runs/create`,
    { experiment_id: "0" },
  );
  const folder = run.info.artifact_uri.replace("mlflow-artifacts:/", "");
  const file = `flavors:\n  onnx:\n    data:${text.slice(0, 4_000)}\nsignature:\n  inputs: '${text}'\n`;
  await send(fed, "PUT", `/api/2.0/mlflow-artifacts/artifacts/${folder}/model/MLmodel`, file);
  await send(fed, "POST", `${mlflow}/registered-models/create`, { name });
  const source = `runs:/${run.info.run_id}/model`;
  await send(fed, "POST", `${mlflow}/model-versions/create`, { name, source, run_id: run.info.run_id });
  await pause(settledMs);
}

async function send<Answer>(fed: Fed, method: string, path: string, body?: object | string): Promise<Answer> {
  const headers = { authorization: fed.authorization, "content-type": "application/json" };
  const content = typeof body === "object" ? JSON.stringify(body) : body;
  const response = await fetch(`${fed.url}${path}`, { method, headers, body: content ?? null });
  const text = await response.text();
  if (!response.ok) throw new Error(`${method} ${path} responded ${response.status}: ${text.slice(0, 300)}`);
  return (text ? JSON.parse(text) : {}) as Answer;
}

/** Waits until something has happened, at most 5 s: an import of such data may well fail late. @returns whether it has happened */
async function until(hasHappened: () => Promise<boolean>): Promise<boolean> {
  const endsAt = Date.now() + readMs;
  while (!(await hasHappened())) {
    if (Date.now() >= endsAt) return false;
    await pause(pollMs);
  }
  return true;
}

/** Returns a response of an MLflow server that holds the text in every field that can hold it; undefined for other paths. */
function mlflowAnswer(path: string, text: string): object | undefined {
  const pair = { key: "k", value: text };
  const info = { run_id: "a".repeat(32), experiment_id: "1", run_name: text, user_id: text, artifact_uri: text };
  const dataset = { name: text, digest: text, source_type: text, source: text, schema: text, profile: text };
  const named = { name: "imported", description: text, tags: [pair], aliases: [] };
  const answers: Record<string, object> = {
    "experiments/search": { experiments: [{ experiment_id: "1", name: text, tags: [pair] }] },
    "runs/search": {
      runs: [
        {
          info,
          data: {
            params: [pair],
            tags: [pair, { key: "mlflow.log-model.history", value: text }],
            metrics: [{ key: "m", value: text.slice(0, 300), timestamp: 1, step: 1 }],
          },
          inputs: { dataset_inputs: [{ tags: [pair], dataset }] },
        },
      ],
    },
    "logged-models/search": { models: [{ info: { model_id: "m-1", experiment_id: "1", name: text, tags: [pair] } }] },
    "registered-models/search": { registered_models: [named] },
    "model-versions/search": { model_versions: [{ ...named, version: "1", source: text, run_id: text }] },
    "artifacts/list": { files: [{ path: text, is_dir: false, file_size: 1 }] },
    "metrics/get-history": { metrics: [{ key: "m", value: text.slice(0, 300), timestamp: 1, step: 1 }] },
  };
  const call = Object.keys(answers).find((name) => path.endsWith(name));
  return call === undefined ? undefined : answers[call];
}
