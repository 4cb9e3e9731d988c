import { and, eq, like, sql } from "drizzle-orm";
import { expect, test } from "vitest";
import { alerts, endpoints, ruleStates, sloStates, slos } from "#db/schema/index.ts";
import { openEnd } from "#server/alerting/alerts/own-alerts.ts";
import type { Context } from "#server/base/context.ts";
import { hourMs, minuteMs } from "#server/base/durations.ts";
import { notifyAfterChange } from "#server/respond/paging/notify-after-change.ts";
import { addWindow } from "#server/testing/fixtures/serving/testing.ts";
import { inWorkspace } from "#server/testing/testing.ts";
import { countAllHistory, newLogged, newServed, newSlo } from "../../../testing/fixtures/slo/testing.ts";
import { SloState } from "../../objectives/contract.ts";
import { standardRules } from "../engine/standard-rules.ts";
import { countSeries, dueSeries } from "../rollup/count-series.ts";
import { SeriesMemory } from "../rollup/series-memory.ts";
import { evaluateSlo } from "./evaluate-slo.ts";

const period = { kind: "rolling" as const, days: 30 };
const rules = standardRules(period, "availability");
/** Twenty seconds into a minute. */
const now = Math.floor(Date.now() / minuteMs) * minuteMs - 2 * minuteMs + 20_000;

interface EvaluatedSpan {
  memory?: SeriesMemory;
  at?: number;
}

async function evaluate(ctx: Context, sloId: string, { memory = new SeriesMemory(), at = now }: EvaluatedSpan = {}) {
  await countSeries(ctx.db, await dueSeries(ctx.db, at), at);
  await evaluateSlo(ctx, sloId, { memory, now: at, afterChange: notifyAfterChange });
  const [row] = await ctx.db.select().from(sloStates).where(eq(sloStates.sloId, sloId));
  return SloState.parse(row?.state);
}

function alertsOf(ctx: Context) {
  return ctx.db.select().from(alerts).where(eq(alerts.workspaceId, ctx.actor.workspaceId)).orderBy(alerts.severity);
}

function partStates(ctx: Context, sloId: string) {
  const ofSlo = and(eq(ruleStates.workspaceId, ctx.actor.workspaceId), like(ruleStates.ruleKey, `slo:${sloId}`));
  return ctx.db.select().from(ruleStates).where(ofSlo).orderBy(ruleStates.part);
}

/** Adds a hundred requests per minute for the given number of hours, all successful. */
async function quiet(ctx: Context, served: { endpointId: string; versionId: string }, hours: number, from = now) {
  await ctx.db.execute(sql`
    insert into serving_windows (workspace_id, endpoint_id, version_id, arm, gateway_id, window_start, requests, rows, failures,
      latency_sum_ms, queue_sum_ms, compute_sum_ms, latency_buckets)
    select ${ctx.actor.workspaceId}, ${served.endpointId}, ${served.versionId}, 'stable', 'quiet', at, 100, 100, '{}', 0, 0, 0, '{}'
    from generate_series(${new Date(from - hours * hourMs).toISOString()}::timestamptz, ${new Date(from - minuteMs).toISOString()}::timestamptz,
      interval '1 minute') as at`);
}

