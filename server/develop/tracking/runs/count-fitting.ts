import { sql } from "drizzle-orm";
import { prepared } from "#db/prepared.ts";
import type { Context } from "#server/base/context.ts";
import { limits } from "#server/base/limits.ts";

/** Runs whose size is read at once. */
const stepSize = 500;

/** Bytes of a run's own fields, and of an entry beside its key and value, in JSON. */
const runBytes = 500;
const entryBytes = 25;
const metricBytes = 90;

/**
 * Returns how many of the runs fit on one page, from the first on; at least one. Sizes are estimated from what is stored, without reading
 * it: a few runs with 10,000 params each would otherwise be a response of hundreds of megabytes.
 */
export async function countFitting(ctx: Context, ids: readonly string[]): Promise<number> {
  let [count, bytes] = [0, 0];
  for (let start = 0; start < ids.length; start += stepSize) {
    const step = ids.slice(start, start + stepSize);
    const sizes = new Map((await readSizes(ctx.db, { ids: step })).map((row) => [row.id, row.bytes]));
    for (const id of step) {
      bytes += sizes.get(id) ?? 0;
      if (bytes > limits.searchPageBytes && count > 0) return count;
      count += 1;
    }
  }
  return count;
}

const entries = (table: string) => sql`
  (select coalesce(sum(octet_length(key) + octet_length(value) + ${sql.raw(String(entryBytes))}), 0)
  from ${sql.identifier(table)} where run_id = runs.id)`;

const readSizes = prepared<{ id: string; bytes: number }>(
  "run-sizes",
  sql`
  select runs.id, ${sql.raw(String(runBytes))} + ${entries("run_params")} + ${entries("run_tags")}
    + (select coalesce(sum(octet_length(key) + ${sql.raw(String(metricBytes))}), 0) from metric_series where run_id = runs.id)
    + (select coalesce(sum(octet_length(source) + coalesce(octet_length(schema), 0) + coalesce(octet_length(profile), 0)), 0)
      from run_datasets join datasets on datasets.id = dataset_id where run_id = runs.id)
    as bytes
  from runs where id = any(${sql.placeholder("ids")}::text[])`,
);
