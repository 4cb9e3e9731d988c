import { expect, test } from "vitest";
import { featureSkew, featureSkewHours } from "#db/schema/index.ts";
import { rolledBack } from "#db/testing.ts";
import { newDriverStats } from "#server/testing/fixtures/features/testing.ts";
import { newWorkspace } from "#server/testing/testing.ts";
import { getViewSkew } from "./queries.ts";

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
      causes: { late: mismatched - 1, expired: 1 },
      differenceSum: 1,
      magnitudeSum: 10,
    });
    await db
      .insert(featureSkew)
      .values([
        row("2026-03-01", 1, "true", 10),
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
      known: { compared: 1000, mismatched: 0, share: 0, smape: null, causes: [] },
      true: {
        compared: 3000,
        mismatched: 60,
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
