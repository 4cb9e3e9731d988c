import { sql } from "drizzle-orm";
import type { Context } from "#server/base/context.ts";
import { DomainError } from "#server/base/errors.ts";
import { runCondition } from "../runs/find-runs.ts";
import { runSearch } from "../search/compile.ts";

/** Type of the values in a column of an export. */
export type CellKind = "text" | "number" | "integer" | "time";

export interface ExportColumn {
  /** As the table names it: "started", "metrics.acc". */
  key: string;
  /** As the file names it. */
  name: string;
  kind: CellKind;
}

/** Files with more are read by nothing. */
const maxColumns = 20_000;

const fixed: Record<string, { name: string; kind: CellKind }> = {
  status: { name: "status", kind: "text" },
  started: { name: "started", kind: "time" },
  ended: { name: "ended", kind: "time" },
  took: { name: "took_seconds", kind: "number" },
  dataset: { name: "datasets", kind: "text" },
  commit: { name: "commit", kind: "text" },
  by: { name: "user", kind: "text" },
  version: { name: "model_versions", kind: "text" },
};
const always: ExportColumn[] = [
  { key: "id", name: "run_id", kind: "text" },
  { key: "name", name: "run_name", kind: "text" },
];

/** Returns the columns of a file: id and name, and the requested ones that exist. Excludes sparklines, which are not values. */
export function chosenColumns(keys: readonly string[]): ExportColumn[] {
  const chosen = [...new Set(keys)].flatMap((key): ExportColumn[] => {
    const known = Object.hasOwn(fixed, key) ? fixed[key] : undefined;
    if (known) return [{ key, ...known }];
    if (!/^(metrics|params|tags)\../s.test(key)) return [];
    return [{ key, name: key, kind: key.startsWith("metrics.") ? "number" : "text" }];
  });
  if (chosen.length > maxColumns) throw tooMany(chosen.length);
  return [...always, ...chosen];
}

/** Returns every column in which at least one matching run has a value. @throws DomainError "too-large" */
export async function allColumns(ctx: Context, experimentId: number, filter: string): Promise<ExportColumn[]> {
  const condition = runCondition(ctx, { experimentIds: [experimentId], filter });
  const found = sql`select runs.id from runs where ${condition}`;
  const rows = await runSearch<{ key: string }>(
    ctx,
    filter,
    sql`
    with found as materialized (${found})
    select key from (
      select distinct 'metrics.' || key as key from metric_series where run_id in (select id from found)
      union all select distinct 'params.' || key from run_params where run_id in (select id from found)
      union all select distinct 'tags.' || key from run_tags where run_id in (select id from found)
    ) as keys order by key collate "C" limit ${maxColumns + 1}`,
  );
  return chosenColumns([...Object.keys(fixed), ...rows.map(({ key }) => key)]);
}

function tooMany(count: number): DomainError {
  return new DomainError(
    "too-large",
    `Exports are limited to ${maxColumns} columns; this one has ${count}. Select fewer columns.`,
  );
}
