const fixedNames: Record<string, string> = {
  name: "Run",
  status: "Status",
  started: "Started",
  took: "Duration",
  dataset: "Dataset",
  commit: "Commit",
  by: "By",
  version: "Version",
};

/** Keys of the columns that every table of runs has. */
export const fixedColumns = Object.keys(fixedNames);

/** The head of a column: the words of a fixed one, the key of a metric or param as it was logged. */
export function columnName(key: string): string {
  return fixedNames[key] ?? key.slice(key.indexOf(".") + 1);
}

const sorters: Record<string, "ascending" | "descending"> = {
  name: "ascending",
  status: "ascending",
  started: "descending",
  by: "ascending",
};

/** The direction of the first click on a column's head; undefined for a column that cannot be sorted by. */
export function firstDirection(key: string): "ascending" | "descending" | undefined {
  if (key.startsWith("metrics.")) return "descending";
  return key.startsWith("params.") ? "ascending" : sorters[key];
}
