import { setTimeout as pause } from "node:timers/promises";
import { log } from "#server/base/log.ts";
import { isActive, type LoadTest } from "#server/serve/load-test/contract.ts";
import { type DemoTarget, RequestRefused, send } from "./client.ts";
import { ensureEndpoint } from "./deploy.ts";
import { nextRelease, releases, type SeenRollout } from "./next-release.ts";
import type { Sample } from "./recording.ts";
import { sendTraffic } from "./traffic.ts";

/** A separate endpoint, so that the other ones keep the version that their scenario is about. */
const endpoint = "digits-rollout";
const model = "digits";
const evaluationIntervalMs = 5_000;

const reasons: Record<number, string> = {
  [releases.float32]: "Float32 again: is it as fast as int8?",
  [releases.int8]: "Same predictions at a third of the file size",
  [releases.wrongNormalisation]: "Includes its own normalisation",
  [releases.shortTable]: "Balances thick and thin strokes",
};

/** Steps of minutes, at ten requests a second: long enough for the first labels, and over as soon as the new version is proved no worse. */
export const rolloutPlan = {
  steps: [
    { weight: 0.1, minSeconds: 90, maxSeconds: 600, minUnits: 20 },
    { weight: 0.5, minSeconds: 60, maxSeconds: 600, minUnits: 50 },
  ],
  guardrails: [
    { metric: "errors", floor: 0.02 },
    // The one event of healthy versions that is frequent enough to decide anything in minutes: one in twenty, by its definition. Up to
    // three times as many are allowed, because the viewer of the demo uses its machine for other things, too. Where the machine was busier
    // before the rollout than it is now, almost nothing is slow: then it is enough that fewer are slow than were by definition.
    { metric: "slow", margin: 2, safeMargin: 2, negligible: 0.05, requiresVerdict: true },
    { metric: "output-shift" },
    { metric: "label-errors" },
    { metric: "invalid-outputs", floor: 0.01 },
  ],
  alpha: 0.01,
  advanceWhen: "proved-safe",
  staleSeconds: 60,
  watch: { seconds: 60, shadowShare: 0.1 },
};

/** Creates the endpoint with its budget, and a log with a short retention. One that someone changed stays as it is. */
export async function ensureRolloutEndpoint(target: DemoTarget): Promise<void> {
  // Only predictions in the log can be labelled, and labels are the basis for evaluating quality.
  await ensureEndpoint(target, { name: endpoint, model, version: releases.float32, captureShare: 0.5 });
  const url = `${target.url}/api/v1/endpoints/${endpoint}`;
  const { budget } = await send<{ budget: { availability: unknown; latency: unknown } }>(
    target,
    "GET",
    `${url}/budget`,
  );
  if (budget.availability !== null || budget.latency !== null) return;
  const capture = await send<object>(target, "GET", `${url}/capture`);
  await send(target, "PUT", `${url}/capture`, { ...capture, retentionDays: 2 });
  const promise = { availability: 0.99, days: 7 };
  await send(target, "PUT", `${url}/budget`, { budget: promise, reason: "Requested by form readers" });
}

interface Story {
  samples: Sample[];
  /** Rate of the other endpoints; this one gets twice as many, so that its rollouts end while someone watches. */
  requestsPerSecond: number;
  labelDelaySeconds: number;
}

/**
 * Sends traffic to the endpoint and starts one rollout after the other there, with a pause in between, until `signal` is aborted.
 * Rollouts that a user starts there take precedence, and are waited for.
 */
export async function keepRollingOut(target: DemoTarget, story: Story, signal: AbortSignal): Promise<void> {
  // The slow threshold is derived from the traffic before the first rollout, which a load test on the same machine would slow down.
  await untilTested(target, signal);
  const { samples, requestsPerSecond, labelDelaySeconds } = story;
  const traffic = { samples, requestsPerSecond: 2 * requestsPerSecond, labelDelaySeconds: labelDelaySeconds / 2 };
  await Promise.all([
    sendTraffic(target, { endpoint, ...traffic, badShare: 0.004 }, signal),
    startInTurn(target, signal),
  ]);
}

/** Waits until no load test of the digits runs any more, three minutes at most. */
export async function untilTested(target: DemoTarget, signal: AbortSignal): Promise<void> {
  const url = `${target.url}/api/v1/endpoints/digits/load-tests`;
  for (let turn = 0; turn < 36 && !signal.aborted; turn += 1) {
    const found = await send<{ loadTests: LoadTest[] }>(target, "GET", url).catch(() => undefined);
    if (found && !found.loadTests.some(isActive)) return;
    await pause(evaluationIntervalMs, undefined, { signal }).catch(() => {});
  }
}

async function startInTurn(target: DemoTarget, signal: AbortSignal): Promise<void> {
  // Waits for enough traffic to determine which latency counts as slow.
  await pause(8 * evaluationIntervalMs, undefined, { signal }).catch(() => {});
  while (!signal.aborted) {
    await startNext(target).catch((error: unknown) => {
      // Another user was quicker, or the endpoint is archived or unloaded, or its budget exhausted: the product shows this on its pages.
      if (!(error instanceof RequestRefused)) log.warn("demo.rollout-not-started", { endpoint, reason: String(error) });
    });
    await pause(evaluationIntervalMs, undefined, { signal }).catch(() => {});
  }
}

async function startNext(target: DemoTarget): Promise<void> {
  const api = `${target.url}/api/v1`;
  const list = `${api}/rollouts?endpoint=${endpoint}&limit=200`;
  const { rollouts } = await send<{ rollouts: SeenRollout[] }>(target, "GET", list);
  const { current } = await send<Endpoint>(target, "GET", `${api}/endpoints/${endpoint}`);
  const serving = current?.modelName === model ? current.version : undefined;
  const version = nextRelease({ rollouts, serving, now: Date.now() });
  if (version === undefined) return;
  await send(target, "POST", `${api}/rollouts`, {
    endpoint,
    version,
    plan: rolloutPlan,
    reason: reasons[version],
    anywayReason: "Demonstrates the rollback once more",
  });
}

interface Endpoint {
  current: { modelName: string; version: number } | null;
}
