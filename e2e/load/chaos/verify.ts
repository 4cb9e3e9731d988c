import { createHash } from "node:crypto";
import { type DemoTarget, send } from "#server/roles/demo/client.ts";
import type { Prediction } from "./inference-load.ts";
import { type Acknowledged, artifactsOf } from "./tracking-load.ts";

interface History {
  metrics?: { step: string | number; value: number }[];
  next_page_token?: string;
}

/** Result of checking the writes of one training script. */
export interface Verified {
  pointsAcknowledged: number;
  /** Acknowledged points that are not there, or not as they were sent. */
  pointsLost: number;
  /** Number of duplicate points, which were sent again because the first response did not arrive. */
  pointsTwice: number;
  artifactsLost: number;
}

/** Reads back all writes that were acknowledged to a training script. */
export async function verifyWrites(target: DemoTarget, received: Acknowledged): Promise<Verified> {
  const stored = new Map<number, number>();
  let pointsTwice = 0;
  for (let token = ""; ; ) {
    const query = new URLSearchParams({
      run_id: received.runId,
      metric_key: "loss",
      ...(token && { page_token: token }),
    });
    const page = await send<History>(target, "GET", `${target.url}/api/2.0/mlflow/metrics/get-history?${query}`);
    for (const { step, value } of page.metrics ?? []) {
      if (stored.has(Number(step))) pointsTwice += 1;
      stored.set(Number(step), value);
    }
    if (!page.next_page_token) break;
    token = page.next_page_token;
  }
  const pointsLost = [...received.points].filter(([step, value]) => stored.get(step) !== value).length;
  let artifactsLost = 0;
  for (const [path, sha256] of received.artifacts) {
    const headers = { authorization: `Bearer ${target.token}` };
    const response = await fetch(`${target.url}${artifactsOf(received)}/${path}`, { headers });
    const body = Buffer.from(await response.arrayBuffer());
    if (!response.ok || createHash("sha256").update(body).digest("hex") !== sha256) artifactsLost += 1;
  }
  return { pointsAcknowledged: received.points.size, pointsLost, pointsTwice, artifactsLost };
}

interface Series {
  steps: { at: string; requests: number; serverErrors: number; clientErrors: number }[];
}

const windowSeconds = 10;

/**
 * Compares the clients' responses with the counts of telemetry.
 * @returns windows with successful predictions but no count, and the number of successful predictions that no window counted.
 */
export async function lostTelemetry(
  target: DemoTarget,
  predictions: readonly Prediction[],
): Promise<{ windows: number; windowsLost: number; requestsLost: number }> {
  const answered = predictions.filter(({ status }) => status === 200);
  const windowOf = (at: number) => Math.floor(at / 1000 / windowSeconds) * windowSeconds * 1000;
  const from = windowOf(Math.min(...answered.map(({ at, latencyMs }) => at - latencyMs)));
  const to = windowOf(Math.max(...answered.map(({ at }) => at))) + windowSeconds * 1000;
  const query = new URLSearchParams({
    from: new Date(from).toISOString(),
    to: new Date(to).toISOString(),
    step: String(windowSeconds),
  });
  const { steps } = await send<Series>(target, "GET", `${target.url}/api/v1/endpoints/digits/series?${query}`);
  const counted = new Map(steps.map(({ at, requests }) => [new Date(at).getTime(), requests]));
  const windows = new Set(answered.map(({ at }) => windowOf(at)));
  const succeeded = steps.reduce((sum, one) => sum + one.requests - one.serverErrors - one.clientErrors, 0);
  return {
    windows: windows.size,
    windowsLost: [...windows].filter((window) => !counted.get(window)).length,
    requestsLost: Math.max(0, answered.length - succeeded),
  };
}
