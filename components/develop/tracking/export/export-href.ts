interface ExportQuestion {
  experimentId: number;
  format: "csv" | "parquet";
  filter: string;
  sort: { column: string; descending: boolean };
  /** Undefined: all that any run has. */
  columns: readonly string[] | undefined;
}

/** Returns the address of a file of runs. Sparkline columns are left out, because they contain no values. */
export function exportHref({ experimentId, format, filter, sort, columns }: ExportQuestion): string {
  const parameters = new URLSearchParams();
  if (filter) parameters.set("filter", filter);
  parameters.set("sort", `${sort.descending ? "-" : ""}${sort.column}`);
  const keys = columns?.filter((key) => !key.startsWith("curve."));
  // A comma inside a key is encoded as %2C.
  if (keys) parameters.set("columns", keys.map((key) => key.replaceAll("%", "%25").replaceAll(",", "%2C")).join(","));
  return `/api/v1/experiments/${experimentId}/runs.${format}?${parameters}`;
}