test(
  "pages within the first minute of a total outage with a description, and resolves soon after its end",
  inWorkspace(async (ctx) => {
    const served = await newServed(ctx);
    await quiet(ctx, served, 24);
    const { id } = await newSlo(
      ctx,
      { kind: "availability", endpointId: served.endpointId },
      { rules, displayName: "Digits" },
    );
    const before = await evaluate(ctx, id);
    expect(before).toMatchObject({ budget: { remaining: 1, band: "healthy" } });
    expect((await partStates(ctx, id)).map(({ part, state }) => [part, state])).toEqual([
      ["absent", "inactive"],
      ["page", "inactive"],
      ["ticket", "inactive"],
    ]);
    // Twenty seconds of it: 50 of 6,050 requests of the hour, 14.4 times the rate that the target allows needs 87.
    const outage = { ...served, windowStart: new Date(now), latenciesMs: [] };
    await addWindow(ctx, { ...outage, failures: { "500": 50 } });
    await evaluate(ctx, id, { at: now + 15_000 });
    expect((await partStates(ctx, id)).find(({ part }) => part === "page")?.state).toBe("inactive");
    await addWindow(ctx, { ...outage, failures: { "500": 45 }, gatewayId: "g2" });
    const state = await evaluate(ctx, id, { at: now + 30_000 });
    const fast = state.tiers.find(({ tier }) => tier.factor === 14.4);
    expect(fast).toMatchObject({ isFiring: true, bad: 95, total: 6000 - 100 + 95 });
    const [page] = await alertsOf(ctx);
    expect(page).toMatchObject({
      ruleKey: `slo:${id}`,
      endpointId: served.endpointId,
      labels: { alertname: "SLOBurn", severity: "page", service: "digits", endpoint: "digits", slo: "an-slo" },
      annotations: { summary: "digits: 19.2% of requests fail" },
    });
    expect(page?.annotations).toMatchObject({ "leeway.internal/burn": "15.85", "leeway.internal/slo-id": id });
    expect(Number(page?.annotations["leeway.internal/reach"])).toBeCloseTo(95 / 495, 3);
    expect(page?.labels).not.toHaveProperty("tier");
    const description = page?.annotations.description ?? "";
    const [, spent, left] =
      /^Page: (\d+\.\d)% of the 30-day budget was spent in the last hour, .* (\d+\.\d)% of the 30-day error budget is left/.exec(
        description,
      ) ?? [];
    expect(Number(spent) + Number(left)).toBeCloseTo(100, 9);
    // Still firing: repeated after a minute at the latest, so that it shows as evaluated. It has no end, whatever the resolve time-out.
    await evaluate(ctx, id, { at: now + 40_000 });
    const updated = (await alertsOf(ctx))[0]?.updatedAt;
    expect(updated).toEqual(page?.updatedAt);
    await evaluate(ctx, id, { at: now + 95_000 });
    expect((await alertsOf(ctx))[0]).toMatchObject({
      updatedAt: new Date(now + 95_000),
      endsAt: openEnd,
      isTimeout: false,
    });
    // No more failures: after five minutes the short window has none.
    await quiet(ctx, served, 0.2, now + 13 * minuteMs);
    await evaluate(ctx, id, { at: now + 8 * minuteMs });
    const over = (await alertsOf(ctx)).find(({ labels }) => labels.severity === "page");
    expect(over?.endsAt.getTime()).toBe(now + 8 * minuteMs);
    expect(over?.startsAt).toEqual(page?.startsAt);
    expect((await partStates(ctx, id)).find(({ part }) => part === "page")?.state).toBe("inactive");
  }),
);

test(
  "counts a paused SLO without notifying, and resolves firing alerts on pause",
  inWorkspace(async (ctx) => {
    const served = await newServed(ctx);
    const { id } = await newSlo(ctx, { kind: "availability", endpointId: served.endpointId }, { rules });
    const pause = (pausedAt: Date | null) => ctx.db.update(slos).set({ pausedAt }).where(eq(slos.id, id));
    await pause(new Date());
    await addWindow(ctx, { ...served, windowStart: new Date(now), failures: { "500": 50 } });
    const state = await evaluate(ctx, id);
    expect(state.tiers.some(({ isFiring }) => isFiring)).toBe(true);
    expect(await alertsOf(ctx)).toEqual([]);
    await pause(null);
    await evaluate(ctx, id, { at: now + 10_000 });
    expect(await alertsOf(ctx)).toHaveLength(2);
    await pause(new Date());
    await evaluate(ctx, id, { at: now + 20_000 });
    for (const { endsAt } of await alertsOf(ctx)) expect(endsAt.getTime()).toBe(now + 20_000);
  }),
);

test(
  "neither fires nor resolves alerts on stale counts",
  inWorkspace(async (ctx) => {
    const served = await newServed(ctx);
    const { id } = await newSlo(ctx, { kind: "availability", endpointId: served.endpointId }, { rules });
    await addWindow(ctx, { ...served, windowStart: new Date(now), failures: { "500": 50 } });
    await evaluate(ctx, id);
    await evaluateSlo(ctx, id, { memory: new SeriesMemory(), now: now + hourMs, afterChange: notifyAfterChange });
    const states = await partStates(ctx, id);
    expect(states.map(({ part, state }) => `${part} ${state}`)).toEqual([
      "absent inactive",
      "page firing",
      "ticket firing",
    ]);
  }),
);

