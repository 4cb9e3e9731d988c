import { expect, test } from "vitest";
import { defineFeatureService } from "#server/develop/features/definitions/define-feature-service.ts";
import { defineFeatureView } from "#server/develop/features/definitions/define-feature-view.ts";
import { loadDefinitions } from "#server/develop/features/definitions/definitions.ts";
import { driverStats, newDriverStats } from "#server/testing/fixtures/features/testing.ts";
import { newVersion } from "#server/testing/fixtures/serving/testing.ts";
import { inWorkspace } from "#server/testing/testing.ts";
import { proposeFeatures } from "./propose-features.ts";
import { setPipeline } from "./set-pipeline.ts";

const input = (name: string, shape: (number | string)[], datatype = "FP32" as "FP32" | "BYTES") => {
  return { name, datatype, shape };
};
const settings = {
  keys: { driver_id: "driver_id" },
  policy: { stale: "reject", missing: "reject", unknown: "reject" },
  defaults: {},
  override: true,
  withinMs: 20,
};
const names = ["conv_rate", "acc_rate", "avg_daily_trips"];

test(
  "proposes parts for a matrix of the model, which can be set as they are",
  inWorkspace(async (ctx) => {
    await newDriverStats(ctx, {
      features: [...driverStats.features, { name: "rating", type: "float64" }, { name: "city", type: "string" }],
    });
    await defineFeatureService(ctx, { name: "eta", projections: [{ view: "driver_stats" }] });
    const definitions = await loadDefinitions(ctx.db, ctx.actor.workspaceId);
    const columns = [...names, "rating"].map((name) => ({ name, datatype: "FP32" }));
    const asColumns = { kind: "columns", columns, into: "x", steps: [] };
    const features = [...names, "rating"].map((name) => `driver_stats:${name}`);
    const proposed = proposeFeatures(definitions, [input("x", ["N", 4])]);
    expect(proposed).toEqual([
      { source: "Service eta", before: [{ kind: "features", service: "eta", ...settings }, asColumns] },
      { source: "View driver_stats", before: [{ kind: "features", features, ...settings }, asColumns] },
    ]);
    await newVersion(ctx);
    for (const { before } of proposed) {
      const set = await setPipeline(ctx, { name: "digits", version: 1, pipeline: { before } });
      expect([set.problems, set.inputs.map(({ name }) => name)]).toEqual([[], ["driver_id"]]);
    }
  }),
);

test(
  "proposes no columns for features that are inputs of the model, and nothing of a view that is offline",
  inWorkspace(async (ctx) => {
    await newDriverStats(ctx);
    const propose = async () =>
      proposeFeatures(await loadDefinitions(ctx.db, ctx.actor.workspaceId), [
        input("conv_rate", ["N", 1]),
        input("hour", ["N"]),
      ]);
    const features = ["driver_stats:conv_rate"];
    expect(await propose()).toEqual([
      { source: "View driver_stats", before: [{ kind: "features", features, ...settings }] },
    ]);
    await defineFeatureView(ctx, { ...driverStats, isOnline: false });
    expect(await propose()).toEqual([]);
  }),
);
