export interface PaletteQuery {
  /** Restriction by prefix: `>` for actions only, `#` for ids only. */
  only: "actions" | "ids" | undefined;
  words: string;
}

/** Reads the prefix of what was typed. */
export function readPaletteQuery(typed: string): PaletteQuery {
  const text = typed.trimStart();
  if (text.startsWith(">")) return { only: "actions", words: text.slice(1).trim() };
  if (text.startsWith("#")) return { only: "ids", words: text.slice(1).trim() };
  return { only: undefined, words: text.trim() };
}

/** Splits `label` into parts, with those that match `words` marked; undefined when it does not match. */
export function matchLabel(label: string, words: string): { text: string; matches: boolean }[] | undefined {
  if (words === "") return [{ text: label, matches: false }];
  const at = label.toLowerCase().indexOf(words.toLowerCase());
  if (at === -1) return undefined;
  return [
    { text: label.slice(0, at), matches: false },
    { text: label.slice(at, at + words.length), matches: true },
    { text: label.slice(at + words.length), matches: false },
  ].filter((part) => part.text !== "");
}
