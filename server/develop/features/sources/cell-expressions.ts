import { identifier } from "../offline/engine/sql-text.ts";
import { isTime, microseconds, type TypedColumn } from "../offline/join/column-expressions.ts";

/**
 * Writes a cell of a file so that the checks of a write understand it: times as microseconds, structures as JSON, anything else as it is. Nothing
 * is converted that would lose something; the check of the row refuses what does not fit the feature.
 * @param type of the feature or key
 */
export function cellExpression(column: TypedColumn, type: string): string {
  const cell = identifier(column.name);
  // The engine reports some types with their parameters.
  const found = column.type;
  const wanted = type.replace(/^list<(.*)>$/, "$1");
  if (isTime(column)) return wanted === "timestamp" ? microseconds(column, "up") : `CAST(${cell} AS VARCHAR)`;
  // A number is seconds to some, milliseconds to others.
  if (wanted === "timestamp" && found !== "VARCHAR" && !found.endsWith("]")) return `CAST(${cell} AS VARCHAR)`;
  if (/^(STRUCT|MAP)\b/.test(found) && !found.endsWith("]")) return `CAST(to_json(${cell}) AS VARCHAR)`;
  if (found.startsWith("DECIMAL")) return `CAST(${cell} AS DOUBLE)`;
  if (/^(ENUM|UUID|JSON)\b/.test(found)) return `CAST(${cell} AS VARCHAR)`;
  // Lists of a fixed length.
  const fixed = /^(.*)\[\d+\]$/.exec(found)?.[1];
  return fixed === undefined ? cell : `CAST(${cell} AS ${fixed}[])`;
}

/**
 * Writes the microseconds of a time, rounded up, to compare them with a range. Texts are read as ISO 8601.
 * @returns undefined if the column holds no times
 */
export function timeExpression(column: TypedColumn): string | undefined {
  if (isTime(column)) return microseconds(column, "up");
  if (column.type !== "VARCHAR") return undefined;
  const time = `TRY_CAST(${identifier(column.name)} AS TIMESTAMP WITH TIME ZONE)`;
  return `CASE WHEN isfinite(${time}) THEN epoch_us(${time}) END`;
}
