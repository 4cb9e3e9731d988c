import { parseArgs } from "node:util";
import { minuteMs } from "#server/base/durations.ts";
import type { DemoTarget } from "#server/roles/demo/client.ts";
import { startStack, waitFor } from "../suite/stack.ts";
import { Drill, type Stated } from "./feature-stale/drill.ts";
import { asks, define, deploy, isCounted } from "./feature-stale/product.ts";
import {
  statedAgesEndMs,
  statedAgesMs,
  statedFindingEndMs,
  statedFindingMs,
  statedFreshMs,
  statedLagEndMs,
  statedLagMs,
  type Tier,
} from "./feature-stale/stated.ts";
import { atMost, type Row } from "./report.ts";

/** TTL of the views, and limit of the SLOs. */
const ttlMs = 20_000;
/** One tier with a short window, so that the drill also sees the page end. */
const tier: Tier = { target: 0.999, longMinutes: 15, shortMinutes: 1, factor: 14.4, gate: 1e-3, cap: 0.9 };
/** Clients ask five times a second, and an answer takes its time on a busy machine. */
const clientMs = 1_000;

/**
 * Stops the source of two feature views on the running product, and measures how long it takes until old values go by policy, and until finding and
 * pages are there; then lets the source go on, and measures until all have ended. Lasts about five minutes. With `--break` the source does not stop, so the
 * drill fails.
 */
export async function run(): Promise<Row[]> {
  const { values } = parseArgs({
    allowPositionals: true,
    options: { break: { type: "boolean", default: false } },
  });
  await using opened = new AsyncDisposableStack();
  const stack = await startStack({ GATEWAY_PROCESSES: "1" });
  opened.defer(() => stack[Symbol.asyncDispose]());
  const target: DemoTarget = {
    url: stack.url,
    gatewayUrl: stack.gatewayUrl,
    token: stack.environment.LEEWAY_TOKEN ?? "",
  };
  await define(target, { ttlMs, tier });
  const drill = new Drill(target, ttlMs);
  opened.defer(() => drill.end());
  await drill.startSource();
  await deploy(target);
  drill.startClients();
  await waitFor(() => isCounted(target), 5 * minuteMs);
  console.log("a good minute is counted; the source stops");

  if (!values.break) await drill.stopSource();
  const stoppedAt = drill.lastEventAt;
  const stale: Stated = [
    ...Object.keys(asks).map((name) => [name, ttlMs + clientMs] as const),
    ["source-late-finding", statedFindingMs(ttlMs)],
    ["source-late-alert", statedFindingMs(ttlMs)],
    ["view-lag-page", statedLagMs(ttlMs, tier)],
    ["ages-page", statedAgesMs(ttlMs, tier)],
  ];
  const raised = await drill.until(true, stale, stoppedAt);

  console.log("the source goes on");
  const resumedAt = await drill.startSource();
  const fresh: Stated = [
    ...Object.keys(asks).map((name) => [name, statedFreshMs + clientMs] as const),
    ["source-late-finding", statedFindingEndMs],
    ["source-late-alert", statedFindingEndMs],
    ["view-lag-page", statedLagEndMs(tier)],
    ["ages-page", statedAgesEndMs(tier)],
  ];
  const ended = await drill.until(false, fresh, resumedAt);
  await drill.end();
  for (const words of drill.wrong.slice(0, 40)) console.log(words);
  return [...raised, ...ended, atMost(0, { name: "violations", unit: "", leeway: drill.wrong.length })];
}
