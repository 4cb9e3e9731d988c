import { setTimeout as pause } from "node:timers/promises";
import type { DemoTarget } from "#server/roles/demo/client.ts";
import { startStack } from "../suite/stack.ts";
import { atMost, comparedTo, type Row } from "./report.ts";
import { startTraffic } from "./rollout/arm-traffic.ts";
import { type BadRollout, badServedByFlagger, findingsOf } from "./rollout/findings.ts";
import { badPlan } from "./rollout/plans.ts";
import { readDecisions, serveStable, startRollout, untilRollout } from "./rollout/program.ts";
import { run as shadow } from "./rollout-shadow.ts";

const ratePerSecond = 120;
const weight = 0.1;
const rollouts = 5;
const afterwardsMs = 2_000;

/**
 * Measures the cost for callers of rolling out a version that fails on a fifth of its requests, with the complete program: time from the
 * decision to the last response of that version, requests that failed because of the switch, and bad responses compared with those that
 * the example in Flagger's documentation would have served at the same traffic, by simulation. Then measures the cost of shadow copies for
 * live requests.
 */
export async function run(): Promise<Row[]> {
  const found = await rolledBack();
  const bad = median(found.map(({ badServed }) => badServed));
  const slowest = Math.max(...found.map(({ switchMs }) => switchMs)) / 1000;
  const failed = found.reduce((sum, one) => sum + one.failedBySwitch, 0);
  const peer = badServedByFlagger(ratePerSecond, weight, 1);
  const rows = [
    atMost(1, { name: "decision to last answer, slowest", unit: "s", leeway: Math.max(0, slowest) }),
    atMost(0, { name: "failed by the switches", unit: "requests", leeway: failed }),
    comparedTo(peer, { name: "bad responses, median", unit: "responses", leeway: bad }, "at most", 0.1),
  ];
  return [...rows, ...(await shadow())];
}

async function rolledBack(): Promise<BadRollout[]> {
  await using stack = await startStack();
  const { url, gatewayUrl, environment } = stack;
  const target: DemoTarget = { url, gatewayUrl, token: environment.LEEWAY_TOKEN ?? "" };
  await serveStable(target, "bad", "bad");
  const found: BadRollout[] = [];
  for (let seed = 1; seed <= rollouts; seed += 1) {
    const { calls, stop } = startTraffic(target, "bad", { ratePerSecond, seed });
    try {
      const id = await startRollout(target, "bad", badPlan);
      await untilRollout(target, id, ({ phase }) => phase === "rolled-back", 120_000);
      await pause(afterwardsMs);
      await stop();
      const decidedAt = Date.parse((await readDecisions(target, id)).at(-1)?.at ?? "");
      const one = findingsOf(calls, decidedAt);
      console.log(`rollout ${seed}: ${JSON.stringify(one)}`);
      found.push(one);
    } finally {
      await stop();
    }
  }
  return found;
}

const median = (values: readonly number[]) => values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] as number;
