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

/** Returns the header of a column: a label for a fixed one, the logged key of a metric or param. */
export function columnName(key: string): string {
  return fixedNames[key] ?? key.slice(key.indexOf(".") + 1);
}

const sorters: Record<string, "ascending" | "descending"> = {
  name: "ascending",
  status: "ascending",
  started: "descending",
  by: "ascending",
};

/** Returns the sort direction of the first click on a column header; undefined for a column that cannot be sorted. */
export function firstDirection(key: string): "ascending" | "descending" | undefined {
  if (key.startsWith("metrics.")) return "descending";
  return key.startsWith("params.") ? "ascending" : sorters[key];
}
