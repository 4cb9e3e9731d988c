import { locateComplaint } from "#components/develop/tracking/search/filter-error.ts";
import { noGroups, type RunView } from "#components/develop/tracking/views/run-view.ts";
import { placesOfRuns } from "#components/develop/tracking/workspace/chart-lines.ts";
import type { Context } from "#server/base/context.ts";
import { DomainError } from "#server/base/errors.ts";
import type { ExperimentHead } from "#server/develop/tracking/experiments/contract.ts";
import { searchRuns } from "#server/develop/tracking/runs/queries.ts";
import { qualifyFilter } from "#server/develop/tracking/search/qualify-filter.ts";
import type { GroupedRuns, RunTable } from "#server/develop/tracking/tables/contract.ts";
import { getGroupedRuns } from "#server/develop/tracking/tables/grouped-runs.ts";
import { getRunTable, type RunTableQuestion } from "#server/develop/tracking/tables/run-table.ts";
import type { RunWorkspace } from "#server/develop/tracking/workspace/contract.ts";
import { getRunWorkspace } from "#server/develop/tracking/workspace/queries.ts";
import { getSweep, listSweeps } from "#server/improve/training/sweeps/queries.ts";

export const perPage = 50;

/** Contents of the runs panel: a table, its groups if any, or the problem with the filter. */
export interface ShownRuns {
  table: RunTable | undefined;
  grouped: GroupedRuns | undefined;
  error: FilterProblem | undefined;
}

interface FilterProblem {
  message: string;
  from?: number;
  to?: number;
}

/** Reads the runs of a view for the charts; those with equal settings are grouped unless the view says otherwise. */
export async function readWorkspace(
  ctx: Context,
  { id }: ExperimentHead,
  { q, sort, groupBy = "seed" }: RunView,
): Promise<{ workspace: RunWorkspace | undefined; error: FilterProblem | undefined }> {
  const question = { experimentId: id, filter: q, sort, groupBy: groupBy === noGroups ? undefined : groupBy };
  try {
    return { workspace: await getRunWorkspace(ctx, question), error: undefined };
  } catch (error) {
    return { workspace: undefined, error: problemOf(q, error) };
  }
}

/** Returns the places of runs in the order of colours that the charts of a view give them; none for a filter that cannot be read. */
export async function readPlaces(ctx: Context, experiment: ExperimentHead, view: RunView) {
  const { workspace } = await readWorkspace(ctx, experiment, view);
  return Object.fromEntries(placesOfRuns(workspace?.groups ?? []));
}

/** Writes out what bare names of the filter mean; the filter stays as it is where one means several things. */
export async function readFilter(
  ctx: Context,
  { id }: ExperimentHead,
  filter: string,
): Promise<{ filter: string; problem: FilterProblem | undefined }> {
  try {
    return { filter: await qualifyFilter(ctx, id, filter), problem: undefined };
  } catch (error) {
    return { filter, problem: problemOf(filter, error) };
  }
}

/** @throws what is not a problem of the filter. */
function problemOf(filter: string, error: unknown): FilterProblem {
  if (!(error instanceof DomainError && error.code === "invalid")) throw error;
  return locateComplaint(filter, error.message, error.column);
}

/** Reads the requested page of runs of a view. */
export async function readRuns(ctx: Context, { id }: ExperimentHead, view: RunView): Promise<ShownRuns> {
  const question = {
    experimentId: id,
    filter: view.q,
    sort: view.sort,
    columns: view.columns,
    offset: (view.page - 1) * perPage,
    limit: perPage,
  };
  try {
    if (view.groupBy && !view.isTrash) {
      const grouped = await getGroupedRuns(ctx, { ...question, by: view.groupBy, opened: view.opened });
      return { table: grouped.table, grouped, error: undefined };
    }
    return {
      table: await getPage(ctx, { ...question, isDeleted: view.isTrash }, view.pagePosition),
      grouped: undefined,
      error: undefined,
    };
  } catch (error) {
    return { table: undefined, grouped: undefined, error: problemOf(view.q, error) };
  }
}

/** Returns the page at a position. A position of another order or filter is invalid: then the page number applies. */
async function getPage(ctx: Context, question: RunTableQuestion, page: RunView["pagePosition"]): Promise<RunTable> {
  if (!page) return getRunTable(ctx, question);
  try {
    return await getRunTable(ctx, { ...question, [page.side]: page.token });
  } catch (error) {
    if (!(error instanceof DomainError && error.code === "invalid")) throw error;
    return getRunTable(ctx, question);
  }
}

/** Returns whether an experiment has had a run, though all of them may be in the trash. */
export async function hasRuns(ctx: Context, { id, runs }: ExperimentHead): Promise<boolean> {
  if (runs > 0) return true;
  const { rows } = await searchRuns(ctx, { experimentIds: [id], viewType: "DELETED_ONLY", limit: 1 });
  return rows.length > 0;
}

/** Maximum number of sweeps listed; older ones are under Jobs. */
const maxSweeps = 50;

/** Reads the sweeps of an experiment, newest first, and the details of the chosen one, or of the newest. */
export async function readSweeps(ctx: Context, { id }: ExperimentHead, chosen: string | string[] | undefined) {
  const sweeps = await listSweeps(ctx, { experimentId: id, limit: maxSweeps });
  const shown = sweeps.find((sweep) => sweep.id === chosen) ?? sweeps[0];
  return { sweeps, shown: shown && (await getSweep(ctx, shown.id)) };
}
