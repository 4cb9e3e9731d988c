import type { BatchItem } from "#server/serve/playground/contract.ts";

interface SideSummary {
  answered: number;
  failed: number;
  /** Milliseconds of the successful items; null without any. */
  latencyMsP50: number | null;
  latencyMsP95: number | null;
  maxLatencyMs: number | null;
  /** Counts by equal parts from 0 to the largest latency of both sides, for a picture of the distribution. */
  latencyCounts: number[];
}

export interface BatchSummary {
  sides: SideSummary[];
  /** Number of items with comparable predictions from both sides. */
  compared: number;
  agreeing: number;
  /** Largest and mean of the items' largest differences; null without any. */
  maxAbsolute: number | null;
  meanAbsolute: number | null;
}

const parts = 20;

/** Summarises a batch so far from its items. Quantiles are actual items (nearest rank). */
export function summaryOf(items: readonly BatchItem[], sides: number): BatchSummary {
  const latencies = Array.from({ length: sides }, (_, side) =>
    items
      .flatMap(({ result }) => {
        const of = result.sides[side];
        return of && "answer" in of ? [of.answer.latencyMs] : [];
      })
      .sort((a, b) => a - b),
  );
  const most = Math.max(...latencies.map((sorted) => sorted.at(-1) ?? 0));
  const compared = items.filter(({ result }) => result.agrees !== null);
  const distances = items.flatMap(({ result }) => (result.maxAbsolute === null ? [] : [result.maxAbsolute]));
  return {
    sides: latencies.map((sorted) => ({
      answered: sorted.length,
      failed: items.length - sorted.length,
      latencyMsP50: quantile(sorted, 0.5),
      latencyMsP95: quantile(sorted, 0.95),
      maxLatencyMs: sorted.at(-1) ?? null,
      latencyCounts: countsOf(sorted, most),
    })),
    compared: compared.length,
    agreeing: compared.filter(({ result }) => result.agrees).length,
    maxAbsolute: distances.length > 0 ? Math.max(...distances) : null,
    meanAbsolute: distances.length > 0 ? distances.reduce((sum, value) => sum + value, 0) / distances.length : null,
  };
}

function quantile(sorted: readonly number[], share: number): number | null {
  return sorted[Math.max(0, Math.ceil(sorted.length * share) - 1)] ?? null;
}

function countsOf(sorted: readonly number[], most: number): number[] {
  const counts = new Array<number>(parts).fill(0);
  for (const value of sorted) {
    const part = most > 0 ? Math.min(parts - 1, Math.floor((value / most) * parts)) : 0;
    counts[part] = (counts[part] as number) + 1;
  }
  return counts;
}

/** Formats all items as a table for spreadsheets: one line each, with the reason for a failed one. */
export function batchCsv(items: readonly BatchItem[], names: readonly string[]): string {
  const head = [
    "item",
    ...names.flatMap((name) => [`${name} prediction`, `${name} share`, `${name} latency ms`, `${name} problem`]),
    ...(names.length > 1 ? ["agrees", "largest difference"] : []),
  ];
  const lines = items.map(({ name, result }) => [
    name,
    ...names.flatMap((_, side) => {
      const of = result.sides[side];
      if (!of) return ["", "", "", ""];
      if ("problem" in of) return ["", "", "", of.problem.message];
      const { text, share, latencyMs } = of.answer;
      return [text, share ?? "", latencyMs.toFixed(3), ""];
    }),
    ...(names.length > 1 ? [result.agrees ?? "", result.maxAbsolute ?? ""] : []),
  ]);
  return [head, ...lines].map((cells) => cells.map(cellOf).join(",")).join("\r\n");
}

/** Formats a cell by RFC 4180; text that a spreadsheet would interpret as a formula is prefixed with an apostrophe. */
function cellOf(cell: string | number | boolean): string {
  const text = String(cell);
  const plain = typeof cell === "string" && /^[=+\-@\t\r]/.test(text) ? `'${text}` : text;
  return /[",\r\n]/.test(plain) ? `"${plain.replaceAll('"', '""')}"` : plain;
}
