import type { Context } from "#server/base/context.ts";
import { loadDefinitions } from "#server/develop/features/definitions/definitions.ts";
import { answerPinned } from "#server/develop/features/pinned/answer-pinned.ts";
import { postgresRows } from "#server/develop/features/rows/postgres-rows.ts";
import { permit } from "#server/platform/permissions/permit.ts";
import type { FeaturesByKey } from "./contract.ts";

/**
 * Finds features in Postgres each time, for runs that no client waits for. Look-ups fail while Postgres is away, and for a caller who may not look
 * up features, since runs show them.
 */
export function featuresFromStore(ctx: Context): FeaturesByKey {
  return {
    find: async ({ workspaceId }, pinned, cells) => {
      permit(ctx, "lookUpFeatures");
      return answerPinned(await loadDefinitions(ctx.db, workspaceId), pinned, cells, { rows: postgresRows(ctx.db) });
    },
  };
}
