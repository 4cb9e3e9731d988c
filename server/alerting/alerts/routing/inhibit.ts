import type { Labels } from "../contract.ts";
import { matchesAll } from "../matchers/matches.ts";
import { printMatchers } from "../matchers/print-matchers.ts";
import type { InhibitRule } from "./contract.ts";

interface Source {
  fingerprint: string;
  labels: Labels;
}

interface PreparedRule {
  rule: InhibitRule;
  /** Sources by the values of `equal`; those that match the target side too are apart. */
  pure: Map<string, Source>;
  both: Map<string, Source>;
}

/** Function that returns the firing alert that mutes another one, if any. */
export type Inhibitor = (labels: Labels) => { ref: string; words: string } | undefined;

/**
 * Prepares the inhibition rules for many targets at once (docs/spec/alerting.md section 6): a missing label equals the empty text, and an
 * alert that matches both sides is not muted by another alert that does too.
 * @param firing all alerts that fire now
 */
export function inhibitorOf(rules: readonly InhibitRule[], firing: readonly Source[]): Inhibitor {
  const prepared = rules.map((rule) => prepare(rule, firing));
  return (labels) => {
    for (const { rule, pure, both } of prepared) {
      if (!matchesAll(rule.targetMatchers, labels)) continue;
      const key = keyOf(rule, labels);
      const isBoth = matchesAll(rule.sourceMatchers, labels);
      const source = pure.get(key) ?? (isBoth ? undefined : both.get(key));
      if (source) return { ref: source.fingerprint, words: wordsOf(rule, source) };
    }
    return undefined;
  };
}

function prepare(rule: InhibitRule, firing: readonly Source[]): PreparedRule {
  const prepared: PreparedRule = { rule, pure: new Map(), both: new Map() };
  for (const source of firing) {
    if (!matchesAll(rule.sourceMatchers, source.labels)) continue;
    const side = matchesAll(rule.targetMatchers, source.labels) ? prepared.both : prepared.pure;
    const key = keyOf(rule, source.labels);
    if (!side.has(key)) side.set(key, source);
  }
  return prepared;
}

function keyOf({ equal }: InhibitRule, labels: Labels): string {
  return JSON.stringify(equal.map((name) => labels[name] ?? ""));
}

function wordsOf(rule: InhibitRule, { fingerprint, labels }: Source): string {
  const name = rule.name || `${printMatchers(rule.sourceMatchers)} mutes ${printMatchers(rule.targetMatchers)}`;
  return `inhibited by alert ${labels.alertname ?? fingerprint} (rule ${name})`;
}