test(
  "pages for absent traffic where there always was some",
  inWorkspace(async (ctx) => {
    const served = await newServed(ctx);
    await quiet(ctx, served, 24 * 10, now - 12 * minuteMs);
    const { id } = await newSlo(ctx, { kind: "availability", endpointId: served.endpointId }, { rules });
    await countAllHistory(ctx, now);
    await countSeries(ctx.db, await dueSeries(ctx.db, now), now);
    await countAllHistory(ctx, now);
    const state = await evaluate(ctx, id, { at: now + 10_000 });
    expect(state.absent).toMatchObject({ isAbsent: true, minutes: 10 });
    const [alert] = await alertsOf(ctx);
    expect(alert?.labels).toMatchObject({ alertname: "SLOAbsent", severity: "page" });
    expect(alert?.annotations.summary).toContain("digits: no data for 10\u00a0min");
    expect(alert?.annotations["leeway.internal/reach"]).toBe("1");
  }),
);

test(
  "expects no traffic at an unloaded endpoint, nor before it has been loaded again for as long",
  inWorkspace(async (ctx) => {
    const served = await newServed(ctx);
    await quiet(ctx, served, 24 * 10, now - 12 * minuteMs);
    const { id } = await newSlo(ctx, { kind: "availability", endpointId: served.endpointId }, { rules });
    await countSeries(ctx.db, await dueSeries(ctx.db, now), now);
    await countAllHistory(ctx, now);
    const load = (times: { unloadedAt: Date | null; loadedAt?: Date }) =>
      ctx.db.update(endpoints).set(times).where(eq(endpoints.id, served.endpointId));
    await load({ unloadedAt: new Date(now - 12 * minuteMs) });
    const unloaded = await evaluate(ctx, id, { at: now + 10_000 });
    expect(unloaded.absent).toMatchObject({ isAbsent: false });
    expect(unloaded.words[0]).toBe("The endpoint is unloaded, so no traffic is expected.");
    await load({ unloadedAt: null, loadedAt: new Date(now - 5 * minuteMs) });
    expect((await evaluate(ctx, id, { at: now + 20_000 })).absent).toMatchObject({ isAbsent: false });
    expect(await alertsOf(ctx)).toEqual([]);
    await load({ unloadedAt: null, loadedAt: new Date(now - 11 * minuteMs) });
    expect((await evaluate(ctx, id, { at: now + 30_000 })).absent).toMatchObject({ isAbsent: true });
  }),
);

test(
  "pages for a composite in a total outage although one of its components is archived, and ends it with the last one",
  inWorkspace(async (ctx) => {
    const served = await newServed(ctx);
    const other = await newServed(ctx, "other");
    const input = { rules: { ...rules, absent: null } };
    const live = await newSlo(ctx, { kind: "availability", endpointId: served.endpointId }, { ...input, name: "live" });
    const gone = await newSlo(ctx, { kind: "availability", endpointId: other.endpointId }, { ...input, name: "gone" });
    const parts = [live, gone].map(({ id }) => ({ sloId: id }));
    const both = await newSlo(ctx, null, { ...input, name: "both", composite: { mode: "worst", parts } });
    const archive = (sloId: string) =>
      ctx.db
        .update(slos)
        .set({ archivedAt: new Date(now) })
        .where(eq(slos.id, sloId));
    await archive(gone.id);
    await addWindow(ctx, { ...served, windowStart: new Date(now), failures: { "500": 50 } });
    const state = await evaluate(ctx, both.id);
    expect(state.tiers.some(({ isFiring }) => isFiring)).toBe(true);
    const firing = async (at: number) =>
      (await alertsOf(ctx)).filter(({ endsAt }) => endsAt.getTime() > at).map(({ labels }) => labels.severity);
    expect(await firing(now)).toEqual(["page", "ticket"]);
    await archive(live.id);
    const over = await evaluate(ctx, both.id, { at: now + 10_000 });
    expect(over.words).toEqual([expect.stringContaining("All components of this SLO are archived.")]);
    expect(await firing(now + 10_000)).toEqual([]);
  }),
);

