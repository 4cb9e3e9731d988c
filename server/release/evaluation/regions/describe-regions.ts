import { formatCount } from "#server/base/format-number.ts";
import type { RegionKind } from "./label-regions.ts";
import { storedBoxes, storedSpans } from "./stored-regions.ts";

const maxShown = 6;

/**
 * Describes the boxes of a picture by how many of each class there are, and the spans of a text by their limits.
 * @param least confidence of boxes that count
 */
export function describeRegions(kind: RegionKind, text: string, classes: readonly string[], least = 0): string {
  const parts = kind === "boxes" ? boxParts(text, classes, least) : spanParts(text, classes);
  if (parts.length === 0) return kind === "boxes" ? "no boxes" : "no spans";
  const more = parts.length - maxShown;
  return `${parts.slice(0, maxShown).join(", ")}${more > 0 ? ` and ${formatCount(more)} more` : ""}`;
}

function boxParts(text: string, classes: readonly string[], least: number): string[] {
  const shown = storedBoxes(text, classes).filter(({ score }) => score >= least);
  return [...Map.groupBy(shown, ({ label }) => label)]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([label, boxes]) => `${formatCount(boxes.length)} × ${label}`);
}

function spanParts(text: string, classes: readonly string[]): string[] {
  return storedSpans(text, classes)
    .toSorted((a, b) => a.start - b.start || a.end - b.end)
    .map(({ label, start, end }) => `${label} ${start}–${end}`);
}
