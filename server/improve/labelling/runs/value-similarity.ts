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
  return isSimilar(a, valueSimilarity(a, b));
}

/** The same of an answer and its similarity to another one. Of several labels, equal sets have a similarity of exactly 1. */
export function isSimilar({ kind }: LabelValue, similarity: number): boolean {
  return similarity >= (kind === "multilabel" ? 1 : sameFrom);
}

/** How much of a value there is to compare: its boxes, spans or words. */
export function sizeOfValue(value: LabelValue): number {
  if (value.kind === "boxes") return value.boxes.length;
  if (value.kind === "spans") return value.spans.length;
  return value.kind === "text" ? wordsOf(value.text).length : 0;
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
  const known = new Map<string, number>();
  const numberOf = (word: string) => known.get(word) ?? known.set(word, known.size).size - 1;
  const [one, other] = [wordsOf(a).map(numberOf), wordsOf(b).map(numberOf)];
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
function wordEdits(a: readonly number[], b: readonly number[]): number {
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
