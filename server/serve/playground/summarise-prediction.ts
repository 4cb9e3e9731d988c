import { formatSignificant } from "#server/base/format-number.ts";
import { isProbabilities } from "../runner/constants.ts";
import type { RunResult } from "../runner/contract.ts";

/** Summarises the first output of the first row: the most likely class and its probability, or its numbers. */
export function summarisePrediction({ outputs, labels }: Pick<RunResult, "outputs" | "labels">): {
  text: string;
  share: number | null;
} {
  const [first] = outputs;
  if (!first?.data) return { text: first ? "too large to display" : "no output", share: null };
  const rows = first.shape.length === 0 ? 1 : (first.shape[0] ?? 1);
  const width = rows > 0 ? first.data.length / rows : 0;
  const row = first.data.slice(0, width);
  const named = labels?.length === width;
  if (isProbabilities(row) && (!labels || named)) {
    const best = row.indexOf(Math.max(...row));
    return { text: named ? (labels[best] as string) : String(best), share: row[best] as number };
  }
  const words = row
    .slice(0, 4)
    .map((value) => (typeof value === "number" ? formatSignificant(value, 4) : String(value).slice(0, 100)));
  return { text: words.join(", ") + (row.length > 4 ? ", …" : ""), share: null };
}
