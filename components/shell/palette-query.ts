import type { SearchKind } from "#server/report/search/contract.ts";
import type { FamilyKey } from "./palette-families.ts";

export interface PaletteQuery {
  /** Restriction by prefix: `>` actions, `#` IDs, `@` people, `!` incidents and alerts. */
  only: "actions" | "ids" | "people" | "incidents" | undefined;
  words: string;
}

const prefixes: Readonly<Record<string, PaletteQuery["only"]>> = {
  ">": "actions",
  "#": "ids",
  "@": "people",
  "!": "incidents",
};

/** Kinds of those who are asked or paged. */
export const peopleKinds: readonly SearchKind[] = ["person", "team", "schedule", "escalation-policy"];

/** Reads the prefix of what was typed. */
export function readPaletteQuery(typed: string): PaletteQuery {
  const text = typed.trimStart();
  const only = prefixes[text[0] ?? ""];
  return { only, words: (only ? text.slice(1) : text).trim() };
}

/** Returns the family that a prefix restricts to; undefined for others. */
export function familyOf(only: PaletteQuery["only"]): FamilyKey | undefined {
  if (only === "actions" || only === "people" || only === "incidents") return only;
  return undefined;
}

interface Part {
  text: string;
  matches: boolean;
  /** Position in the label. */
  at: number;
}

/** Splits `label` into parts, with those that match any of the words marked. */
export function markLabel(label: string, words: string): Part[] {
  const marked = new Array<boolean>(label.length).fill(false);
  const text = label.toLowerCase();
  for (const word of words.toLowerCase().split(/\s+/).filter(Boolean)) {
    const at = text.indexOf(word);
    if (at >= 0) marked.fill(true, at, at + word.length);
  }
  const parts: Part[] = [];
  for (const [at, letter] of [...label].entries()) {
    const matches = marked[at] ?? false;
    const last = parts.at(-1);
    if (last?.matches === matches) last.text += letter;
    else parts.push({ text: letter, matches, at });
  }
  return parts;
}

/**
 * Ranks a label as the server ranks names: 0 is the whole label, 1 its beginning, 2 the beginnings of words, 3 any part, 4 text beside it;
 * undefined when it does not match.
 */
export function rankLabel(label: string, words: string, beside = ""): number | undefined {
  const [name, phrase] = [label.toLowerCase().replace(/…$/, ""), words.toLowerCase()];
  const each = phrase.split(/\s+/).filter(Boolean);
  const text = `${name} ${beside.toLowerCase()}`;
  if (!each.every((word) => text.includes(word))) return undefined;
  if (name === phrase) return 0;
  if (name.startsWith(phrase)) return 1;
  if (each.every((word) => ` ${name.replaceAll(/[-_./:,]/g, " ")}`.includes(` ${word}`))) return 2;
  return each.every((word) => name.includes(word)) ? 3 : 4;
}
