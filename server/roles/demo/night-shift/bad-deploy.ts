import { setTimeout as pause } from "node:timers/promises";
import { minuteMs } from "#server/base/durations.ts";
import { log } from "#server/base/log.ts";
import { type DemoTarget, send } from "../client.ts";
import { ensureEndpoint } from "../deploy.ts";
import { releases } from "../next-release.ts";
import { source } from "../past/contract.ts";
import type { Sample } from "../recording.ts";
import { sendTraffic } from "../traffic.ts";

/** A separate endpoint, so that the other ones keep the version that their scenario is about. */
export const formsEndpoint = "digits-forms";
const model = "digits";
/** Duration of normal operation before the bad deploy, so that the change is visible. */
const goodMs = minuteMs;

/** Creates the endpoint that the demo is about to break. */
export function ensureForms(target: DemoTarget): Promise<void> {
  return ensureEndpoint(target, { name: formsEndpoint, model, version: releases.float32, captureShare: 0.2 });
}

interface Story {
  samples: Sample[];
  requestsPerSecond: number;
  labelDelaySeconds: number;
}

/**
 * Sends traffic to the endpoint, and after a minute of it deploys the release that fails on every eighth image, past any rollout, as
 * someone in a hurry does. It does so once: a rollback is not undone.
 */
export async function breakForms(target: DemoTarget, story: Story, signal: AbortSignal): Promise<void> {
  await Promise.all([
    sendTraffic(target, { endpoint: formsEndpoint, ...story, badShare: 0.004 }, signal),
    deployInAHurry(target, signal).catch((error: unknown) => {
      // For example, someone archived or froze the endpoint.
      log.warn("demo.not-broken", { reason: String(error) });
    }),
  ]);
}

async function deployInAHurry(target: DemoTarget, signal: AbortSignal): Promise<void> {
  if (await wasChanged(target)) return;
  await pause(goodMs, undefined, { signal }).catch(() => {});
  if (signal.aborted) return;
  await send(target, "POST", `${target.url}/api/v1/endpoints/${formsEndpoint}/deployments`, {
    model,
    version: releases.shortTable,
    reason: "Balances thick and thin strokes; straight to 100%, needed before quarter end",
  });
}

/** Whether anything was deployed there after the first release, other than in the past that the demo comes with. */
async function wasChanged(target: DemoTarget): Promise<boolean> {
  const { history } = await send<{ history: { reason: string }[] }>(
    target,
    "GET",
    `${target.url}/api/v1/endpoints/${formsEndpoint}`,
  );
  return history.filter(({ reason }) => !reason.includes(source)).length > 1;
}
