import { type SQL, sql } from "drizzle-orm";
import type { OrderKey } from "../search/order-by.ts";
import { type SortColumn, sortBy, sortByNumber, sortByPresent } from "../search/sort.ts";
import { runColumn } from "./vocabulary.ts";

/** Sort order of runs: the joins to the table runs, and the columns by precedence. */
export interface RunOrder {
  joins: SQL;
  columns: SortColumn[];
}

const tables: Record<string, string> = { metric: "metric_series", parameter: "run_params", tag: "run_tags" };

const last: SortColumn[] = [
  { value: sql`runs.started_at`, kind: "number", isDescending: true },
  { value: sql`runs.id collate "C"`, kind: "text", isDescending: false },
];

/**
 * Returns the order by some keys, always followed by: newest first, then by id.
 * @param numericParams whether params are ordered by their numeric values.
 * @param isWalked the first key is a metric whose numbers the query has already, as order0.
 */
export function orderOf(keys: readonly OrderKey[], numericParams: boolean, isWalked = false): RunOrder {
  const joins: SQL[] = [];
  const columns = keys.flatMap(({ subject, isDescending }, index) => {
    if (subject.entity === "attribute") {
      const { value, type, mayBeMissing } = runColumn(subject.key);
      if (mayBeMissing) return sortBy(value, type, isDescending);
      return sortByPresent(value, type === "text" ? "text" : "number", isDescending);
    }
    const alias = sql.identifier(`order${index}`);
    const value = sql`${alias}.value`;
    if (isWalked && index === 0) return sortByPresent(value, "number", isDescending);
    const table = sql.identifier(tables[subject.entity] ?? "");
    joins.push(sql`left join ${table} ${alias} on ${alias}.run_id = runs.id and ${alias}.key = ${subject.key}`);
    if (subject.entity === "parameter" && numericParams) return sortByNumber(value, isDescending);
    return sortBy(value, subject.entity === "metric" ? "double" : "text", isDescending);
  });
  return { joins: sql.join(joins, sql` `), columns: [...columns, ...last] };
}
