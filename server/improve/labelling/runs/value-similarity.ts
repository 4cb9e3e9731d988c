import { boxAgreement } from "#server/stats/labelling/box-agreement.ts";
import { spanAgreement } from "#server/stats/labelling/span-agreement.ts";
import type { LabelValue } from "../contract.ts";

/** Similarity from which two answers are the same for counts of agreed tasks. */
const sameFrom = 0.5;

/**
 * Computes how alike two answers of one kind are, from 0 to 1: boxes by overlap and spans by F1 with half for overlaps (docs/spec/labelling.md
 * section 5.3), several labels by the share in common, texts by 1 − word error rate; all others are equal or not.
 */
export function valueSimilarity(a: LabelValue, b: LabelValue): number {
  if (a.kind === "boxes" && b.kind === "boxes") return boxAgreement(a.boxes, b.boxes).agreement;
  if (a.kind === "spans" && b.kind === "spans") return spanAgreement(a.spans, b.spans).partial.f1 ?? 1;
  if (a.kind === "text" && b.kind === "text") return textSimilarity(a.text, b.text);
  if (a.kind === "multilabel" && b.kind === "multilabel") return sharedLabels(a.labels, b.labels);
  return sameValue(a, b) ? 1 : 0;
}

/** Whether two answers count as the same: equal ones, and boxes, spans and texts that are at least half alike. */
export function isAgreed(a: LabelValue, b: LabelValue): boolean {
  if (a.kind === "multilabel") return sameValue(a, b);
  return valueSimilarity(a, b) >= sameFrom;
}

function sameValue(a: LabelValue, b: LabelValue): boolean {
  return valueKey(a) === valueKey(b);
}

/** Writes a value so that equal answers have the same text; the order of several labels does not count. */
export function valueKey(value: LabelValue): string {
  if (value.kind === "class") return `class ${value.label}`;
  if (value.kind === "number") return `number ${value.number}`;
  if (value.kind === "ordinal") return `ordinal ${value.rating}`;
  if (value.kind === "multilabel") return JSON.stringify([...new Set(value.labels)].toSorted());
  return JSON.stringify(value);
}

function sharedLabels(a: readonly string[], b: readonly string[]): number {
  const [one, other] = [new Set(a), new Set(b)];
  const shared = [...one].filter((name) => other.has(name)).length;
  const union = one.size + other.size - shared;
  return union === 0 ? 1 : shared / union;
}

/** Words that are compared of a text: the comparison takes the product of both numbers. */
const wordLimit = 2000;

/** 1 − changed words by the words of the longer text, with case and punctuation. */
function textSimilarity(a: string, b: string): number {
  const [one, other] = [wordsOf(a), wordsOf(b)];
  const longest = Math.max(one.length, other.length);
  return longest === 0 ? 1 : 1 - wordEdits(one, other) / longest;
}

function wordsOf(text: string): string[] {
  return text
    .trim()
    .split(/\s+/u)
    .filter((word) => word !== "")
    .slice(0, wordLimit);
}

/** Smallest number of words to replace, insert or delete (Levenshtein, 1966). */
function wordEdits(a: readonly string[], b: readonly string[]): number {
  let row = Uint32Array.from({ length: b.length + 1 }, (_, at) => at);
  for (const [done, word] of a.entries()) {
    const next = new Uint32Array(b.length + 1);
    next[0] = done + 1;
    for (const [at, other] of b.entries()) {
      const replaced = (row[at] as number) + (word === other ? 0 : 1);
      next[at + 1] = Math.min(replaced, (row[at + 1] as number) + 1, (next[at] as number) + 1);
    }
    row = next;
  }
  return row[b.length] as number;
}
