import type { PointColumns } from "./chunk-codec.ts";
import type { RedoneSpan } from "./contract.ts";

interface Choice {
  spans: readonly RedoneSpan[];
  part: "kept" | "lost";
}

/** Whether a point is of the part that is drawn: one that counts, or one whose step was done again later. */
export function isChosen(step: number, timestamp: number, { spans, part }: Choice): boolean {
  const isLost = spans.some(({ from, to, above }) => step > above && timestamp >= from && timestamp <= to);
  return isLost === (part === "lost");
}

/** Chooses points of columns. */
export function chooseColumns(columns: PointColumns, choice: Choice): PointColumns {
  if (choice.spans.length === 0 && choice.part === "kept") return columns;
  const { steps, timestamps, values } = columns;
  const indexes: number[] = [];
  for (let index = 0; index < steps.length; index += 1) {
    if (isChosen(steps[index] as number, timestamps[index] as number, choice)) indexes.push(index);
  }
  const only = (column: Float64Array) => Float64Array.from(indexes, (index) => column[index] as number);
  return { steps: only(steps), timestamps: only(timestamps), values: only(values) };
}