test(
  "evaluates a composite from its components, and only opens tickets for estimates",
  inWorkspace(async (ctx) => {
    const served = await newServed(ctx);
    const other = await newServed(ctx, "other");
    const input = { rules: { ...rules, absent: null } };
    const first = await newSlo(
      ctx,
      { kind: "availability", endpointId: served.endpointId },
      { ...input, name: "first" },
    );
    const second = await newSlo(
      ctx,
      { kind: "availability", endpointId: other.endpointId },
      { ...input, name: "second" },
    );
    await addWindow(ctx, { ...served, windowStart: new Date(now), latenciesMs: [1], failures: { "500": 49 } });
    await addWindow(ctx, { ...other, windowStart: new Date(now), latenciesMs: Array(50).fill(1) });
    const parts = [first, second].map(({ id }) => ({ sloId: id }));
    const both = await newSlo(ctx, null, { ...input, name: "both", composite: { mode: "worst", parts } });
    const { budget, tiers } = await evaluate(ctx, both.id);
    expect(budget.remaining).toBeLessThan(-100);
    expect(tiers.every(({ isFiring }) => isFiring)).toBe(true);
    expect((await alertsOf(ctx)).map(({ labels }) => `${labels.slo} ${labels.severity}`)).toEqual([
      "both page",
      "both ticket",
    ]);
    const estimate = { kind: "estimated-quality" as const, endpointId: served.endpointId };
    const estimated = await newSlo(ctx, estimate, { rules, name: "estimated" });
    await evaluate(ctx, estimated.id);
    expect((await partStates(ctx, estimated.id)).map(({ part }) => part)).toEqual(["absent", "ticket"]);
  }),
);

test(
  "keeps hours in memory equal to Postgres, even as old ones change or an evaluation needs more",
  inWorkspace(async (ctx) => {
    const served = await newServed(ctx);
    const memory = new SeriesMemory();
    const { id } = await newSlo(ctx, { kind: "availability", endpointId: served.endpointId }, { rules });
    const at = (ms: number) => new Date(Math.floor((now - ms) / 10_000) * 10_000);
    await addWindow(ctx, { ...served, windowStart: at(0), latenciesMs: [1, 1] });
    await addWindow(ctx, { ...served, windowStart: at(5 * hourMs), latenciesMs: [1] });
    expect((await evaluate(ctx, id, { memory })).budget.total).toBe(3);
    expect(memory.size).toBeGreaterThanOrEqual(2);
    await addWindow(ctx, { ...served, windowStart: at(0), latenciesMs: [1], gatewayId: "g2" });
    expect((await evaluate(ctx, id, { memory, at: now + 10_000 })).budget.total).toBe(4);
    await addWindow(ctx, { ...served, windowStart: at(10 * hourMs), latenciesMs: [1, 1, 1] });
    expect((await evaluate(ctx, id, { memory, at: now + 61 * minuteMs })).budget.total).toBe(7);
    await ctx.db.execute(
      sql`update slos set definition = jsonb_set(definition, '{period,days}', '60') where id = ${id}`,
    );
    expect((await evaluate(ctx, id, { memory, at: now + 62 * minuteMs })).budget.total).toBe(7);
  }),
);

test(
  "evaluates quality up to its maturity, reports pending labels, and warns of too short a retention",
  inWorkspace(async (ctx) => {
    const { endpointId, versionId } = await newServed(ctx);
    const indicator = { kind: "realised-quality" as const, endpointId, maturityMs: 2 * hourMs, tolerance: null };
    const { id } = await newSlo(ctx, indicator, { rules: standardRules(period, "realised-quality"), target: 0.8 });
    const ago = (ms: number) => new Date(Date.now() - ms);
    for (const label of ["1", "1", "1", "2"]) {
      await newLogged(ctx, { endpointId, versionId, at: ago(2.1 * hourMs), answer: "1", label });
    }
    await newLogged(ctx, { endpointId, versionId, at: ago(hourMs), answer: "1", label: "2" });
    const at = Date.now();
    const state = await evaluate(ctx, id, { at });
    expect(state).toMatchObject({ budget: { good: 3, total: 4 }, pending: 1, knownUntil: at - 2 * hourMs });
    expect(state.words.join(" ")).toContain("1 later prediction waits for its label and is not counted.");
    await ctx.db.execute(
      sql`update slos set definition = jsonb_set(definition, '{indicator,maturityMs}', ${String(40 * 24 * hourMs)}::jsonb)`,
    );
    const later = await evaluate(ctx, id, { at: at + 10_000 });
    expect(later.words[0]).toContain("is deleted before labels are complete");
  }),
);
