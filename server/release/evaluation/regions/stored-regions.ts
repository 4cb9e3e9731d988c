import type { LabelledBox } from "#server/stats/labelling/box-agreement.ts";
import type { LabelledSpan } from "#server/stats/labelling/span-agreement.ts";

/** A region as sets and runs store it: its class, then its numbers. Sets have the number of a class, runs the name that the version gives it. */
type StoredRegion = [label: string | number, ...numbers: number[]];

/** A predicted box with its confidence. */
export interface ScoredBox extends LabelledBox {
  score: number;
}

/** Writes the regions of one row. */
export function storeRegions(regions: readonly StoredRegion[]): string {
  return JSON.stringify(regions);
}

function regionsOf(text: string): StoredRegion[] {
  return text === "" ? [] : (JSON.parse(text) as StoredRegion[]);
}

/** Returns labelled or predicted boxes; without a confidence it is 1. @param classes names of the classes that have a number */
export function storedBoxes(text: string, classes: readonly string[]): ScoredBox[] {
  return regionsOf(text).map(([label, x = 0, y = 0, width = 0, height = 0, score = 1]) => {
    return { label: nameOf(label, classes), x, y, width, height, score };
  });
}

/** Returns labelled or predicted spans. @param classes names of the classes that have a number */
export function storedSpans(text: string, classes: readonly string[]): LabelledSpan[] {
  return regionsOf(text).map(([label, start = 0, end = 0]) => ({ label: nameOf(label, classes), start, end }));
}

function nameOf(label: string | number, classes: readonly string[]): string {
  return typeof label === "number" ? (classes[label] ?? String(label)) : label;
}
