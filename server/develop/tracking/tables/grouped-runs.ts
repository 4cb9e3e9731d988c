import type { Context } from "#server/base/context.ts";
import { permit } from "#server/platform/permissions/permit.ts";
import { listRunColumns } from "./column-queries.ts";
import { partsOf } from "./columns.ts";
import type { GroupedRuns } from "./contract.ts";
import { groupRuns } from "./group-queries.ts";
import { frameOf, type RunTableQuestion, readPage } from "./run-table.ts";

/** Figures of so many metrics are taken; more columns of groups stay empty. */
const maxMetrics = 12;
const maxOpened = 20;
/** Runs shown of a group that is open. */
const maxPerGroup = 50;

/**
 * Returns a page of the groups of an experiment's runs with figures of the metric columns, and the runs of expanded groups.
 * @param question whose `offset` and `limit` refer to groups.
 * @throws DomainError "invalid" with the problem of the filter or the grouping.
 */
export async function getGroupedRuns(
  ctx: Context,
  question: RunTableQuestion & { by: string; opened: readonly (string | null)[] },
): Promise<GroupedRuns> {
  permit(ctx, "getGroupedRuns");
  const { experimentId, filter, by, opened, offset, limit, sort } = question;
  const frame = frameOf(question, await listRunColumns(ctx, experimentId));
  const metrics = frame.columns.map(partsOf).flatMap((parts) => (parts?.kind === "metrics" ? [parts.key] : []));
  const groups = await groupRuns(ctx, {
    experimentId,
    filter,
    by,
    offset,
    limit,
    sort,
    metrics: metrics.slice(0, maxMetrics),
  });
  const open: GroupedRuns["opened"] = [];
  // Groups on other pages are not shown, open or not.
  for (const { value, runs } of groups.groups.filter(({ value }) => opened.includes(value)).slice(0, maxOpened)) {
    const part = { ...question, offset: 0, limit: maxPerGroup, group: { by, value } };
    const { rows } = await readPage(ctx, part, frame);
    open.push({ value, rows, found: runs });
  }
  return {
    table: { ...frame, rows: [], next: undefined, previous: undefined, found: groups.runs },
    groups,
    opened: open,
  };
}
