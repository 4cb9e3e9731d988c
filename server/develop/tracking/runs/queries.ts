import type { Context } from "#server/base/context.ts";
import { permit } from "#server/platform/permissions/permit.ts";
import type { Page } from "../contract.ts";
import type { Run } from "./contract.ts";
import { countFitting } from "./count-fitting.ts";
import { findRunIds, type RunSearch } from "./find-runs.ts";
import { loadRuns } from "./load-runs.ts";
import { noRun } from "./lock-run.ts";
import { requireOwnRun } from "./own-run.ts";

/** Returns a run with its latest metrics, params, tags, inputs and outputs; deleted ones too. @throws DomainError "not-found" */
export async function getRun(ctx: Context, runId: string): Promise<Run> {
  permit(ctx, "getRun");
  await requireOwnRun(ctx, runId);
  const [run] = await loadRuns(ctx, [runId]);
  if (!run) throw noRun(runId);
  return run;
}

/**
 * Runs of some experiments that satisfy a filter, a page at a time. Runs are complete; a page of large ones has fewer than `limit`.
 * @throws DomainError "invalid" for a filter, order or token that cannot be read.
 */
export async function searchRuns(
  ctx: Context,
  search: RunSearch & { limit: number; pageToken?: string | undefined },
): Promise<Page<Run>> {
  permit(ctx, "searchRuns");
  const { rows: ids, nextPageToken, tokenAfter } = await findRunIds(ctx, search);
  const count = await countFitting(ctx, ids);
  const rows = await loadRuns(ctx, ids.slice(0, count));
  return { rows, nextPageToken: count < ids.length ? tokenAfter(count - 1) : nextPageToken };
}
