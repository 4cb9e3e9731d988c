import { expect, test, vi } from "vitest";
import { featureSkew, featureSkewHours, monitoringFindings } from "#db/schema/index.ts";
import { rolledBack } from "#db/testing.ts";
import { hourMs } from "#server/base/durations.ts";
import { attemptOnce } from "#server/platform/jobs/watcher.ts";
import { createEndpoint } from "#server/serve/endpoints/create-endpoint.ts";
import { newDriverStats } from "#server/testing/fixtures/features/testing.ts";
import { newWorkspace } from "#server/testing/testing.ts";
import type { ViewSkewTally } from "./contract.ts";
import { getViewSkew, listViewSkew } from "./queries.ts";
import { settleSkew } from "./settle-skew.ts";
import { storeSkewHour } from "./store-hour.ts";

test("sums skew over versions and days, with causes and intervals, and knows how far it was compared", () =>
  rolledBack(async (db) => {
    const ctx = await newWorkspace(db);
    const view = await newDriverStats(ctx);
    const { workspaceId } = ctx.actor;
    const row = (day: string, version: number, comparison: "known" | "true", mismatched: number) => ({
      workspaceId,
      viewId: view.id,
      version,
      feature: "conv_rate",
      day,
      comparison,
      compared: 1000,
      mismatched,
      missing: 1,
      extra: 2,
      causes: { late: mismatched - 1, expired: 1 } as Record<string, number>,
      differenceSum: 1,
      magnitudeSum: 10,
    });
    await db.insert(featureSkew).values([
      // A request brought 100 other values, which are no fault of the view.
      { ...row("2026-03-01", 1, "true", 110), compared: 1100, causes: { late: 9, expired: 1, request: 100 } },
      row("2026-03-02", 1, "true", 20),
      row("2026-03-02", 2, "true", 30),
      { ...row("2026-03-02", 2, "known", 0), causes: {}, missing: 0, extra: 0, magnitudeSum: 0, differenceSum: 0 },
      row("2026-03-09", 1, "true", 500),
    ]);
    const hour = (at: string, isFinal: boolean, keyShare: number) => ({
      workspaceId,
      viewId: view.id,
      hour: new Date(at),
      predictions: 5,
      lookUps: 5,
      isFinal,
      keyShare,
      tallies: [],
    });
    await db
      .insert(featureSkewHours)
      .values([hour("2026-03-02T10:00:00Z", true, 0.25), hour("2026-03-02T11:00:00Z", false, 1)]);
    const skew = await getViewSkew(ctx, { view: "driver_stats", from: "2026-03-01", to: "2026-03-02" });
    expect(skew).toMatchObject({
      knownUntil: new Date("2026-03-02T12:00:00Z"),
      trueUntil: new Date("2026-03-02T11:00:00Z"),
      keyShare: 0.25,
      known: { compared: 1000, mismatched: 0, byRequest: 0, share: 0, smape: null, causes: [] },
      true: {
        compared: 3000,
        mismatched: 60,
        byRequest: 100,
        share: 0.02,
        missing: 3,
        extra: 6,
        smape: 0.1,
        causes: [
          { cause: "late", count: 57 },
          { cause: "expired", count: 3 },
        ],
      },
      features: [{ feature: "conv_rate", versions: [1, 2], days: [{ day: "2026-03-01" }, { day: "2026-03-02" }] }],
    });
    // Wilson's interval for 60 of 3,000, by its formula in Python.
    expect(skew.true.interval.low).toBeCloseTo(0.0155698, 7);
    expect(skew.true.interval.high).toBeCloseTo(0.0256579, 7);
    await expect(getViewSkew(ctx, { view: "driver_stats", from: "2026-03-02", to: "2026-03-01" })).rejects.toThrow(
      "ends before",
    );
    await expect(getViewSkew(ctx, { view: "absent" })).rejects.toThrow("absent");
  }));

