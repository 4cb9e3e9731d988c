import { referenceFeatures, referenceProfiles } from "#db/schema/index.ts";
import type { Context } from "#server/base/context.ts";
import { minuteMs } from "#server/base/durations.ts";
import { deployVersion } from "#server/release/endpoints/deploy-version.ts";
import { createEndpoint } from "#server/serve/endpoints/create-endpoint.ts";
import { newVersion } from "#server/testing/scenes/serving/testing.ts";
import { storeStates } from "../../../../watch/monitoring/history/store-states.ts";
import { addValue } from "../../../../watch/monitoring/state/add-value.ts";
import type { ProfiledFeature } from "../../../../watch/monitoring/state/contract.ts";
import { emptyState } from "../../../../watch/monitoring/state/empty-state.ts";
import { packState } from "../../../../watch/monitoring/state/pack-state.ts";

export type ServedRow = Record<string, number | string | null>;

/** An endpoint that serves a version with a reference of these features. */
export async function serveWithReference(ctx: Context, features: readonly ProfiledFeature[], name = "flights") {
  const { workspaceId } = ctx.actor;
  const version = await newVersion(ctx, { model: name });
  const { id: endpointId } = await createEndpoint(ctx, { name });
  await deployVersion(ctx, { endpointId, model: name, version: 1, reason: "First version." });
  const [made] = await ctx.db
    .insert(referenceProfiles)
    .values({
      workspaceId,
      versionId: version.id,
      state: "ready" as const,
      rows: 5000,
      createdBy: "test",
      source: { kind: "traffic", endpointId, from: new Date(0), to: new Date(1) },
    })
    .returning();
  const profileId = made?.id as string;
  const rows = features.map((feature, ordinal) => ({ ...feature, workspaceId, profileId, ordinal }));
  await ctx.db.insert(referenceFeatures).values(rows);
  return { endpointId, endpoint: name, versionId: version.id, profileId };
}

type Served = Awaited<ReturnType<typeof serveWithReference>>;

/** Rows as a gateway counts them, spread evenly over the minutes before a moment. @param to milliseconds since 1970 */
export async function countRows(
  ctx: Context,
  { endpointId, versionId, profileId }: Served,
  {
    features,
    rows,
    to,
    minutes = 5,
    segment = "",
  }: {
    features: readonly ProfiledFeature[];
    rows: readonly ServedRow[];
    to: number;
    minutes?: number;
    segment?: string;
  },
): Promise<void> {
  const { workspaceId } = ctx.actor;
  const first = Math.floor(to / minuteMs) - minutes;
  const key = { workspaceId, endpointId, versionId, profileId, arm: "stable" as const, segment };
  const packed = Array.from({ length: minutes }, (_, minute) => {
    const own = rows.filter((_, index) => index % minutes === minute);
    const state = { ...emptyState(features), rows: own.length };
    for (const row of own) {
      for (const [place, { name, profile }] of features.entries()) {
        const feature = state.features[place];
        if (feature) addValue(feature, profile, row[name]);
      }
    }
    return { ...key, start: (first + minute) * minuteMs, rows: own.length, state: packState(state) };
  });
  await storeStates(ctx.db, "g1", packed);
}
