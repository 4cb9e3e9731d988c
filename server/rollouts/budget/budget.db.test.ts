import { expect, test } from "vitest";
import { readAuditLog } from "#server/audit/queries.ts";
import type { Context } from "#server/context.ts";
import { addWindow } from "#server/serving/testing.ts";
import { inWorkspace } from "#server/testing.ts";
import { abortRollout } from "../abort-rollout.ts";
import { listRolloutDecisions } from "../decision-queries.ts";
import { overrideBudget } from "../override-budget.ts";
import { getRollout } from "../queries.ts";
import { skipStep } from "../skip-step.ts";
import { startRollout } from "../start-rollout.ts";
import { beat, countArms, lookAgain, newRollout, quickPlan } from "../testing.ts";
import { budgetState } from "./budget-state.ts";
import { getBudget } from "./queries.ts";
import { setBudget } from "./set-budget.ts";

const reason = "x";
const promise = { availability: 0.99, latency: null, days: 7 };

/** A hundred requests of now, so many of which failed. */
async function fail(ctx: Context, endpointId: string, versionId: string, count: number) {
  const windowStart = new Date(Math.floor(Date.now() / 10_000) * 10_000);
  const latenciesMs = Array.from({ length: 100 - count }, (_, at) => at + 1);
  await addWindow(ctx, { endpointId, versionId, windowStart, latenciesMs, failures: { "500": count, "400": 7 } });
}

test("remaining is 1 − bad / ((1 − target) · total): the worked example of a month with an outage of ten minutes", () => {
  const month = { availability: 0.999, latency: null, days: 30 };
  const none = { total: 0, bad: 0 };
  const of = (bad: number) =>
    budgetState(month, "digits", { availability: { total: 4_320_000, bad }, latency: none }).availability?.remaining;
  expect(of(1000)).toBeCloseTo(0.76852, 5);
  expect(of(4320)).toBeCloseTo(0, 9);
  expect(budgetState(month, "digits", { availability: { total: 4_320_000, bad: 4321 }, latency: none })).toMatchObject({
    ...{ isExhausted: true, words: expect.stringContaining("is exhausted: 4,321 of 4,320,000 requests failed") },
  });
  expect(budgetState(month, "digits", { availability: none, latency: none })).toMatchObject({
    ...{ availability: { remaining: null }, isExhausted: false, words: expect.stringContaining("no requests") },
  });
});

test(
  "what gateways counted is what is spent, of answers and of their time; nothing promised is nothing spent",
  inWorkspace(async (ctx) => {
    const { endpointId, stable } = await newRollout(ctx);
    expect(await getBudget(ctx, { endpointId })).toMatchObject({
      availability: null,
      latency: null,
      isExhausted: false,
    });
    await fail(ctx, endpointId, stable.id, 2);
    const budget = { availability: 0.9, latency: { withinMs: 49, share: 0.5 }, days: 7 };
    const state = await setBudget(ctx, { endpointId, budget, reason });
    expect(state).toMatchObject({
      availability: { target: 0.9, total: 107, bad: 2 },
      latency: { target: 0.5, total: 98, bad: 49 },
      isExhausted: false,
    });
    expect(state.latency?.remaining).toBeCloseTo(0, 9);
    const [entry] = (await readAuditLog(ctx, { limit: 1 })).events;
    expect(entry).toMatchObject({ action: "endpoint.budget-set", after: budget, reason });
  }),
);

test(
  "an exhausted budget holds a step that could go on, until somebody overrides it by name; a skip is refused meanwhile",
  inWorkspace(async (ctx) => {
    const { rolloutId, endpointId, canary, stable } = await newRollout(ctx);
    await setBudget(ctx, { endpointId, budget: promise });
    await beat(ctx, { endpointId, versionId: canary.id });
    await lookAgain(ctx, rolloutId);
    await countArms(ctx, rolloutId, { step: 0, weight: 0.1 }, { canary: [500, 0], stable: [4500, 0] });
    await fail(ctx, endpointId, stable.id, 50);
    await lookAgain(ctx, rolloutId, 60);
    const held = await getRollout(ctx, { rolloutId });
    expect(held).toMatchObject({ step: 0, hold: { code: "budget-exhausted" } });
    expect(held.hold?.words).toContain("50 of 107 requests failed");
    await expect(skipStep(ctx, { rolloutId, reason })).rejects.toThrow("Override it for this rollout first");
    await overrideBudget(ctx, { rolloutId, reason: "the outage was the network's" });
    await lookAgain(ctx, rolloutId, 61);
    expect(await getRollout(ctx, { rolloutId })).toMatchObject({ step: 1, state: { overridesBudget: true } });
    await expect(overrideBudget(ctx, { rolloutId, reason })).rejects.toThrow("whatever is left");
  }),
);

test(
  "a rollout does not start on an exhausted budget, but by override or where its plan ignores it",
  inWorkspace(async (ctx) => {
    const first = await newRollout(ctx);
    const { endpointId } = first;
    await setBudget(ctx, { endpointId, budget: promise });
    await fail(ctx, endpointId, first.stable.id, 50);
    await abortRollout(ctx, { rolloutId: first.rolloutId, reason });
    const wish = { endpointId, version: 2, plan: quickPlan, reason };
    await expect(startRollout(ctx, wish)).rejects.toThrow("is exhausted");
    const { id, state } = await startRollout(ctx, { ...wish, overridesBudget: true });
    expect(state.overridesBudget).toBe(true);
    const { decisions } = await listRolloutDecisions(ctx, { rolloutId: id });
    expect(decisions.map(({ kind, reason }) => [kind, reason])).toEqual([
      ["override", reason],
      ["started", reason],
    ]);
    await abortRollout(ctx, { rolloutId: id, reason });
    const ignoring = await startRollout(ctx, { ...wish, plan: { ...quickPlan, budget: "ignore" } });
    expect(ignoring.phase).toBe("starting");
  }),
);
