import { sql } from "drizzle-orm";
import type { Context } from "#server/base/context.ts";
import { DomainError } from "#server/base/errors.ts";
import type { ViewType } from "../contract.ts";
import { runCondition } from "../runs/find-runs.ts";
import { runSearch } from "../search/compile.ts";
import { maxPerStep } from "./constants.ts";
import type { ChosenRuns } from "./contract.ts";

/**
 * Locks the runs of one step, in the order of their ids, which prevents deadlocks between two steps. Steps iterate over ids and not over an
 * order that the change itself may affect, so that each run is processed once.
 * @returns their ids, the number of remaining runs, and the start of the next step.
 * @throws DomainError "invalid" without ids and filter, with both, or for an invalid filter.
 */
export async function chooseRuns(
  ctx: Context,
  { experimentId, runIds, filter, after }: ChosenRuns,
  viewType: ViewType,
): Promise<{ ids: string[]; left: number; next?: string }> {
  if ((runIds === undefined) === (filter === undefined)) {
    throw new DomainError("invalid", "Specify either run IDs or a filter.");
  }
  const condition = runCondition(ctx, { experimentIds: [experimentId], filter: filter ?? "", viewType });
  const named = runIds ? sql`and runs.id = any(${sql.param([...runIds])}::text[])` : sql``;
  const beyond = after ? sql`and runs.id > ${after} collate "C"` : sql``;
  const rows = await runSearch<{ id: string }>(
    ctx,
    filter ?? "",
    sql`select runs.id from runs where ${condition} ${named} ${beyond}
      order by runs.id collate "C" limit ${maxPerStep} for update of runs`,
  );
  const last = rows.length === maxPerStep ? rows.at(-1)?.id : undefined;
  const ids = rows.map(({ id }) => id);
  if (last === undefined) return { ids, left: 0 };
  const [rest] = await runSearch<{ count: string }>(
    ctx,
    filter ?? "",
    sql`select count(*) from runs where ${condition} ${named} and runs.id > ${last} collate "C"`,
  );
  const left = Number(rest?.count ?? 0);
  return left > 0 ? { ids, left, next: last } : { ids, left };
}
