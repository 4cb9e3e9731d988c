import { referenceFeatures, referenceProfiles } from "#db/schema/index.ts";
import type { Context } from "#server/base/context.ts";
import { dayMs } from "#server/base/durations.ts";
import { deployVersion } from "#server/release/endpoints/deploy-version.ts";
import { createEndpoint } from "#server/serve/endpoints/create-endpoint.ts";
import { newVersion } from "#server/testing/scenes/serving/testing.ts";
import type { StateKey } from "../../../watch/monitoring/history/contract.ts";
import { storeStates } from "../../../watch/monitoring/history/store-states.ts";
import type { ProfiledFeature } from "../../../watch/monitoring/state/contract.ts";
import { packState } from "../../../watch/monitoring/state/pack-state.ts";
import { counted } from "./drift/testing.ts";

export interface Watched extends StateKey {
  endpoint: string;
  features: readonly ProfiledFeature[];
}

interface Input {
  name?: string;
  features: readonly ProfiledFeature[];
  rows: number;
  importances?: Record<string, number>;
}

/** An endpoint that serves a version whose reference is in force. */
export async function newWatched(
  ctx: Context,
  { name = "flights", features, rows, importances }: Input,
): Promise<Watched> {
  const { workspaceId } = ctx.actor;
  const { id: endpointId } = await createEndpoint(ctx, { name });
  const { id: versionId } = await newVersion(ctx, { model: name });
  await deployVersion(ctx, { endpointId, model: name, version: 1, reason: "x" });
  const of = { labelColumn: null, where: null, columns: {} };
  const source = { kind: "dataset" as const, name: "flights-2025", digest: "d", ...of };
  const [made] = await ctx.db
    .insert(referenceProfiles)
    .values({
      workspaceId,
      versionId,
      source,
      rows,
      importances,
      state: "ready",
      createdBy: "test",
      finishedAt: new Date(Date.now() - 90 * dayMs),
    })
    .returning();
  if (!made) throw new Error("The reference was not inserted.");
  const { id: profileId } = made;
  const values = features.map((feature, ordinal) => ({ workspaceId, profileId, ordinal, ...feature }));
  await ctx.db.insert(referenceFeatures).values(values);
  return { workspaceId, endpointId, versionId, arm: "stable", segment: "", profileId, endpoint: name, features };
}

type Columns = Parameters<typeof counted>[1];

/** What a gateway counted of rows in the minute from `start` on, milliseconds since 1970. */
export async function countRows(
  ctx: Context,
  { endpoint: _, features, ...key }: Watched,
  start: number,
  columns: Columns,
): Promise<void> {
  const state = counted(features, columns);
  await storeStates(ctx.db, "test", [{ ...key, start, rows: state.rows, state: packState(state) }]);
}
