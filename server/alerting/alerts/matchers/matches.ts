import { DomainError } from "#server/base/errors.ts";
import { compilePattern, PatternProblem } from "#server/base/pattern.ts";
import type { Labels } from "../contract.ts";
import type { Matcher } from "./contract.ts";

/** @throws DomainError "invalid" for a regular expression that RE2 does not accept: look-around, back-references, syntax errors */
export function checkPattern({ name, value, isRegex }: Matcher): void {
  if (!isRegex) return;
  try {
    compilePattern(value);
  } catch (cause) {
    if (!(cause instanceof PatternProblem)) throw cause;
    throw new DomainError("invalid", `${name}: ${cause.message}`, { cause, field: "matchers" });
  }
}

/** Whether a matcher matches. A missing label is the empty text, and a regular expression must match the complete value. */
export function matches({ name, value, isRegex, isEqual }: Matcher, labels: Labels): boolean {
  const actual = (Object.hasOwn(labels, name) ? labels[name] : undefined) ?? "";
  const isMatch = isRegex ? compilePattern(value).testExact(actual) : actual === value;
  return isMatch === isEqual;
}

/** Whether all matchers match. */
export function matchesAll(matchers: readonly Matcher[], labels: Labels): boolean {
  return matchers.every((matcher) => matches(matcher, labels));
}