test("has the numbers by which alerts go: of the last hours, where a feature differs most, without what requests brought", () =>
  rolledBack(async (db) => {
    const ctx = await newWorkspace(db);
    const view = await newDriverStats(ctx);
    const { id: endpointId } = await createEndpoint(ctx, { name: "eta" });
    const tally = (feature: string, endpointId: string, mismatched: number, causes: ViewSkewTally["causes"]) => {
      const sums = { missing: 0, extra: 0, differenceSum: 0, magnitudeSum: 0 };
      return {
        endpointId,
        version: 1,
        feature,
        comparison: "known" as const,
        compared: 1000,
        mismatched,
        causes,
        ...sums,
      };
    };
    const quiet = crypto.randomUUID();
    await storeSkewHour(
      ctx,
      view.id,
      { hour: Math.floor(Date.now() / hourMs) * hourMs - 2 * hourMs, predictions: 1, isTrueWanted: false },
      {
        lookUps: 1000,
        keyShare: 1,
        tallies: [
          tally("acc_rate", endpointId, 900, { request: 900 }),
          tally("conv_rate", endpointId, 30, { "stale copy": 30 }),
          tally("conv_rate", quiet, 0, {}),
        ],
      },
    );
    const skew = await getViewSkew(ctx, { view: view.name });
    const worst = { feature: "conv_rate", endpoint: "eta", hours: 6, compared: 1000, mismatched: 30, share: 0.03 };
    expect(skew.recent).toEqual({ known: { ...worst, isAboveLimit: true }, true: null });
    expect(
      skew.features.map(({ feature, recent }) => [feature, recent.known?.share, recent.known?.isAboveLimit]),
    ).toEqual([
      ["conv_rate", 0.03, true],
      ["acc_rate", 0, false],
    ]);
    expect(skew.known).toMatchObject({ compared: 2100, mismatched: 30, byRequest: 900 });
    await settleSkew(ctx, { now: Date.now(), unknown: [] }, () => Promise.resolve(), attemptOnce);
    const [finding, ...others] = await db.select().from(monitoringFindings);
    expect(others).toEqual([]);
    expect(finding).toMatchObject({ endpointId, severity: "page", evidence: { worst: "conv_rate", share: 0.03 } });
  }));

test("lists the skew of all views with one statement", () =>
  rolledBack(async (db) => {
    const ctx = await newWorkspace(db);
    const outsider = await newWorkspace(db);
    const { workspaceId } = ctx.actor;
    const view = await newDriverStats(ctx);
    const other = await newDriverStats(ctx, { name: "b" });
    const foreign = await newDriverStats(outsider);
    const day = new Date().toISOString().slice(0, 10);
    const row = (viewId: string, feature: string, causes: Record<string, number>) => {
      const mismatched = Object.values(causes).reduce((sum, count) => sum + count, 0);
      const sums = { missing: 1, extra: 0, differenceSum: 1, magnitudeSum: 4 };
      return {
        workspaceId,
        viewId,
        version: 1,
        feature,
        day,
        comparison: "true" as const,
        compared: 100,
        mismatched,
        causes,
        ...sums,
      };
    };
    await db
      .insert(featureSkew)
      .values([
        row(view.id, "conv_rate", { late: 3, corrected: 4, request: 20 }),
        row(view.id, "acc_rate", { corrected: 1 }),
        { ...row(view.id, "acc_rate", { corrected: 100 }), day: "2026-01-01" },
        { ...row(view.id, "acc_rate", {}), comparison: "known" as const },
        row(other.id, "conv_rate", {}),
        { ...row(foreign.id, "conv_rate", {}), workspaceId: outsider.actor.workspaceId },
      ]);
    const execute = vi.spyOn(db, "execute");
    const list = await listViewSkew(ctx);
    // The clock, and the list.
    expect(execute).toHaveBeenCalledTimes(2);
    expect(list).toMatchObject([
      { view: "b", true: { compared: 100, mismatched: 0 }, known: { compared: 0, share: null } },
      {
        view: "driver_stats",
        known: { compared: 100, mismatched: 0 },
        true: {
          compared: 180,
          mismatched: 8,
          byRequest: 20,
          missing: 2,
          smape: 0.25,
          causes: [
            { cause: "corrected", count: 5 },
            { cause: "late", count: 3 },
          ],
        },
      },
    ]);
  }));
