import { spawn } from "node:child_process";
import { createWriteStream } from "node:fs";
import { mkdir, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { freePort } from "#db/free-port.ts";
import { pythonPrograms } from "../../suite/python.ts";
import { waitFor } from "../../suite/stack.ts";
import { stopped } from "../gateway.ts";
import { openClient } from "./client.ts";
import { request, residentMb, startPostgres, type TrackingServer } from "./server.ts";

/** Starts MLflow's own server, newest from PyPI, with its default 4 workers. @throws Error when it cannot be installed. */
export async function startMlflow(): Promise<TrackingServer> {
  const programs = await pythonPrograms("mlflow-server", ["mlflow", "psycopg2-binary"]);
  if (!programs)
    throw new Error("MLflow's server could not be installed: Python 3.10 with venv, and PyPI, are needed.");
  const postgres = await startPostgres();
  const folder = await mkdtemp(join(tmpdir(), "leeway-mlflow-"));
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  const store = postgres.url.replace("postgres://", "postgresql+psycopg2://");
  const options = { host: "127.0.0.1", port, workers: 4, "backend-store-uri": store, "artifacts-destination": folder };
  const child = spawn(
    `${programs}/mlflow`,
    ["server", ...Object.entries(options).map(([name, value]) => `--${name}=${value}`)],
    {
      cwd: folder,
      stdio: ["ignore", "pipe", "pipe"],
      env: { ...process.env, MLFLOW_DISABLE_TELEMETRY: "true", PATH: `${programs}:${process.env.PATH}` },
    },
  );
  await mkdir(".cache/results", { recursive: true });
  const log = createWriteStream(".cache/results/mlflow.log");
  child.stdout.pipe(log);
  child.stderr.pipe(log);
  const stop = async () => {
    await stopped(child);
    await postgres.stop();
    await rm(folder, { recursive: true, force: true });
  };
  const isUp = async () => {
    if (child.exitCode !== null) throw new Error("MLflow's server ended; .cache/results/mlflow.log says why.");
    return fetch(`${url}/health`).then(
      (response) => response.ok,
      () => false,
    );
  };
  await waitFor(isUp, 180_000).catch(async (error: unknown) => {
    await stop();
    throw error;
  });
  const client = openClient(url);
  return {
    name: "mlflow",
    client,
    curvePath: (runId, key) =>
      `/ajax-api/2.0/mlflow/metrics/get-history-bulk-interval?run_ids=${runId}&metric_key=${key}&max_results=320`,
    memoryMb: () => residentMb([child.pid ?? 0]),
    bytesPerPoint: () =>
      request(
        postgres.url,
        "select pg_total_relation_size('metrics')::float8 / (select count(*) from metrics) as answer",
      ),
    stop: async () => {
      client.close();
      await stop();
    },
  };
}
