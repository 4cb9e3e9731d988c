import { setTimeout } from "node:timers/promises";
import { and, eq, inArray } from "drizzle-orm";
import { featureMaterialisations, featureViews } from "#db/schema/index.ts";
import type { Context } from "#server/base/context.ts";
import { permit } from "#server/platform/permissions/permit.ts";
import { FeatureError } from "../feature-error.ts";

const minWaitMs = 100;
const maxWaitMs = 2_000;
/** Postgres may restart meanwhile; the materialisation goes on. */
const maxFailures = 30;

/**
 * Waits until materialisations have ended, whichever process runs them.
 * @param signal ends the waiting, and not the materialisations
 * @throws FeatureError for one that failed or was cancelled
 */
export async function waitForMaterialisations(
  ctx: Context,
  ids: readonly string[],
  signal: AbortSignal,
): Promise<void> {
  permit(ctx, "startMaterialisation");
  let left = [...ids];
  let failures = 0;
  for (let waitMs = minWaitMs; left.length > 0; waitMs = Math.min(maxWaitMs, waitMs * 1.5)) {
    await setTimeout(waitMs, undefined, { signal });
    try {
      left = await unfinished(ctx, left);
      failures = 0;
    } catch (error) {
      failures += 1;
      if (error instanceof FeatureError || failures === maxFailures) throw error;
    }
  }
}

async function unfinished(ctx: Context, ids: readonly string[]): Promise<string[]> {
  const rows = await ctx.db
    .select({
      id: featureMaterialisations.id,
      state: featureMaterialisations.state,
      problem: featureMaterialisations.problem,
      view: featureViews.name,
    })
    .from(featureMaterialisations)
    .innerJoin(featureViews, eq(featureViews.id, featureMaterialisations.viewId))
    .where(
      and(
        eq(featureMaterialisations.workspaceId, ctx.actor.workspaceId),
        inArray(featureMaterialisations.id, [...ids]),
      ),
    );
  for (const { state, view, problem } of rows) {
    if (state === "failed") {
      throw new FeatureError("invalid", "other", `The materialisation of "${view}" failed: ${problem ?? ""}`);
    }
    if (state === "cancelled")
      throw new FeatureError("conflict", "other", `The materialisation of "${view}" was cancelled.`);
  }
  // One whose view was deleted is not among them.
  return rows.filter(({ state }) => state !== "done").map(({ id }) => id);
}
