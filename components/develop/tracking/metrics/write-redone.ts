import type { RedoneSpan } from "#server/develop/tracking/metrics/contract.ts";

/** Writes spans as RedoneSpans reads them: "from_to_above", separated by commas. */
export function writeRedone(spans: readonly RedoneSpan[]): string {
  return spans.map(({ from, to, above }) => `${from}_${to}_${above}`).join(",");
}
