import { expect, test } from "vitest";
import { budgetAdjustments, incidents, sloStates } from "#db/schema/index.ts";
import type { Context } from "#server/base/context.ts";
import { dayMs, minuteMs } from "#server/base/durations.ts";
import { deployVersion } from "#server/release/endpoints/deploy-version.ts";
import { addWindow } from "#server/testing/fixtures/serving/testing.ts";
import { inWorkspace } from "#server/testing/testing.ts";
import { newServed } from "../../testing/fixtures/slo/testing.ts";
import { addAdjustment } from "../../watch/slo/adjustments/add-adjustment.ts";
import { revokeAdjustment } from "../../watch/slo/adjustments/revoke-adjustment.ts";
import { createSlo } from "../../watch/slo/objectives/create-slo.ts";
import { getSlo } from "../../watch/slo/objectives/queries.ts";
import { replaySlo } from "../../watch/slo/replay/replay-slo.ts";
import { countSeries, dueSeries } from "../../watch/slo/rollup/count-series.ts";
import { budgetHistory } from "./budget-history.ts";
import { listBudgetConsumers } from "./list-budget-consumers.ts";

const reason = "x";

/** Records the given number of minutes with a hundred requests each, of which `failed` failed, and which ended `ago` minutes ago. */
async function serve(
  ctx: Context,
  { endpointId, versionId }: { endpointId: string; versionId: string },
  { ago, minutes, failed }: { ago: number; minutes: number; failed: number },
) {
  const end = Math.floor(Date.now() / minuteMs) * minuteMs - ago * minuteMs;
  for (let minute = 1; minute <= minutes; minute += 1) {
    await addWindow(ctx, {
      endpointId,
      versionId,
      windowStart: new Date(end - minute * minuteMs),
      latenciesMs: Array.from({ length: 100 - failed }, () => 5),
      failures: failed > 0 ? { "500": failed } : {},
    });
  }
}

/** Creates an hour of traffic, in which the second version failed completely for ten minutes, and an SLO that is counted. */
async function newOutage(ctx: Context) {
  const { endpointId, versionId, nextVersionId } = await newServed(ctx);
  await deployVersion(ctx, { endpointId, model: "digits", version: 1 });
  await serve(ctx, { endpointId, versionId }, { ago: 5, minutes: 15, failed: 0 });
  await serve(ctx, { endpointId, versionId: nextVersionId }, { ago: 20, minutes: 10, failed: 100 });
  await serve(ctx, { endpointId, versionId }, { ago: 30, minutes: 30, failed: 1 });
  const slo = await createSlo(ctx, {
    name: "digits-up",
    definition: {
      target: 0.6,
      period: { kind: "rolling", days: 30 },
      indicator: { kind: "availability", endpointId },
    },
  });
  const now = Date.now();
  await countSeries(ctx.db, await dueSeries(ctx.db, now), now);
  return { endpointId, versionId, nextVersionId, slo };
}

/** Returns a time range around the outage, which started half an hour ago and lasted ten minutes. */
const outage = () => ({ from: new Date(Date.now() - 31 * minuteMs), to: new Date(Date.now() - 19 * minuteMs) });

test(
  "attributes spent budget to versions and incidents in shares that add up, and asks for a post-mortem",
  inWorkspace(async (ctx) => {
    const { endpointId, slo } = await newOutage(ctx);
    const { from, to } = outage();
    await ctx.db.insert(incidents).values({
      workspaceId: ctx.actor.workspaceId,
      number: 7,
      title: "Digits fail",
      severity: "SEV2",
      state: "resolved",
      endpointId,
      isFoundByMachine: true,
      startedAt: from,
      detectedAt: from,
      resolvedAt: to,
      declaredBy: "test",
    });
    const found = await listBudgetConsumers(ctx, { slo: "digits-up" });
    // 1,030 of 5,500 failed, where 2,200 may.
    expect(found.spent).toBeCloseTo(1030 / 2200, 9);
    expect(found.versions.map(({ title, bad }) => [title, bad])).toEqual([
      ["digits v2", 1000],
      ["digits v1", 30],
    ]);
    expect(found.versions.reduce((sum, { spent }) => sum + spent, 0)).toBeCloseTo(found.spent ?? 0, 9);
    expect(found.incidents).toMatchObject([{ title: "INC-7 Digits fail", href: "/incidents/7" }]);
    expect(found.incidents[0]?.bad).toBeGreaterThanOrEqual(1000);
    expect(found.needsPostMortem).toEqual(["INC-7 Digits fail"]);
    expect((await getSlo(ctx, { slo: slo.id })).adjustments).toEqual([]);
  }),
);

