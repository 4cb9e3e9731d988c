import type { Context } from "#server/base/context.ts";
import { lookupsOf } from "#server/platform/identity/lookup-cache.ts";
import { countRuns, type RunSearch } from "../runs/find-runs.ts";

/** Number of runs below which a filter is counted each time; 100,000 take a quarter of a second. */
const manyRuns = 10_000;

/** Ages up to which a count is used: a fresh one as it is, one up to a minute old while a new count takes longer than the timeout. */
const ages = { freshMs: 5_000, staleMs: 60_000, timeoutMs: 20, most: 1_000 };

/**
 * Counts the runs of a table. Counts the matches of a filter among very many runs at most every few seconds, unless runs were added
 * or deleted; the rows themselves are always current.
 * @param most number of runs below which the count is exact each time.
 * @throws DomainError "invalid" for a filter that cannot be parsed.
 */
export async function countFound(ctx: Context, search: RunSearch, most = manyRuns): Promise<number> {
  const { experimentIds, filter = "", viewType, group } = search;
  if (filter.trim() === "" && !group) return countRuns(ctx, search);
  const all = await countRuns(ctx, { experimentIds, viewType });
  if (all < most) return countRuns(ctx, search);
  const question = JSON.stringify([ctx.actor.workspaceId, experimentIds, viewType, filter, group, all]);
  return lookupsOf<number>(ctx.db, "runs found", ages).get(question, () => countRuns(ctx, search));
}
