import type { SpanValue } from "#server/improve/labelling/contract.ts";
import { sliceCodePoints } from "./code-points.ts";

/** A stretch of a text in which the same spans overlap. */
export interface SpanRun {
  start: number;
  end: number;
  text: string;
  /** Indexes of the spans over it. */
  spans: number[];
  /** Spans that end with it: their class is written there. */
  ending: number[];
  isMarked: boolean;
}

/** Splits a text where spans or the selection begin and end. @param marked the selection, in code points */
export function splitRuns(
  text: string,
  length: number,
  spans: readonly SpanValue[],
  marked: { start: number; end: number } | undefined,
): SpanRun[] {
  const edges = [0, length, ...spans.flatMap(({ start, end }) => [start, end]), marked?.start ?? 0, marked?.end ?? 0];
  const places = [...new Set(edges.filter((place) => place >= 0 && place <= length))].toSorted((a, b) => a - b);
  return places.slice(1).map((end, index) => {
    const start = places[index] ?? 0;
    const over = [...spans.entries()].filter(([, span]) => span.start <= start && span.end >= end);
    return {
      start,
      end,
      text: sliceCodePoints(text, start, end),
      spans: over.map(([at]) => at),
      ending: over.filter(([, span]) => span.end === end).map(([at]) => at),
      isMarked: marked !== undefined && marked.start <= start && marked.end >= end,
    };
  });
}
