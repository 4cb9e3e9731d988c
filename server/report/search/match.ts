import { type SQL, sql } from "drizzle-orm";

/** What is searched for. */
export interface Query {
  /** In lower case, all of which a hit contains. */
  words: readonly string[];
  /** Whether only IDs count. */
  isById: boolean;
  /** Maximum number of hits of each kind. */
  limit: number;
}

/** Shortest prefix of an ID that counts among words: shorter ones match by accident. */
const minIdPrefix = 4;

/** Worst rank, of what contains a word beside its name only. */
export const worstRank = 4;

/** Condition that a text contains all words. */
export function holdsAll(text: SQL, words: readonly string[]): SQL {
  return like(words.some(isVersion) ? sql`lower(${text}) || ' '` : sql`lower(${text})`, words.map(patternOf));
}

/** Returns the pattern of LIKE for a text in lower case that contains the word. */
export function patternOf(word: string): string {
  const literal = escaped(word);
  return isVersion(word) ? `%${literal} %` : `%${literal}%`;
}

/** Whether a word is the number of a version, which has to be whole and followed by a space: "v3" does not find v32. */
function isVersion(word: string): boolean {
  return /^ ?v\d+$/.test(word);
}

/** Condition that a text is like all patterns. One by one, they cost more. */
function like(text: SQL, patterns: readonly string[]): SQL {
  return patterns.length === 1
    ? sql`(${text} like ${patterns[0]})`
    : sql`(${text} like all (${sql.param([...patterns])}::text[]))`;
}

function escaped(word: string): string {
  return word.replaceAll(/[\\%_]/g, "\\$&");
}

/** Returns the ID that a query may mean, and whether it may be the beginning of one; undefined if it can be none. */
export function idOf({ words, isById }: Query): { id: string; isPrefix: boolean } | undefined {
  const [id, ...others] = words;
  if (id === undefined || others.length > 0) return undefined;
  return { id, isPrefix: isById || id.length >= minIdPrefix };
}

/** Condition that one of the IDs, an array of text, is meant. */
export function holdsId(ids: SQL, query: Query): SQL {
  const meant = idOf(query);
  if (!meant) return sql`false`;
  const literal = escaped(meant.id);
  const pattern = meant.isPrefix ? `% ${literal}%` : `% ${literal} %`;
  // IDs contain no spaces.
  return sql`(' ' || lower(array_to_string(${ids}, ' ')) || ' ' like ${pattern})`;
}

/** How well a label matches that contains the words, or whose IDs do: ranks of the contract, from 0 to 4. */
export function rankOf(label: SQL, hasId: SQL, words: readonly string[]): SQL {
  const { isWhole, isBeginning, isWordStart, isPart } = ranks(label, words);
  return sql`case when ${isWhole} or ${hasId} then 0 when ${isBeginning} then 1 when ${isWordStart} then 2 when ${isPart} then 3 else 4 end`;
}

/** Condition that a label matches better than a rank from 1 to 4. It costs one comparison for a label that contains none of the words. */
export function isBetterThan(rank: number, label: SQL, words: readonly string[]): SQL {
  const { isWhole, isBeginning, isWordStart, isPart } = ranks(label, words);
  if (rank === 1) return isWhole;
  if (rank === 2) return isBeginning;
  return rank === 3 ? sql`(${isPart} and (${isBeginning} or ${isWordStart}))` : isPart;
}

/** Conditions of the ranks 0 to 3: the whole label, its beginning, the beginnings of its words, any part. */
function ranks(label: SQL, words: readonly string[]) {
  const phrase = words.join(" ");
  const spaced = sql`' ' || translate(lower(${label}), '-_./:,', '      ') || ' '`;
  const starts = words.map((word) => patternOf(` ${word}`));
  return {
    isWhole: sql`lower(${label}) = ${phrase}`,
    isBeginning: sql`starts_with(lower(${label}), ${phrase})`,
    isWordStart: like(spaced, starts),
    isPart: holdsAll(label, words),
  };
}
