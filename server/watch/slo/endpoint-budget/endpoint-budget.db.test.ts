import { expect, test } from "vitest";
import { readAuditLog } from "#server/admin/audit-log/queries.ts";
import type { Context } from "#server/base/context.ts";
import { abortRollout } from "#server/release/rollouts/abort-rollout.ts";
import { listRolloutDecisions } from "#server/release/rollouts/decision-queries.ts";
import { overrideBudget } from "#server/release/rollouts/override-budget.ts";
import { getRollout } from "#server/release/rollouts/queries.ts";
import { skipStep } from "#server/release/rollouts/skip-step.ts";
import { startRollout } from "#server/release/rollouts/start-rollout.ts";
import { beat, countArms, newRollout, quickPlan, recheck } from "#server/testing/fixtures/rollouts/testing.ts";
import { addWindow } from "#server/testing/fixtures/serving/testing.ts";
import { inWorkspace } from "#server/testing/testing.ts";

import { standardRules } from "../engine/standard-rules.ts";
import { getSlo, listSloRevisions, listSlos } from "../objectives/queries.ts";
import { updateSlo } from "../objectives/update-slo.ts";
import { getBudget } from "./queries.ts";
import { setBudget } from "./set-budget.ts";

const reason = "x";
const promise = { availability: 0.99, latency: null, days: 7 };

/** Adds a hundred requests from two minutes ago with the given number of failures; seven more failed because of the client. */
async function fail(ctx: Context, endpointId: string, versionId: string, count: number) {
  const windowStart = new Date(Math.floor(Date.now() / 10_000) * 10_000 - 120_000);
  const latenciesMs = Array.from({ length: 100 - count }, (_, at) => at + 1);
  await addWindow(ctx, { endpointId, versionId, windowStart, latenciesMs, failures: { "500": count, "400": 7 } });
}

test(
  "spends budget by valid requests and their latency, and none without an SLO",
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
      budget,
      availability: { target: 0.9, total: 100, bad: 2 },
      latency: { target: 0.5, total: 98, bad: 49 },
      // By docs/spec/slo.md section 7 a budget with nothing left is exhausted.
      isExhausted: true,
    });
    expect(state.availability?.remaining).toBeCloseTo(0.8, 9);
    expect(state.latency?.remaining).toBeCloseTo(0, 9);
    expect(state.words).toMatch(/2 of 100 requests failed in 7.d, 10 allowed \(80% left\)/);
    const [entry] = (await readAuditLog(ctx, { limit: 1 })).events;
    expect(entry).toMatchObject({ action: "endpoint.budget-set", after: budget, reason });
  }),
);

test(
  "names an SLO after its endpoint, keeps its rules on change, archives it and restores it",
  inWorkspace(async (ctx) => {
    const { endpointId } = await newRollout(ctx);
    await setBudget(ctx, { endpointId, budget: promise });
    const slo = await getSlo(ctx, { slo: "digits-availability" });
    expect(slo).toMatchObject({ target: 0.99, period: { kind: "rolling", days: 7 }, endpointId, service: "digits" });
    expect(slo.definition.rules).toEqual(standardRules(slo.period, "availability"));
    const tiers = slo.definition.rules.tiers.map((tier) => ({ ...tier, severity: "ticket" as const }));
    const definition = { ...slo.definition, rules: { ...slo.definition.rules, tiers } };
    await updateSlo(ctx, { sloId: slo.id, definition, reason: "nobody is woken by forms" });
    await setBudget(ctx, { endpointId, budget: { ...promise, availability: 0.95 }, reason: "less" });
    const changed = await getSlo(ctx, { slo: slo.id });
    expect(changed).toMatchObject({ target: 0.95, revision: 3, definition: { rules: { tiers } } });
    await setBudget(ctx, { endpointId, budget: { ...promise, availability: null } });
    expect((await listSlos(ctx)).slos).toEqual([]);
    expect((await getBudget(ctx, { endpointId })).words).toContain("has no SLO");
    await setBudget(ctx, { endpointId, budget: promise });
    const { revisions } = await listSloRevisions(ctx, { slo: "digits-availability" });
    expect(revisions.map(({ revision, definition: { target } }) => [revision, target])).toEqual([
      [4, 0.99],
      [3, 0.95],
      [2, 0.99],
      [1, 0.99],
    ]);
  }),
);

test(
  "holds a step on an exhausted budget until a user overrides it, and rejects a skip meanwhile",
  inWorkspace(async (ctx) => {
    const { rolloutId, endpointId, canary, stable } = await newRollout(ctx);
    await setBudget(ctx, { endpointId, budget: promise });
    await beat(ctx, { endpointId, versionId: canary.id });
    await recheck(ctx, rolloutId);
    await countArms(ctx, rolloutId, { step: 0, weight: 0.1 }, { canary: [500, 0], stable: [4500, 0] });
    await fail(ctx, endpointId, stable.id, 50);
    await recheck(ctx, rolloutId, 60);
    const held = await getRollout(ctx, { rolloutId });
    expect(held).toMatchObject({ step: 0, hold: { code: "budget-exhausted" } });
    expect(held.hold?.words).toContain('The error budget of "digits-availability" is exhausted');
    await expect(skipStep(ctx, { rolloutId, reason })).rejects.toThrow(
      "Override the error budget for this rollout first",
    );
    await overrideBudget(ctx, { rolloutId, reason: "the outage was the network's" });
    await recheck(ctx, rolloutId, 61);
    expect(await getRollout(ctx, { rolloutId })).toMatchObject({ step: 1, state: { overridesBudget: true } });
    await expect(overrideBudget(ctx, { rolloutId, reason })).rejects.toThrow("already ignored");
  }),
);

test(
  "blocks rollouts on an exhausted budget except fixes, overrides and plans that ignore it",
  inWorkspace(async (ctx) => {
    const first = await newRollout(ctx);
    const { endpointId } = first;
    await setBudget(ctx, { endpointId, budget: promise });
    await fail(ctx, endpointId, first.stable.id, 50);
    await abortRollout(ctx, { rolloutId: first.rolloutId, reason });
    const input = { endpointId, version: 2, plan: quickPlan, reason };
    await expect(startRollout(ctx, input)).rejects.toThrow("is exhausted");
    await expect(startRollout(ctx, { ...input, purpose: "reliability" })).rejects.toThrow("is exhausted");
    const fix = await startRollout(ctx, { ...input, purpose: "fix" });
    expect(fix).toMatchObject({ phase: "starting", frozen: { purpose: "fix" }, state: { overridesBudget: false } });
    await abortRollout(ctx, { rolloutId: fix.id, reason });
    const { id, state } = await startRollout(ctx, { ...input, overridesBudget: true });
    expect(state.overridesBudget).toBe(true);
    const { decisions } = await listRolloutDecisions(ctx, { rolloutId: id });
    expect(decisions.map(({ kind, reason }) => [kind, reason])).toEqual([
      ["override", reason],
      ["started", reason],
    ]);
    await abortRollout(ctx, { rolloutId: id, reason });
    const ignoring = await startRollout(ctx, { ...input, plan: { ...quickPlan, budget: "ignore" } });
    expect(ignoring.phase).toBe("starting");
  }),
);
