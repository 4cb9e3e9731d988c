import { eq } from "drizzle-orm";
import { expect, test } from "vitest";
import {
  endpoints,
  gatewayHeartbeats,
  inferenceTasks,
  predictionLabels,
  predictions,
  rollouts,
  runFindings,
  setAsideItems,
  sloStates,
  workspaces,
} from "#db/schema/index.ts";
import type { Context } from "#server/base/context.ts";
import { hourMs, minuteMs } from "#server/base/durations.ts";
import { abortRollout } from "#server/release/rollouts/abort-rollout.ts";
import { newRollout } from "#server/testing/fixtures/rollouts/testing.ts";
import { newSlo } from "#server/testing/fixtures/slo/testing.ts";
import { newRun } from "#server/testing/fixtures/tracking/testing.ts";
import { inWorkspace } from "#server/testing/testing.ts";
import { addTraffic, newServed } from "../../../testing/fixtures/alerts/rules/testing.ts";
import type { AlertRuleSpec } from "../contract.ts";
import { readMetric } from "../metrics/read-metric.ts";
import { observe } from "./observe.ts";

const now = Date.UTC(2026, 4, 4, 12);
const longAgo = new Date(now - 30 * 24 * hourMs);

const evaluate = (
  ctx: Context,
  spec: AlertRuleSpec,
  { endpointId = null as string | null, createdAt = longAgo, at = now } = {},
) => observe(ctx, spec, { endpointId, createdAt, firing: new Set() }, at);

test(
  "evaluates a threshold for each endpoint, and is unknown without data",
  inWorkspace(async (ctx) => {
    const busy = await newServed(ctx, "busy");
    await newServed(ctx, "idle");
    await addTraffic(ctx, { ...busy, now, secondsAgo: 30, good: 99, failed: 1 });
    const spec = {
      kind: "threshold",
      metric: "error-rate",
      op: ">=",
      value: 0.01,
      windowMinutes: 5,
      forMinutes: 0,
    } as const;
    expect(await evaluate(ctx, spec)).toMatchObject([
      { title: "busy", isTrue: true, value: 0.01, labels: { service: "busy", endpoint: "busy", model: "busy" } },
      { title: "idle", isTrue: null, value: null },
    ]);
    const none = { ...spec, metric: "requests-per-second", op: "<", value: 0.1 } as const;
    expect(await evaluate(ctx, none)).toMatchObject([{ isTrue: false }, { isTrue: true, value: 0 }]);
  }),
);

test(
  "reports missing requests for an endpoint, for all only after earlier ones, and never while unloaded",
  inWorkspace(async (ctx) => {
    const { endpointId, versionId } = await newServed(ctx, "quiet");
    const spec = { kind: "absent", windowMinutes: 10 } as const;
    await ctx.db.update(endpoints).set({ createdAt: longAgo });
    expect(await evaluate(ctx, spec)).toEqual([]);
    expect(await evaluate(ctx, spec, { endpointId })).toMatchObject([{ isTrue: true }]);
    // A new rule waits until its own window has passed.
    expect(await evaluate(ctx, spec, { endpointId, createdAt: new Date(now - minuteMs) })).toMatchObject([
      { isTrue: false },
    ]);
    await addTraffic(ctx, { endpointId, versionId, now, secondsAgo: 15 * 60, good: 1 });
    expect(await evaluate(ctx, spec)).toMatchObject([{ title: "quiet", isTrue: true }]);
    await addTraffic(ctx, { endpointId, versionId, now, secondsAgo: 60, good: 1 });
    expect(await evaluate(ctx, spec)).toMatchObject([{ isTrue: false }]);
    await ctx.db
      .update(endpoints)
      .set({ unloadedAt: new Date(now) })
      .where(eq(endpoints.id, endpointId));
    expect(await evaluate(ctx, spec)).toEqual([]);
  }),
);

