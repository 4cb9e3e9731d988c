import { byBytes } from "../fingerprint.ts";
import type { Matcher } from "./contract.ts";
import { goQuote } from "./go-quote.ts";

const reserved = /[\s{}!=~,\\"'`]/;

/** Formats a matcher as Alertmanager prints it: `severity="page"` (pkg/labels/matcher.go). */
export function printMatcher(matcher: Matcher): string {
  const { name, value } = matcher;
  if (reserved.test(name)) return `${goQuote(name)}${operatorOf(matcher)}${goQuote(value)}`;
  const escaped = value.replaceAll("\\", "\\\\").replaceAll("\n", "\\n").replaceAll('"', '\\"');
  return `${name}${operatorOf(matcher)}"${escaped}"`;
}

/** Formats matchers in Alertmanager's order, in braces: `{a="x",b=~"y"}`. */
export function printMatchers(matchers: readonly Matcher[]): string {
  return `{${[...matchers].sort(compareMatchers).map(printMatcher).join(",")}}`;
}

/** Whether both lists contain the same matchers, in any order. */
export function areSameMatchers(left: readonly Matcher[], right: readonly Matcher[]): boolean {
  return printMatchers(left) === printMatchers(right);
}

function operatorOf({ isRegex, isEqual }: Matcher): string {
  return isRegex ? (isEqual ? "=~" : "!~") : isEqual ? "=" : "!=";
}

const order = ["=", "!=", "=~", "!~"];

function compareMatchers(left: Matcher, right: Matcher): number {
  const rankOf = (matcher: Matcher) => order.indexOf(operatorOf(matcher));
  return byBytes(left.name, right.name) || byBytes(left.value, right.value) || rankOf(left) - rankOf(right);
}
