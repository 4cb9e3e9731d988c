import type { Figure, SentencePart } from "../contract.ts";

const numbers = ["none", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten"];

/** Formats a count for sentences: in words up to ten. */
export function spellCount(count: number): string {
  return numbers[count] ?? count.toLocaleString("en");
}

/** Returns a figure for the sentence, formatted as everywhere else; counts up to ten are in words. */
export function figurePart(figure: Figure, isCount = false): SentencePart {
  const text = isCount && figure.value !== null ? spellCount(figure.value) : figure.text;
  return { text, figure: figure.id, href: figure.href };
}

/** Joins parts as "a", "a and b", "a, b and c". */
export function listed(parts: SentencePart[][]): SentencePart[] {
  return parts.flatMap((part, index) => {
    if (index === 0) return part;
    return [{ text: index === parts.length - 1 ? " and " : ", " }, ...part];
  });
}

/** Clauses as one or two sentences: the first alone, the others together. */
export function joined([first = [], ...others]: SentencePart[][]): SentencePart[] {
  const rest = others.filter((clause) => clause.length > 0);
  const parts = [...capital(first), { text: "." }];
  if (rest.length > 0) parts.push({ text: " " }, ...capital(listed(rest)), { text: "." });
  return merged(parts);
}

function capital(parts: SentencePart[]): SentencePart[] {
  const [first, ...rest] = parts.filter(({ text }) => text !== "");
  if (!first) return [];
  // Names keep their own spelling.
  const isName = first.href !== undefined && first.figure === undefined;
  return [isName ? first : { ...first, text: first.text.charAt(0).toUpperCase() + first.text.slice(1) }, ...rest];
}

/** Merges adjacent plain parts into one. */
function merged(parts: SentencePart[]): SentencePart[] {
  return parts.reduce<SentencePart[]>((all, part) => {
    const last = all.at(-1);
    const isPlain = (one: SentencePart) => one.href === undefined && one.figure === undefined;
    if (last && isPlain(last) && isPlain(part)) all[all.length - 1] = { text: last.text + part.text };
    else all.push(part);
    return all;
  }, []);
}

/** Returns the text of a sentence, without its links. */
export function plainSentence(parts: readonly SentencePart[]): string {
  return parts.map(({ text }) => text).join("");
}