test(
  "reports a rolled-back rollout for an hour, and a rollout on hold after the configured time",
  inWorkspace(async (ctx) => {
    const { rolloutId, rollout } = await newRollout(ctx);
    const spec = { kind: "rollout", on: ["rolled-back", "held"], onHoldMinutes: 60 } as AlertRuleSpec;
    const started = Date.now();
    expect(await evaluate(ctx, spec, { at: started })).toMatchObject([{ part: rolloutId, isTrue: false }]);
    const hold = { code: "no-data", words: "Nothing comes in.", since: started - 61 * minuteMs };
    await ctx.db
      .update(rollouts)
      .set({ state: { ...rollout.state, hold } })
      .where(eq(rollouts.id, rolloutId));
    const [held] = await evaluate(ctx, spec, { at: started });
    expect(held).toMatchObject({ isTrue: true, labels: { endpoint: "digits", rollout: rolloutId } });
    expect(held?.words).toContain("Nothing comes in.");
    await abortRollout(ctx, { rolloutId, reason: "no" });
    const ended = Date.now();
    expect(await evaluate(ctx, spec, { at: ended })).toMatchObject([{ isTrue: true, value: null }]);
    expect(await evaluate(ctx, spec, { at: ended + hourMs + minuteMs })).toEqual([]);
    expect(await evaluate(ctx, { ...spec, on: ["promoted"] } as AlertRuleSpec, { at: ended })).toEqual([]);
    // Rollouts that ended before the creation of the rule do not count.
    expect(await evaluate(ctx, spec, { at: ended, createdAt: new Date(ended + 1) })).toEqual([]);
  }),
);

test(
  "reports runs with the selected findings, of all experiments or of one",
  inWorkspace(async (ctx) => {
    const { runId, experimentId } = await newRun(ctx);
    const { workspaceId } = ctx.actor;
    const finding = { workspaceId, runId, since: 5, foundAt: 6, words: "loss is NaN" };
    await ctx.db.insert(runFindings).values([
      { ...finding, kind: "nan" },
      { ...finding, kind: "plateau" },
    ]);
    const spec: AlertRuleSpec = { kind: "run-health", findings: ["nan"], experimentId: null };
    const at = Date.now();
    expect(await evaluate(ctx, spec, { at })).toMatchObject([
      { part: `${runId}:nan`, isTrue: true, since: 5, labels: { run: runId, finding: "nan" } },
    ]);
    expect(await evaluate(ctx, { ...spec, experimentId }, { at })).toHaveLength(1);
    expect(await evaluate(ctx, { ...spec, experimentId: experimentId + 1 }, { at })).toEqual([]);
  }),
);

test(
  "reports an error budget below the limit, and is unknown without counts",
  inWorkspace(async (ctx) => {
    const { endpointId } = await newServed(ctx);
    const slo = await newSlo(ctx, { kind: "availability", endpointId }, { service: "churn" });
    const budget = (remaining: number | null) => ({
      good: 0,
      total: 0,
      bad: 0,
      ratio: null,
      interval: null,
      remaining,
      band: "healthy",
      allowed: null,
      evenPace: null,
      burnRate: null,
      exhaustedAt: null,
      periodStart: 0,
      periodEnd: null,
    });
    const emit = async (remaining: number | null) => {
      const row = { sloId: slo.id, workspaceId: ctx.actor.workspaceId, evaluatedAt: new Date() };
      const state = { budget: budget(remaining) } as never;
      const set = { ...row, state };
      await ctx.db.insert(sloStates).values(set).onConflictDoUpdate({ target: sloStates.sloId, set });
      return evaluate(ctx, { kind: "budget", below: 0.25 });
    };
    expect(await emit(0.2)).toMatchObject([{ isTrue: true, value: 0.2, labels: { slo: "an-slo", endpoint: "churn" } }]);
    expect(await emit(0.25)).toMatchObject([{ isTrue: false }]);
    expect((await emit(-0.5))[0]?.words).toContain("50% over");
    expect(await emit(null)).toMatchObject([{ isTrue: null }]);
  }),
);

