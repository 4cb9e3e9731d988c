/** Evidently's kinds of columns. */
export type ColumnType = "numerical" | "categorical" | "text" | "datetime" | "list" | "unknown";

/** Maximum number of distinct values for an integer column to count as categorical. */
const maxIntegerLevels = 10;

/**
 * Returns the type that Evidently infers from a pandas column (docs/spec/drift.md section 2; Evidently 0.7.21, infer_column_type).
 * Only compatible scores use it: monitored features get their type from the reference, once.
 * @param column.dtype name of the pandas dtype, such as "int64" or "object".
 * @param column.distinct distinct values. @param column.count values that are not missing.
 * @param column.ends kinds of the first and the last value, of objects.
 */
export function columnType(column: {
  dtype: string;
  distinct: number;
  count: number;
  ends?: "strings" | "lists" | "other";
}): ColumnType {
  const { dtype, distinct, count, ends = "strings" } = column;
  if (dtype.startsWith("float")) return "numerical";
  if (dtype.startsWith("int")) return distinct <= maxIntegerLevels ? "categorical" : "numerical";
  if (dtype === "bool" || dtype === "category") return "categorical";
  if (dtype.startsWith("datetime")) return "datetime";
  const isText = dtype === "string" || dtype === "str" || (dtype === "object" && ends === "strings");
  if (isText) return distinct > 0.5 * count ? "text" : "categorical";
  return dtype === "object" && ends === "lists" ? "list" : "unknown";
}
