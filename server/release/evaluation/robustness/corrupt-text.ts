import type { Random } from "#server/stats/random.ts";
import { type CorruptionKind, levelOf } from "./corruption-kinds.ts";

/** Kinds that change words. */
export type TextCorruption = Extract<CorruptionKind, "typos" | "lost-case" | "lost-punctuation" | "lost-accents">;

/** Rows of an English keyboard; neighbours are typed by mistake. */
const keyboard = ["qwertyuiop", "asdfghjkl", "zxcvbnm"];

/** Changes a share of the words of a text, at least one at the highest severities only by chance: each word is drawn by itself. */
export function corruptText(text: string, kind: TextCorruption, severity: number, random: Random): string {
  const share = levelOf(kind, severity);
  return text.replace(/\S+/gu, (word) => (random() < share ? changeWord(word, kind, random) : word));
}

function changeWord(word: string, kind: TextCorruption, random: Random): string {
  switch (kind) {
    case "typos":
      return mistype([...word], random);
    case "lost-case":
      return word.toLowerCase();
    case "lost-punctuation":
      return word.replace(/\p{P}/gu, "");
    case "lost-accents":
      return word.normalize("NFD").replace(/\p{M}/gu, "").normalize("NFC");
  }
}

/** Makes one typo: two characters swapped, one dropped, one doubled, or a neighbouring key. */
function mistype(characters: string[], random: Random): string {
  const at = Math.floor(random() * characters.length);
  const kind = Math.floor(random() * 4);
  const own = characters[at] ?? "";
  if (kind === 0 && at + 1 < characters.length)
    return characters
      .with(at, characters[at + 1] ?? "")
      .with(at + 1, own)
      .join("");
  if (kind === 1 && characters.length > 1) return characters.toSpliced(at, 1).join("");
  if (kind === 2) return characters.toSpliced(at, 0, own).join("");
  return characters.with(at, neighbourOf(own, random)).join("");
}

function neighbourOf(character: string, random: Random): string {
  const row = keyboard.find((keys) => keys.includes(character.toLowerCase()));
  if (!row) return character + character;
  const at = row.indexOf(character.toLowerCase());
  const neighbours = [row[at - 1], row[at + 1]].filter((key) => key !== undefined);
  const chosen = neighbours[Math.floor(random() * neighbours.length)] ?? character;
  return character === character.toLowerCase() ? chosen : chosen.toUpperCase();
}
