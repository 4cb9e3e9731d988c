import { hashShare } from "#server/improve/labelling/queue/hash-share.ts";
import type { Colleague } from "../colleague.ts";

/** A digit that someone labels. Its name makes errors the same at every start. */
export interface ShownDigit {
  item: string;
  digit: string;
}

/** Someone who labels digits, with a known error. */
export interface DemoAnnotator extends Colleague {
  answer(shown: ShownDigit): string;
  /** Milliseconds that a task takes: from the lowest to the highest. */
  paceMs: [low: number, high: number];
}

const swapped: Record<string, string> = { 4: "9", 9: "4" };
const swappedShare = 0.3;
const carelessShare = 0.13;
const digits = 10;

/** Two people of whom one takes every third 4 for a 9 and back, and the other presses a wrong key at one task in eight. */
export const annotators: readonly DemoAnnotator[] = [
  {
    email: "mei@leeway.example",
    name: "Mei Tanaka",
    role: "member",
    answer: ({ item, digit }) => (hashShare(`mei ${item}`) < swappedShare ? (swapped[digit] ?? digit) : digit),
    paceMs: [1_400, 3_200],
  },
  {
    email: "jan@leeway.example",
    name: "Jan Novak",
    role: "member",
    answer: ({ item, digit }) => (hashShare(`jan ${item}`) < carelessShare ? otherDigit(item, digit) : digit),
    paceMs: [600, 1_500],
  },
];

/** Any digit but the one that is shown. */
function otherDigit(item: string, digit: string): string {
  const steps = 1 + Math.floor(hashShare(`jan's ${item}`) * (digits - 1));
  return String((Number(digit) + steps) % digits);
}

/** Returns the time that an annotator takes for a task. */
export function spentMs({ name, paceMs: [low, high] }: DemoAnnotator, item: string): number {
  return Math.round(low + hashShare(`${name} takes ${item}`) * (high - low));
}
