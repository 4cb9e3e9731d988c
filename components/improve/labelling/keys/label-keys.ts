import type { LabelClass, LabelTaskKind } from "#server/improve/labelling/contract.ts";

/** What a key does on the labelling page. */
export type LabelCommand =
  | { kind: "class"; index: number }
  | { kind: "none" }
  | { kind: "cannot-tell" }
  | { kind: "undo" }
  | { kind: "note" }
  | { kind: "guidelines" }
  | { kind: "contrast" }
  | { kind: "show-predictions" }
  | { kind: "next-suggestion" }
  | { kind: "skip" }
  | { kind: "queue"; by: 1 | -1 }
  | { kind: "search-classes" }
  | { kind: "submit" }
  | { kind: "delete" }
  | { kind: "walk"; by: 1 | -1 }
  | { kind: "zoom"; by: 1 | -1 }
  | { kind: "new-box" }
  | { kind: "move-box"; dx: number; dy: number }
  | { kind: "resize-box"; dx: number; dy: number }
  | { kind: "go"; by: 1 | -1; extend: boolean; unit: "word" | "character" }
  | { kind: "shorten"; by: 1 | -1 }
  | { kind: "to-field" }
  | { kind: "row-field"; by: 1 | -1 }
  | { kind: "queues" }
  | { kind: "alike" };

/** A pressed key, as a keyboard event has it. */
export interface Pressed {
  key: string;
  shiftKey: boolean;
  altKey: boolean;
  /** Command or Control. */
  modKey: boolean;
  /** Whether a text field has the focus: its digits and letters are text then. */
  isInField: boolean;
  /** Whether the field takes several lines. */
  isMultiline: boolean;
  /** Whether the field finds classes: its Enter chooses one. */
  isFinding: boolean;
}

export interface KeyContext {
  taskKind: LabelTaskKind;
  /** Number of choices that have a digit. */
  choices: number;
  hasPicture: boolean;
  hasRow: boolean;
}

/** Distance in percent that an arrow moves a box; ten times as far with Shift. */
const boxStep = 0.5;

const arrows: Record<string, [dx: number, dy: number]> = {
  ArrowLeft: [-1, 0],
  ArrowRight: [1, 0],
  ArrowUp: [0, -1],
  ArrowDown: [0, 1],
};

const letters: Record<string, LabelCommand> = {
  "0": { kind: "cannot-tell" },
  z: { kind: "undo" },
  n: { kind: "note" },
  g: { kind: "guidelines" },
  h: { kind: "contrast" },
  s: { kind: "skip" },
  q: { kind: "queues" },
  a: { kind: "alike" },
  "[": { kind: "queue", by: -1 },
  "]": { kind: "queue", by: 1 },
  "/": { kind: "search-classes" },
};

/**
 * Returns what a key does, or undefined where it does nothing here. While a text field has the focus, only Enter does something: alone, or
 * with Command or Control in a field of several lines.
 */
export function readKey(pressed: Pressed, context: KeyContext): LabelCommand | undefined {
  const { key, modKey, isInField, isMultiline, isFinding } = pressed;
  if (isFinding) return undefined;
  const submits = key === "Enter" && (modKey || !isMultiline);
  if (isInField) return submits ? { kind: "submit" } : undefined;
  if (key === "Enter") return { kind: "submit" };
  // Alt with a digit or a letter belongs to the browser and to other layouts.
  if (modKey || (pressed.altKey && !Object.hasOwn(arrows, key))) return undefined;
  return readDigit(key, context) ?? readKindKey(pressed, context) ?? readLetter(key);
}

function readLetter(key: string): LabelCommand | undefined {
  const letter = key.length === 1 ? key.toLowerCase() : key;
  return Object.hasOwn(letters, letter) ? letters[letter] : undefined;
}

