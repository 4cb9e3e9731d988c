import { randomUUID } from "node:crypto";
import { setTimeout as pause } from "node:timers/promises";
import { log } from "#server/base/log.ts";
import { type DemoTarget, RequestRefused, send } from "./client.ts";
import type { Sample } from "./recording.ts";

export interface TrafficPlan {
  endpoint: string;
  /** Samples sent in order, repeatedly; or a function that returns the next one due. */
  samples: readonly Sample[] | (() => Sample | undefined);
  requestsPerSecond: number;
  /** Labels arrive this long after the prediction; null if people label the requests. */
  labelDelaySeconds: number | null;
  /** Share of requests in which the caller omits an input, as callers do. */
  badShare: number;
}

interface DueLabel {
  requestId: string;
  label: string;
  observedAt: string;
  dueAt: number;
}

/**
 * Sends the samples to the gateway one after the other, repeatedly, at random times (a Poisson process), and posts the true labels later.
 * Continues until `signal` is aborted; rejections and an unavailable gateway are counted and logged, not fatal.
 */
export async function sendTraffic(target: DemoTarget, plan: TrafficPlan, signal: AbortSignal): Promise<void> {
  const labels: DueLabel[] = [];
  const counts = { answered: 0, refused: 0, unreachable: 0 };
  const labelling = postLabels(target, plan.endpoint, labels, signal);
  const open = new Set<Promise<void>>();
  for (let index = 0; !signal.aborted; index++) {
    const sample = typeof plan.samples === "function" ? plan.samples() : plan.samples[index % plan.samples.length];
    if (!sample) break;
    const request = predict(target, plan, sample, labels)
      .then(() => void counts.answered++)
      .catch((error: unknown) => void counts[error instanceof RequestRefused ? "refused" : "unreachable"]++)
      .finally(() => open.delete(request));
    open.add(request);
    if (index % 500 === 499) log.info("demo.traffic-sent", { endpoint: plan.endpoint, ...counts });
    const secondsToNext = -Math.log(1 - Math.random()) / plan.requestsPerSecond;
    await pause(1000 * secondsToNext, undefined, { signal }).catch(() => {});
    // A gateway that stopped answering must not let requests pile up.
    if (open.size >= 64) await Promise.race(open);
  }
  await Promise.all([labelling, ...open]);
}

async function predict(target: DemoTarget, plan: TrafficPlan, sample: Sample, labels: DueLabel[]): Promise<void> {
  const requestId = randomUUID();
  const isBad = Math.random() < plan.badShare;
  const inputs = isBad ? sample.inputs.slice(1) : sample.inputs;
  await send(target, "POST", `${target.gatewayUrl}/v2/models/${plan.endpoint}/infer`, { id: requestId, inputs });
  if (plan.labelDelaySeconds === null) return;
  const now = Date.now();
  labels.push({
    requestId,
    label: sample.label,
    observedAt: new Date(now).toISOString(),
    dueAt: now + plan.labelDelaySeconds * 1000,
  });
}

/** Posts what has become due, in sets. A set that could not be posted stays due. */
async function postLabels(
  target: DemoTarget,
  endpoint: string,
  labels: DueLabel[],
  signal: AbortSignal,
): Promise<void> {
  while (!signal.aborted) {
    await pause(5_000, undefined, { signal }).catch(() => {});
    const count = labels.findIndex(({ dueAt }) => dueAt > Date.now());
    const due = labels.slice(0, count < 0 ? labels.length : count).slice(0, 500);
    if (due.length === 0) continue;
    const body = { labels: due.map(({ requestId, label, observedAt }) => ({ requestId, label, observedAt })) };
    await send(target, "POST", `${target.url}/api/v1/endpoints/${endpoint}/labels`, body).then(
      () => labels.splice(0, due.length),
      (error: unknown) => log.warn("demo.labels-refused", { endpoint, message: String(error) }),
    );
  }
}
