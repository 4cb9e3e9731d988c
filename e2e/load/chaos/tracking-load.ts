import { createHash } from "node:crypto";
import { setTimeout as pause } from "node:timers/promises";
import { type DemoTarget, mlflow } from "#server/roles/demo/client.ts";
import { call } from "./call.ts";

/** Writes that were acknowledged to one training script. */
export interface Acknowledged {
  runId: string;
  experimentId: string;
  /** Value by step of the metric "loss". */
  points: Map<number, number>;
  /** SHA-256 by path below the run's artifacts. */
  artifacts: Map<string, string>;
}

const retryMs = 100;
const paceMs = 20;
const stepsPerArtifact = 25;

/**
 * Runs a training script: logs one metric point after the other and sometimes a file, retries failed writes, and records
 * only writes acknowledged with 200. Continues until `signal` is aborted.
 * @param acknowledged called after each acknowledgement.
 */
export async function trainingScript(
  target: DemoTarget,
  experimentId: string,
  signal: AbortSignal,
  acknowledged: () => void,
): Promise<Acknowledged> {
  const { run } = await mlflow<{ run: { info: { run_id: string } } }>(target, "runs/create", {
    experiment_id: experimentId,
    start_time: Date.now(),
  });
  const runId = run.info.run_id;
  const received: Acknowledged = { runId, experimentId, points: new Map(), artifacts: new Map() };
  const untilStored = async (send: () => Promise<number>): Promise<boolean> => {
    while (!signal.aborted) {
      if ((await send()) === 200) {
        acknowledged();
        return true;
      }
      await pause(retryMs);
    }
    return false;
  };
  for (let step = 0; !signal.aborted; step++) {
    const value = Math.exp(-step / 500) + Math.random() / 100;
    const point = { run_id: runId, key: "loss", value, step, timestamp: Date.now() };
    if (await untilStored(() => call(target, "POST", "/api/2.0/mlflow/runs/log-metric", point)))
      received.points.set(step, value);
    if (step % stepsPerArtifact === 0) {
      const path = `checkpoints/${step}.bin`;
      const file = Buffer.alloc(64 * 1024, `${runId} ${step} `);
      const address = `${artifactsOf(received)}/${path}`;
      if (await untilStored(() => call(target, "PUT", address, file))) {
        received.artifacts.set(path, createHash("sha256").update(file).digest("hex"));
      }
    }
    await pause(paceMs);
  }
  return received;
}

/** Address of a run's artifacts at the artifact proxy. */
export function artifactsOf({ experimentId, runId }: Acknowledged): string {
  return `/api/2.0/mlflow-artifacts/artifacts/${experimentId}/${runId}/artifacts`;
}
