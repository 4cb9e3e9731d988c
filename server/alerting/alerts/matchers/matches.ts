import { RE2JS } from "re2js";
import { DomainError } from "#server/base/errors.ts";
import type { Labels } from "../contract.ts";
import type { Matcher } from "./contract.ts";

const maxPatterns = 2_000;
const patterns = new Map<string, RE2JS>();

/** Returns a cached compiled pattern: the same few patterns are tested on thousands of alerts. Evicts the oldest entry. */
function patternOf(text: string): RE2JS {
  const known = patterns.get(text);
  if (known) return known;
  const pattern = RE2JS.compile(text);
  if (patterns.size >= maxPatterns) patterns.delete(patterns.keys().next().value ?? "");
  patterns.set(text, pattern);
  return pattern;
}

/** @throws DomainError "invalid" for a regular expression that RE2 does not accept: look-around, back-references, syntax errors */
export function checkPattern({ name, value, isRegex }: Matcher): void {
  if (!isRegex) return;
  try {
    patternOf(value);
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    const message = `Invalid regular expression for ${name}: ${reason}. RE2 does not support look-around or backreferences.`;
    throw new DomainError("invalid", message, { cause, field: "matchers" });
  }
}

/** Whether a matcher matches. A missing label is the empty text, and a regular expression must match the complete value. */
export function matches({ name, value, isRegex, isEqual }: Matcher, labels: Labels): boolean {
  const actual = (Object.hasOwn(labels, name) ? labels[name] : undefined) ?? "";
  const isMatch = isRegex ? patternOf(value).matches(actual) : actual === value;
  return isMatch === isEqual;
}

/** Whether all matchers match. */
export function matchesAll(matchers: readonly Matcher[], labels: Labels): boolean {
  return matchers.every((matcher) => matches(matcher, labels));
}