test(
  "reports the platform as unhealthy without a gateway",
  inWorkspace(async (ctx) => {
    const spec: AlertRuleSpec = {
      kind: "platform",
      on: ["no-gateway", "queue-stuck", "notifications-dead", "items-set-aside"],
    };
    const at = Date.now();
    await ctx.db.delete(gatewayHeartbeats);
    const truths = async () => (await evaluate(ctx, spec, { at })).map(({ part, isTrue }) => [part, isTrue]);
    expect(await truths()).toEqual([
      ["no-worker", false],
      ["no-gateway", true],
      ["queue-stuck", false],
      ["notifications-dead", false],
      ["items-set-aside", false],
    ]);
    const state = { isDraining: false, versions: [] };
    const beat = { gatewayId: "g1", startedAt: new Date(at), seenAt: new Date(at), address: "g1", state };
    await ctx.db.insert(gatewayHeartbeats).values(beat);
    expect((await truths())[1]).toEqual(["no-gateway", false]);
  }),
);

test(
  "an item that failed three times is worth an alert, in its own workspace or where it belongs to none",
  inWorkspace(async (ctx) => {
    const spec: AlertRuleSpec = { kind: "platform", on: ["items-set-aside"] };
    const observed = async () => (await evaluate(ctx, spec, { at: Date.now() }))[1];
    const item = {
      watcher: "drift",
      problem: "Internal error; see the worker log.",
      failedAt: new Date(),
      retryAt: new Date(),
    };
    const { workspaceId } = ctx.actor;
    await ctx.db.insert(setAsideItems).values({ ...item, item: "one", workspaceId, attempts: 2 });
    expect(await observed()).toMatchObject({ value: 0, isTrue: false });
    await ctx.db.update(setAsideItems).set({ attempts: 3 });
    expect(await observed()).toMatchObject({ value: 1, isTrue: true });
    await ctx.db.insert(setAsideItems).values({ ...item, item: "all", attempts: 7 });
    expect(await observed()).toMatchObject({ words: "2 items were set aside after at least 3 attempts." });
    const [other] = await ctx.db.insert(workspaces).values({ slug: "other", name: "Other" }).returning();
    await ctx.db.update(setAsideItems).set({ workspaceId: other?.id ?? null });
    expect(await observed()).toMatchObject({ value: 0, isTrue: false });
  }),
);

test(
  "reads tasks, costs and label delays from their own rows",
  inWorkspace(async (ctx) => {
    const { endpointId, versionId } = await newServed(ctx);
    const { workspaceId } = ctx.actor;
    const span = { endpointId, from: new Date(now - hourMs), to: new Date(now) };
    expect(await readMetric(ctx, "tasks-waiting", span)).toBe(0);
    expect(await readMetric(ctx, "cost-per-1000", span)).toBeNull();
    const task = {
      workspaceId,
      endpointId,
      submittedById: "a",
      submittedBy: "Ana",
      expiresAt: new Date(now),
      inputBytes: 1,
    };
    await ctx.db.insert(inferenceTasks).values([
      { ...task, id: crypto.randomUUID() },
      { ...task, id: crypto.randomUUID(), state: "failed" },
      { ...task, id: crypto.randomUUID(), state: "failed" },
    ]);
    expect(await readMetric(ctx, "tasks-waiting", span)).toBe(1);
    expect(await readMetric(ctx, "dead-tasks", span)).toBe(2);
    const at = new Date(Date.now() - 2 * hourMs);
    const logged = {
      workspaceId,
      endpointId,
      versionId,
      arm: "stable",
      status: 200,
      provider: "cpu",
      latencyMs: 1,
      at,
    } as const;
    await ctx.db.insert(predictions).values([
      { ...logged, id: crypto.randomUUID(), requestId: "1", cost: 0.001 },
      { ...logged, id: crypto.randomUUID(), requestId: "2", cost: 0.003 },
      // Stored because it failed, so it represents only itself.
      { ...logged, id: crypto.randomUUID(), requestId: "3", cost: 9, loggedReason: "failed" },
    ]);
    await ctx.db
      .insert(predictionLabels)
      .values({ workspaceId, endpointId, requestId: "1", label: "a", observedAt: at });
    const recent = { endpointId, from: new Date(Date.now() - 3 * hourMs), to: new Date(Date.now() + minuteMs) };
    expect(await readMetric(ctx, "cost-per-1000", recent)).toBeCloseTo(2);
    expect(await readMetric(ctx, "label-delay-hours", recent)).toBeCloseTo(2, 1);
  }),
);
