import { formatNumber } from "#components/ui/format.ts";
import { formatDuration } from "#components/ui/format-time.ts";
import type { ServedFeatures } from "#server/serve/features/contract.ts";

/** One feature of one row of a request, in words. */
export interface ServedLine {
  key: string;
  /** Row of the request, from 0. */
  row: number;
  view: string;
  feature: string;
  value: string;
  age: string;
  source: string;
  status: string;
}

/** Lines that are shown at once. */
const maxServedLines = 100;
const none = "–";
const statuses = {
  PRESENT: "Found",
  OUTSIDE_MAX_AGE: "Too old",
  NULL_VALUE: "Null",
  NOT_FOUND: "Unknown key",
};
const sources = { store: "Stored", request: "In the request", imputed: "Imputed" };

/** Returns what a request got from the feature store, row by row; at most `maxServedLines`. */
export function servedLines({ views, servedAt }: ServedFeatures): ServedLine[] {
  const rows = Math.max(0, ...views.map((view) => view.rows.length));
  const lines: ServedLine[] = [];
  for (let row = 0; row < rows; row += 1) {
    for (const [place, { view, rows, features }] of views.entries()) {
      for (const { name, values, statuses: found, sources: from, isRedacted } of features) {
        if (lines.length >= maxServedLines) return lines;
        const source = from[row] ?? "store";
        const isSent = source === "request";
        const { eventAt = null, isLate = false } = rows[row] ?? {};
        lines.push({
          key: `${row} ${place} ${name}`,
          row,
          view,
          feature: name,
          value: isRedacted ? "Redacted" : valueText(values[row]),
          age: isSent || eventAt === null ? none : formatDuration(Math.max(0, servedAt - eventAt) / 1000),
          source: sources[source],
          status: isSent ? none : isLate ? "Not in time" : statuses[found[row] ?? "NOT_FOUND"],
        });
      }
    }
  }
  return lines;
}

/** Returns the number of values of all rows. */
export function servedCount({ views }: ServedFeatures): number {
  return views.reduce((sum, { rows, features }) => sum + rows.length * features.length, 0);
}

function valueText(value: unknown): string {
  if (value === null || value === undefined) return none;
  return typeof value === "number" ? formatNumber(value, { decimals: 4 }) : String(value);
}