test(
  "excludes an adjusted time range from budget, history and attribution until revoked, with counts",
  inWorkspace(async (ctx) => {
    const { slo } = await newOutage(ctx);
    const adjusted = await addAdjustment(ctx, { sloId: slo.id, ...outage(), reason: "the network's" });
    expect(adjusted.adjustments).toMatchObject([
      { reason: "the network's", createdBy: ctx.actor.name, revokedAt: null },
    ]);
    expect(adjusted.adjustments[0]?.removed?.bad).toBeGreaterThanOrEqual(1000);
    const left = await listBudgetConsumers(ctx, { slo: "digits-up" });
    expect(left.versions.map(({ title }) => title)).toEqual(["digits v1"]);
    expect(left.spent).toBeLessThan(0.02);
    const history = await budgetHistory(ctx, { slo: "digits-up" });
    expect(history.points.at(-1)?.remaining).toBeCloseTo(1 - (left.spent ?? 0), 2);
    expect(history.adjustments).toHaveLength(1);
    expect(history.changes.map(({ kind }) => kind)).toContain("deploy");
    const adjustmentId = adjusted.adjustments[0]?.id ?? "";
    const revoke = { sloId: slo.id, adjustmentId, reason };
    expect((await revokeAdjustment(ctx, revoke)).adjustments).toMatchObject([{ revokedBy: ctx.actor.name }]);
    await expect(revokeAdjustment(ctx, revoke)).rejects.toMatchObject({ code: "conflict" });
    expect((await listBudgetConsumers(ctx, { slo: "digits-up" })).spent).toBeCloseTo(1030 / 2200, 9);
    expect(await ctx.db.select().from(budgetAdjustments)).toHaveLength(1);
  }),
);

test(
  "rejects reversed, too long and out-of-reach time ranges by field",
  inWorkspace(async (ctx) => {
    const { slo } = await newOutage(ctx);
    const at = (days: number) => new Date(Date.now() + days * dayMs);
    const add = (from: Date, to: Date) => addAdjustment(ctx, { sloId: slo.id, from, to, reason });
    await expect(add(at(0), at(-1))).rejects.toMatchObject({ field: "to" });
    await expect(add(at(-40), at(0))).rejects.toMatchObject({ field: "to" });
    await expect(add(at(-93), at(-92))).rejects.toMatchObject({ field: "from" });
    await expect(add(at(89), at(91))).rejects.toMatchObject({ field: "to" });
    expect((await add(at(1), at(2))).adjustments).toMatchObject([{ removed: { total: 0, bad: 0 } }]);
  }),
);

test(
  "replays a definition before it is saved, also against the current one, and reports rule limitations",
  inWorkspace(async (ctx) => {
    const { endpointId, slo } = await newOutage(ctx);
    const strict = {
      target: 0.999,
      period: { kind: "rolling" as const, days: 30 },
      indicator: { kind: "availability" as const, endpointId },
    };
    const unsaved = await replaySlo(ctx, { definition: strict, days: 7 });
    expect(unsaved).toMatchObject({ replaced: null, definition: { service: "digits" }, warnings: expect.any(Array) });
    expect(unsaved.report).toMatchObject({ pages: [{ remaining: expect.any(Number) }], minutes: 55, recall: null });
    expect(unsaved.report.words).toContain("would have paged once");
    const both = await replaySlo(ctx, { slo: slo.id, definition: strict, days: 7 });
    expect(both.report.pages).toHaveLength(1);
    expect(both.replaced?.pages).toEqual([]);
    expect(await replaySlo(ctx, { slo: "digits-up", days: 1 })).toMatchObject({
      report: both.replaced && { pages: [] },
    });
    expect(await ctx.db.select().from(sloStates)).toEqual([]);
    const other = await createSlo(ctx, { name: "other", definition: strict });
    const parts = [{ sloId: slo.id }, { sloId: other.id }];
    const composite = { target: 0.9, period: strict.period, composite: { mode: "worst" as const, parts } };
    // The worst of both at each minute, before it is saved. The gate is shared between two, so that one more failure has to be seen.
    const together = await replaySlo(ctx, { definition: composite, days: 7 });
    expect(together.report).toMatchObject({ pages: [{ remaining: expect.any(Number) }], minutes: 55, recall: null });
    expect(together.report.pages[0]?.from).toBe((both.report.pages[0]?.from ?? 0) + 60_000);
    expect(together.indicatorWords).toBe("Burns as fast as its worst component.");
    expect(await ctx.db.select().from(sloStates)).toEqual([]);
    await expect(replaySlo(ctx, {})).rejects.toMatchObject({ name: "ZodError" });
  }),
);

test(
  "combines the history of a composite from its components, worst first, until the end",
  inWorkspace(async (ctx) => {
    const { endpointId, slo } = await newOutage(ctx);
    const period = { kind: "rolling" as const, days: 30 };
    const definition = { target: 0.5, period, indicator: { kind: "availability" as const, endpointId } };
    const milder = await createSlo(ctx, { name: "milder", definition });
    const composite = { mode: "worst" as const, parts: [{ sloId: slo.id }, { sloId: milder.id }] };
    await createSlo(ctx, { name: "both", definition: { target: 0.9, period, composite } });
    const { points } = await budgetHistory(ctx, { slo: "both" });
    expect(points).toHaveLength(48);
    expect(points[0]?.remaining).toBeNull();
    // 1,030 of 5,500 failed, while the stricter component allows 2,200.
    expect(points.at(-1)?.remaining).toBeCloseTo(1 - 1030 / 2200, 9);
    expect(await listBudgetConsumers(ctx, { slo: "both" })).toMatchObject({
      versions: [],
      spent: expect.closeTo(1030 / 2200, 9),
    });
  }),
);
