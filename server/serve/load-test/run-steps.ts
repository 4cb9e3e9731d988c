import { setTimeout as pause } from "node:timers/promises";
import { Worker } from "node:worker_threads";
import { childEnvironment } from "#server/base/child-environment.ts";
import type { Context } from "#server/base/context.ts";
import { minuteMs } from "#server/base/durations.ts";
import { DomainError } from "#server/base/errors.ts";
import { log } from "#server/base/log.ts";
import { getVersion } from "#server/develop/registry/versions/queries.ts";
import { getProtection } from "../protection/protection-queries.ts";
import { type LoadTest, loadTestBounds } from "./contract.ts";
import { loadTestKey, signLoadTest } from "./credential.ts";
import { liveTraffic } from "./live-traffic.ts";
import type { LoadOrder, LoadReport } from "./load-thread.ts";
import { type LoadRequest, recordedRequests, syntheticRequests } from "./request-bodies.ts";
import { reasonToStop } from "./stop-rule.ts";
import { untilLoaded } from "./until-loaded.ts";

interface Run {
  ctx: Context;
  test: LoadTest;
  endpointId: string;
  gatewayUrl: string;
  signal: AbortSignal;
  /** Called when the gateways are ready, before the first request. */
  onStart(): Promise<void>;
  measured(report: LoadReport): Promise<void>;
}

const evaluationIntervalMs = 2_000;

/**
 * Sends the remaining steps of a load test, from a separate thread, and monitors live traffic meanwhile.
 * @returns why it was stopped; undefined when it completed or was aborted
 * @throws DomainError when it cannot start
 */
export async function runSteps(run: Run): Promise<string | undefined> {
  const { ctx, test, endpointId, gatewayUrl, signal } = run;
  const { versionId, settings, endpoint, model, version } = test;
  await untilReached(gatewayUrl);
  await untilLoaded(ctx, { endpointId, versionId }, signal);
  if (signal.aborted) return undefined;
  const startedAt = new Date();
  const before = await liveTraffic(ctx, new Date(startedAt.getTime() - 10 * minuteMs), startedAt);
  const expiresAt = startedAt.getTime() + 2 * loadTestBounds.totalSeconds * 1000;
  const claim = { loadTestId: test.id, workspaceId: ctx.actor.workspaceId, endpoint, versionId, expiresAt };
  const order: LoadOrder = {
    settings,
    from: test.steps.length,
    target: {
      url: `${gatewayUrl}/v2/models/${encodeURIComponent(endpoint)}/infer`,
      authorization: `Bearer ${signLoadTest(claim, await loadTestKey(ctx.db))}`,
      requests: await requestsOf(ctx, endpointId, { model, version }, settings),
      maxInFlight: settings.maxInFlight,
      timeoutMs: settings.timeoutMs,
    },
  };
  await run.onStart();
  const watching = new AbortController();
  const thread = new Worker(new URL("./load-thread.ts", import.meta.url), {
    workerData: order,
    env: childEnvironment(),
  });
  const stopped = watch(run, before, startedAt, watching.signal).then((reason) => {
    if (reason) thread.postMessage("stop");
    return reason;
  });
  const cancel = () => thread.postMessage("stop");
  signal.addEventListener("abort", cancel);
  try {
    await untilOver(thread, run);
  } finally {
    signal.removeEventListener("abort", cancel);
    watching.abort();
    await thread.terminate();
  }
  return stopped;
}

/** Stores each step as it arrives; resolves when the thread has exited and all of them are stored. */
async function untilOver(thread: Worker, { measured }: Run): Promise<void> {
  let stored = Promise.resolve();
  thread.on("message", (report: LoadReport) => {
    stored = stored.then(() => measured(report));
    stored.catch(() => thread.postMessage("stop"));
  });
  await new Promise<void>((resolve, reject) => thread.once("exit", () => resolve()).once("error", reject));
  await stored;
}

/** Looks every two seconds whether live traffic is worse than before. @returns why to stop */
async function watch(
  { ctx, test }: Run,
  before: Awaited<ReturnType<typeof liveTraffic>>,
  startedAt: Date,
  signal: AbortSignal,
): Promise<string | undefined> {
  for (;;) {
    await pause(evaluationIntervalMs, undefined, { signal }).catch(() => {});
    if (signal.aborted) return undefined;
    try {
      const from = new Date(Math.max(startedAt.getTime(), Date.now() - minuteMs / 2));
      const reason = reasonToStop(test.settings.stopRule, before, await liveTraffic(ctx, from, new Date()));
      if (reason) return reason;
    } catch (cause) {
      // Live traffic is not monitored in that case.
      log.warn("load-test.not-watched", { loadTestId: test.id, cause });
      return "Live traffic could not be checked because the database is unavailable.";
    }
  }
}

async function requestsOf(
  ctx: Context,
  endpointId: string,
  { model, version }: { model: string; version: number },
  settings: LoadTest["settings"],
): Promise<LoadRequest[]> {
  const { signature } = await getVersion(ctx, { name: model, version });
  if (!signature) throw new DomainError("conflict", `The signature of ${model} v${version} is unknown.`);
  if (settings.inputs === "recorded") return recordedRequests(ctx, endpointId, signature);
  const { fields } = await getProtection(ctx, { endpointId });
  return syntheticRequests(signature, fields, settings);
}

async function untilReached(gatewayUrl: string): Promise<void> {
  const url = `${gatewayUrl}/v2/health/live`;
  for (let attempt = 1; ; attempt += 1) {
    const problem = await fetch(url, { signal: AbortSignal.timeout(5_000) }).then(
      ({ status }) => (status === 200 ? undefined : `it responds with status ${status}`),
      (cause: Error) => (cause.cause as Error | undefined)?.message || cause.message,
    );
    if (!problem) return;
    if (attempt === 3) {
      throw new DomainError(
        "conflict",
        `The worker cannot reach the gateway at ${gatewayUrl} (GATEWAY_URL): ${problem}.`,
      );
    }
    await pause(1_000);
  }
}
