import { RE2JS } from "re2js";
import { limits } from "./limits.ts";

/** Describes a problem with a pattern in one sentence. */
export class PatternProblem extends Error {}

/** A compiled regular expression. */
export type Pattern = RE2JS;

const maxCached = 2_000;
/** The same few patterns are tested on thousands of values. */
const cached = new Map<string, Pattern>();

/**
 * Compiles a regular expression that a user wrote. RE2 matches in time linear in the length of the text, whatever the pattern; look-around and
 * backreferences, which would make that impossible, are not part of its syntax: https://github.com/google/re2/wiki/Syntax.
 * @returns a pattern with `test` (matches within the text) and `testExact` (matches the complete text)
 * @throws PatternProblem
 */
export function compilePattern(source: string): Pattern {
  const known = cached.get(source);
  if (known) return known;
  if (source.length > limits.patternLength) {
    throw new PatternProblem(`Patterns can have at most ${limits.patternLength} characters.`);
  }
  const pattern = compile(source);
  if (cached.size >= maxCached) cached.delete(cached.keys().next().value ?? "");
  cached.set(source, pattern);
  return pattern;
}

function compile(source: string): Pattern {
  try {
    return RE2JS.compile(source);
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    const message = `Invalid regular expression: ${reason}. RE2 does not support look-around or backreferences.`;
    throw new PatternProblem(message, { cause });
  }
}
