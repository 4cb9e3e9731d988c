import { setTimeout as pause } from "node:timers/promises";
import { expect, onTestFinished, test } from "vitest";
import type { DemoTarget } from "#server/roles/demo/client.ts";
import { startTraffic } from "../load/rollout/arm-traffic.ts";
import { badServedByFlagger, failedElsewhere, findingsOf } from "../load/rollout/findings.ts";
import { badPlan, goodPlan } from "../load/rollout/plans.ts";
import { readDecisions, serveStable, startRollout, untilRollout } from "../load/rollout/program.ts";
import { firstToken, launch, newEnvironment } from "./leeway.ts";

const ratePerSecond = 80;
/** Time in which requests that still reach the wrong version become visible. */
const afterwardsMs = 3_000;

test("rolls back a version failing 20% of requests within 1 s of the decision, and promotes a safe one", async () => {
  const target = await launched();
  await serveStable(target, "bad", "bad");
  await serveStable(target, "good", "healthy");
  await Promise.all([rollBadOut(target), rollGoodOut(target)]);
});

async function launched(): Promise<DemoTarget> {
  const env = await newEnvironment();
  const leeway = launch({ ...env, GATEWAY_PROCESSES: "1" });
  await leeway.running();
  return { url: leeway.url, gatewayUrl: leeway.gatewayUrl, token: await firstToken(env) };
}

async function rollBadOut(target: DemoTarget): Promise<void> {
  const { calls, stop } = startTraffic(target, "bad", { ratePerSecond, seed: 1 });
  onTestFinished(stop);
  const id = await startRollout(target, "bad", badPlan);
  const rollout = await untilRollout(target, id, ({ phase }) => phase === "rolled-back", 400_000);
  await pause(afterwardsMs);
  await stop();
  const decision = (await readDecisions(target, id)).at(-1);
  const decidedAt = Date.parse(decision?.at ?? "");
  const found = findingsOf(calls, decidedAt);
  const byFlagger = badServedByFlagger(ratePerSecond, 0.1, 1);
  console.log(
    `bad canary: ${found.switchMs} ms from the decision to its last answer; ${found.failedBySwitch} of ${calls.length} requests failed by the switch; ${found.badServed} bad responses in ${found.canaryServed} of its answers, where Flagger's example would have served ${byFlagger}, ${Math.round(byFlagger / found.badServed)} times as many`,
  );
  expect(decision).toMatchObject({ kind: "roll-back", code: "guardrail", step: 0, weight: 0.1 });
  expect(rollout.weight).toBe(0);
  // On a busy machine, slower answers add to the evidence, and all metrics together may decide before errors alone do.
  expect(["errors"]).toEqual(expect.arrayContaining(rollout.violatedMetrics));
  expect(calls.filter(({ sentAt }) => sentAt > decidedAt).length).toBeGreaterThan(ratePerSecond);
  expect(found.badServed).toBeGreaterThan(0);
  expect(found.switchMs).toBeLessThanOrEqual(1_000);
  expect(found.failedBySwitch).toBe(0);
  expect(5 * found.badServed).toBeLessThan(byFlagger);
}

async function rollGoodOut(target: DemoTarget): Promise<void> {
  const { calls, stop } = startTraffic(target, "good", { ratePerSecond, seed: 2 });
  onTestFinished(stop);
  const id = await startRollout(target, "good", goodPlan);
  await untilRollout(target, id, ({ phase }) => phase === "promoted", 400_000);
  await pause(1_000);
  await stop();
  const [started, ...decisions] = await readDecisions(target, id);
  const moves = decisions.filter(({ kind }) => ["advance", "promote", "complete"].includes(kind));
  const [promoted, completed] = moves
    .slice(-2)
    .map(({ at }) => Math.round((Date.parse(at) - Date.parse(started?.at ?? "")) / 1000));
  console.log(
    `good canary: promoted as proved safe ${promoted} s after the start, its watch ended after ${completed} s; ${failedElsewhere(calls)} of ${calls.length} requests failed by the switches`,
  );
  expect(moves.map(({ kind, code }) => [kind, code])).toEqual([
    ["advance", "ready"],
    ["advance", "proved-safe"],
    ["promote", "proved-safe"],
    ["complete", "watched"],
  ]);
  // Both versions can handle these two categories.
  expect(calls.filter(({ status, category }) => status !== 200 && category < 2)).toEqual([]);
}
