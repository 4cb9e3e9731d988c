import { expect, test } from "vitest";
import { referenceFeatures } from "#db/schema/index.ts";
import { dayMs } from "#server/base/durations.ts";
import { createEndpoint } from "#server/serve/endpoints/create-endpoint.ts";
import { mlpSignature, newVersion } from "#server/testing/fixtures/serving/testing.ts";
import { inWorkspace } from "#server/testing/testing.ts";
import { newReference } from "../../../../testing/fixtures/monitoring/quality/testing.ts";
import { storeStates } from "../../history/store-states.ts";
import { addValue } from "../../state/add-value.ts";
import type { ProfiledFeature } from "../../state/contract.ts";
import { emptyState } from "../../state/empty-state.ts";
import { packState } from "../../state/pack-state.ts";
import { getQuality } from "../queries.ts";
import { fitLosses } from "./fit-losses.ts";

const profile = {
  kind: "numeric" as const,
  count: 100,
  nulls: 0,
  nans: 0,
  posInf: 0,
  negInf: 0,
  zeros: 0,
  min: 0,
  max: 4,
  mean: 2,
  m2: 200,
  edges: [1, 2, 3],
  bins: [25, 25, 25, 25],
  isInteger: false,
  values: null,
};
const features: ProfiledFeature[] = [{ name: "distance", role: "input", profile }];

test(
  "estimates regression errors from traffic before any label",
  inWorkspace(async (ctx) => {
    const { workspaceId } = ctx.actor;
    const { id: endpointId } = await createEndpoint(ctx, { name: "minutes" });
    const outputs = [{ name: "minutes", datatype: "FP32" as const, shape: ["N", 1] }];
    const { id: versionId } = await newVersion(ctx, { model: "minutes", signature: { ...mlpSignature, outputs } });
    // Errors of ±1 below 2 and of ±5 above.
    const distances = Array.from({ length: 400 }, (_, row) => (row % 40) / 10);
    const errors = distances.map((distance, row) => (row % 2 === 0 ? 1 : -1) * (distance < 2.05 ? 1 : 5));
    const losses = fitLosses({ features, values: [distances], predicted: errors, truths: errors.map(() => 0) });
    const profileId = await newReference(ctx, versionId, {
      quality: { labelled: 400, taskKind: "regression", metrics: { meanAbsoluteError: 3 }, losses },
    });
    await ctx.db
      .insert(referenceFeatures)
      .values({ workspaceId, profileId, ordinal: 0, name: "distance", role: "input", profile });
    const state = { ...emptyState(features), rows: 100 };
    for (let row = 0; row < 100; row += 1) {
      const [first] = state.features;
      if (first) addValue(first, profile, 3.5);
    }
    const start = Math.floor(Date.now() / 60_000) * 60_000 - 60_000;
    const key = { workspaceId, endpointId, versionId, profileId, arm: "stable" as const, segment: "" };
    await storeStates(ctx.db, "g1", [{ ...key, start, rows: 100, state: packState(state) }]);
    const span = { from: new Date(Date.now() - dayMs), to: new Date(Date.now() + 60_000) };
    const summary = await getQuality(ctx, { endpointId, ...span });
    expect(summary).toMatchObject({
      taskKind: "regression",
      metric: "meanAbsoluteError",
      reference: 3,
      realised: null,
    });
    expect(summary.estimated?.value).toBeGreaterThan(4.5);
    expect(summary.estimated?.value).toBeLessThan(5.1);
    const root = await getQuality(ctx, { endpointId, ...span, metric: "rootMeanSquaredError" });
    expect(root.estimated?.value).toBeGreaterThan(4.5);
    expect(await getQuality(ctx, { endpointId, ...span, metric: "bias" })).toMatchObject({ estimated: null });
  }),
);