/** The digit after the last class of boxes and spans says that there are none. */
function readDigit(key: string, { taskKind, choices }: KeyContext): LabelCommand | undefined {
  if (!/^[1-9]$/.test(key)) return undefined;
  const index = Number(key) - 1;
  if (index < choices) return { kind: "class", index };
  const hasNone = taskKind === "boxes" || taskKind === "spans";
  return hasNone && index === choices ? { kind: "none" } : undefined;
}

function readKindKey(pressed: Pressed, context: KeyContext): LabelCommand | undefined {
  const { key, shiftKey } = pressed;
  const { taskKind, hasPicture, hasRow } = context;
  if (hasPicture && (key === "+" || key === "=")) return { kind: "zoom", by: 1 };
  if (hasPicture && (key === "-" || key === "−")) return { kind: "zoom", by: -1 };
  if (taskKind === "boxes" || taskKind === "spans") {
    if (key === "Tab") return { kind: "walk", by: shiftKey ? -1 : 1 };
    if (key === "Backspace" || key === "Delete") return { kind: "delete" };
    if (key === " ") return { kind: "next-suggestion" };
    if (key.toLowerCase() === "p") return { kind: "show-predictions" };
    return taskKind === "boxes" ? readBoxKey(pressed) : readSpanKey(pressed);
  }
  if (hasRow && key.toLowerCase() === "j") return { kind: "row-field", by: 1 };
  if (hasRow && key.toLowerCase() === "k") return { kind: "row-field", by: -1 };
  const hasField = taskKind === "number" || taskKind === "text";
  return hasField && key === "Tab" && !shiftKey ? { kind: "to-field" } : undefined;
}

function readBoxKey({ key, shiftKey, altKey }: Pressed): LabelCommand | undefined {
  if (key.toLowerCase() === "b") return { kind: "new-box" };
  const arrow = arrows[key];
  if (!arrow) return undefined;
  const step = shiftKey ? boxStep * 10 : boxStep;
  return { kind: altKey ? "resize-box" : "move-box", dx: arrow[0] * step, dy: arrow[1] * step };
}

function readSpanKey({ key, shiftKey, altKey }: Pressed): LabelCommand | undefined {
  const by = key === "ArrowRight" ? 1 : key === "ArrowLeft" ? -1 : undefined;
  if (by === undefined) return undefined;
  if (altKey && !shiftKey) return { kind: "shorten", by };
  return { kind: "go", by, extend: shiftKey, unit: altKey ? "character" : "word" };
}

/** A choice of an answer: a class, and the digit that chooses it. */
export interface Choice {
  name: string;
  title: string;
  /** "1" to "9"; null for one that is found by typing. */
  digit: string | null;
  color: string | null;
}

/**
 * Gives the digits 1 to 9 to classes: those that ask for a digit in the configuration or are called by one, then the others in its order, or, where
 * there are more than nine, by how often people answered them. Predictions never decide. Choices without a digit come last.
 */
export function listChoices(classes: readonly LabelClass[], frequencies: Readonly<Record<string, number>>): Choice[] {
  const byHotkey = new Map<string, string>();
  for (const { name, title, hotkey: wanted } of classes) {
    const hotkey = wanted ?? title;
    if (/^[1-9]$/.test(hotkey) && ![...byHotkey.values()].includes(hotkey)) byHotkey.set(name, hotkey);
  }
  const rest = classes.filter(({ name }) => !byHotkey.has(name));
  const often = ({ name }: LabelClass) => frequencies[name] ?? 0;
  const ordered = classes.length > 9 ? rest.toSorted((a, b) => often(b) - often(a)) : rest;
  const taken = new Set(byHotkey.values());
  const free = ["1", "2", "3", "4", "5", "6", "7", "8", "9"].filter((digit) => !taken.has(digit));
  const digits = new Map([...byHotkey, ...ordered.map(({ name }, index) => [name, free[index] ?? null] as const)]);
  return classes
    .map(({ name, title, color }) => ({ name, title, digit: digits.get(name) ?? null, color: color ?? null }))
    .toSorted((a, b) => Number(a.digit ?? 10) - Number(b.digit ?? 10));
}
