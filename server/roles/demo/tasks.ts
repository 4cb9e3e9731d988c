import { randomUUID } from "node:crypto";
import { setTimeout as pause } from "node:timers/promises";
import { minuteMs } from "#server/base/durations.ts";
import { log } from "#server/base/log.ts";
import { type DemoTarget, RequestRefused, send } from "./client.ts";
import type { Sample } from "./recording.ts";

const everyMs = minuteMs;
const rows = 5;

/**
 * Submits a batch of the endpoint's samples every minute, as a nightly job would: requests with a later response. In the first batch,
 * the input of one request is missing, so that there is a dead letter to inspect.
 */
export async function submitTasks(
  target: DemoTarget,
  endpoint: string,
  samples: Sample[],
  signal: AbortSignal,
): Promise<void> {
  for (let round = 0; !signal.aborted; round++) {
    try {
      if (round === 0) await submit(target, endpoint, samples[0]?.inputs.slice(1) ?? []);
      for (const { inputs } of samples.slice(0, rows)) await submit(target, endpoint, inputs);
    } catch (error) {
      // If the gateway is unavailable, or its backlog is full, the next minute retries what this one could not submit.
      if (!(error instanceof RequestRefused)) log.warn("demo.tasks-not-sent", { endpoint, reason: String(error) });
    }
    await pause(everyMs, undefined, { signal }).catch(() => {});
  }
}

async function submit(target: DemoTarget, endpoint: string, inputs: unknown[]): Promise<void> {
  const url = `${target.gatewayUrl}/v2/models/${endpoint}/tasks`;
  await send(target, "POST", url, { id: randomUUID(), inputs });
}
