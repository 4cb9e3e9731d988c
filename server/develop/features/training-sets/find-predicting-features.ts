import { aucOfCells } from "#server/stats/quality/auc-of-cells.ts";
import type { OfflineEngine } from "../offline/engine/offline-engine.ts";
import { identifier } from "../offline/engine/sql-text.ts";
import { spineTable } from "../offline/join/join-statements.ts";
import type { SpineTable } from "./join-history.ts";

/** A column of a joined set. */
interface CheckedColumn {
  /** Table that has it, with the position of the row as n, and expression. */
  table: string;
  column: string;
}

/** A feature that ranks the label better than this by itself is taken for a leak. */
const maxAuc = 0.98;
/** A class of fewer rows is left out: so few are ranked well by chance. */
const minClassRows = 30;
/** A column with more values is no class. */
const maxClasses = 50;
/** Cells of numbers, by rank; and of other values, the most frequent ones. */
const cellsOfNumbers = 256;
const cellsOfValues = 1_000;
const classTable = "label_classes";

const numbers = /^(U?(TINYINT|SMALLINT|INTEGER|BIGINT|HUGEINT)|FLOAT|DOUBLE|DECIMAL\(.*\)|TIMESTAMP.*|DATE)$/;
const values = /^(VARCHAR|BOOLEAN)$/;

/**
 * Finds features that predict the label alone: docs/spec/features.md section 15. Missing values are a cell of their own, since that a value is
 * missing may tell the label as well. Nothing is found for a label that is no class.
 * @returns by position of the column: area under the ROC curve, and rows that were evaluated
 */
export async function findPredictingFeatures(
  engine: OfflineEngine,
  { table }: SpineTable,
  label: string,
  columns: readonly CheckedColumn[],
): Promise<Map<number, { auc: number; rows: number }>> {
  const found = new Map<number, { auc: number; rows: number }>();
  const text = `CAST(spine.${identifier(label)} AS VARCHAR)`;
  const classes = await engine.rows(
    `SELECT value FROM (SELECT ${text} AS value, count(*) AS rows FROM ${table} AS spine GROUP BY ALL)
      WHERE value IS NOT NULL AND rows >= ${minClassRows} ORDER BY rows DESC, value LIMIT ${maxClasses + 1}`,
  );
  const [[distinct] = []] = await engine.rows(`SELECT count(DISTINCT ${text}) FROM ${table} AS spine`);
  if (classes.length < 2 || classes.length > maxClasses || Number(distinct) > 20 * maxClasses) return found;
  await engine.run(
    `CREATE OR REPLACE TABLE ${classTable} AS
      WITH classes AS (SELECT value, row_number() OVER (ORDER BY rows DESC, value) - 1 AS class FROM (
        SELECT ${text} AS value, count(*) AS rows FROM ${table} AS spine GROUP BY ALL) WHERE value IS NOT NULL AND rows >= ${minClassRows})
      SELECT row_of.n, classes.class, hash(row_of.n) % 2 AS half FROM ${spineTable} AS row_of
      JOIN ${table} AS spine ON spine.rowid = row_of.n JOIN classes ON classes.value = ${text}`,
  );
  for (const [index, { table: of, column }] of columns.entries()) {
    const [[type] = []] = await engine.rows(`SELECT typeof(${column}) FROM ${of} LIMIT 1`);
    const joined = `SELECT class, half, ${of}.${column} AS value FROM ${classTable} LEFT JOIN ${of} ON ${of}.n = ${classTable}.n`;
    const cells = cellsQuery(joined, String(type ?? ""));
    if (cells === undefined) continue;
    const counted = await engine.rows(cells, 2 * (cellsOfValues + 2) * classes.length);
    const auc = aucOf(
      counted.map((row) => row.map(Number)),
      classes.length,
    );
    if (auc !== undefined && auc.auc > maxAuc) found.set(index, auc);
  }
  return found;
}

/** Counts by number of the cell, half and class. */
function cellsQuery(joined: string, type: string): string | undefined {
  if (numbers.test(type)) {
    const rank = "rank() OVER (PARTITION BY value IS NULL ORDER BY value) - 1";
    const cell = `CASE WHEN value IS NULL THEN -1 ELSE (${rank}) * ${cellsOfNumbers} // count(*) OVER () END`;
    return `SELECT dense_rank() OVER (ORDER BY cell) - 1, half, class, count(*)
      FROM (SELECT ${cell} AS cell, half, class FROM (${joined})) GROUP BY cell, half, class`;
  }
  if (!values.test(type)) return undefined;
  return `WITH joined AS (${joined}),
    frequent AS (SELECT value, row_number() OVER (ORDER BY count(*) DESC, value) AS place FROM joined GROUP BY value),
    cells AS (SELECT least(place, ${cellsOfValues + 1}) AS cell, half, class
      FROM joined JOIN frequent ON frequent.value IS NOT DISTINCT FROM joined.value)
    SELECT dense_rank() OVER (ORDER BY cell) - 1, half, class, count(*) FROM cells GROUP BY cell, half, class`;
}

function aucOf(counted: readonly number[][], classes: number): { auc: number; rows: number } | undefined {
  const cells = 1 + Math.max(-1, ...counted.map(([cell]) => cell ?? 0));
  const halves = [0, 1].map(() => Array.from({ length: cells }, () => new Array<number>(classes).fill(0)));
  let rows = 0;
  for (const [cell = 0, half = 0, of = 0, count = 0] of counted) {
    const counts = halves[half]?.[cell];
    if (counts) counts[of] = count;
    rows += count;
  }
  const auc = aucOfCells(halves[0] ?? [], halves[1] ?? []);
  return auc === undefined ? undefined : { auc, rows };
}
