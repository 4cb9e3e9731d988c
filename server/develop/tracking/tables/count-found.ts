import type { Context } from "#server/base/context.ts";
import { lookupsOf } from "#server/platform/identity/lookup-cache.ts";
import { countRuns, type RunSearch } from "../runs/find-runs.ts";

/** Fewer runs are tested against a filter each time; 100,000 take a quarter of a second. */
const manyRuns = 10_000;

/** A count this young is shown as it is; one up to a minute old while a new one is not there at once. */
const ages = { freshMs: 5_000, staleMs: 60_000, timeoutMs: 20, most: 1_000 };

/**
 * How many runs a table has. What a filter finds among very many runs is counted at most every few seconds, unless runs were added
 * or taken away; the rows themselves are always those of now.
 * @param most runs that are counted each time.
 * @throws DomainError "invalid" for a filter that cannot be read.
 */
export async function countFound(ctx: Context, search: RunSearch, most = manyRuns): Promise<number> {
  const { experimentIds, filter = "", viewType, group } = search;
  if (filter.trim() === "" && !group) return countRuns(ctx, search);
  const all = await countRuns(ctx, { experimentIds, viewType });
  if (all < most) return countRuns(ctx, search);
  const question = JSON.stringify([ctx.actor.workspaceId, experimentIds, viewType, filter, group, all]);
  return lookupsOf<number>(ctx.db, "runs found", ages).get(question, () => countRuns(ctx, search));
}
