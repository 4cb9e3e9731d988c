import type { Context } from "#server/base/context.ts";
import { loadDefinitions } from "#server/develop/features/definitions/definitions.ts";
import { answerPinned } from "#server/develop/features/pinned/answer-pinned.ts";
import { postgresRows } from "#server/develop/features/rows/postgres-rows.ts";
import type { FeaturesByKey } from "./contract.ts";

/** Finds features in Postgres each time, for runs that no client waits for. Look-ups fail while Postgres is away. */
export function featuresFromStore({ db }: Pick<Context, "db">): FeaturesByKey {
  return {
    find: async ({ workspaceId }, pinned, cells) =>
      answerPinned(await loadDefinitions(db, workspaceId), pinned, cells, { rows: postgresRows(db) }),
    prepare: async () => {},
  };
}
