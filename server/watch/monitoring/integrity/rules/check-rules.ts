import { formatCount, percent } from "#server/base/format-number.ts";
import { wilsonInterval } from "#server/stats/proportion.ts";
import { minRows } from "../../contract.ts";
import { type CheckResult, checkOf } from "../contract.ts";
import type { DataRule } from "./contract.ts";
import { keepsRule } from "./evaluate-rule.ts";
import { namesIn, parseRule } from "./parse-rule.ts";

/** A row by the names of its features. */
export type RuleRow = ReadonlyMap<string, number | string | null>;

/**
 * Checks rows against rules. A rule fails when the share of violating rows is above the allowed share with confidence: by the lower bound
 * of its 95% interval.
 * @param features names that rows have
 */
export function checkRules(
  rules: readonly DataRule[],
  rows: readonly RuleRow[],
  features: ReadonlySet<string>,
): CheckResult[] {
  return rules.map(({ name, expression, maxBadShare }) => {
    const named = { check: "rule" as const, feature: name, rows: rows.length };
    const rule = parseRule(expression);
    const strange = namesIn(rule).find((one) => !features.has(one));
    if (strange !== undefined) {
      const words = `"${name}" refers to \`${strange}\`, which is not a feature of the version.`;
      return checkOf({ ...named, state: "unknown", words });
    }
    const kept = rows.map((row) => keepsRule(rule, (feature) => row.get(feature) ?? null));
    const [bad, all] = [kept.filter((one) => one === false).length, kept.filter((one) => one !== null).length];
    if (all < minRows) {
      const words = `"${name}": only ${all} logged rows contain its features, at least ${minRows} needed for a result.`;
      return checkOf({ ...named, rows: all, state: "unknown", words });
    }
    const share = bad / all;
    const isBroken = bad > 0 && wilsonInterval({ share, count: all }).low > maxBadShare;
    return checkOf({
      ...named,
      rows: all,
      share,
      usual: 0,
      line: maxBadShare,
      state: isBroken ? "broken" : bad > 0 ? "small" : "whole",
      severity: isBroken ? "ticket" : null,
      words:
        bad === 0
          ? `"${name}" holds for all ${formatCount(all)} logged rows.`
          : `${percent(share)} of rows violate "${name}" (${expression}): ${formatCount(bad)} of ${formatCount(all)} logged rows, ${percent(maxBadShare)} allowed.`,
      evidence: { expression, bad, reach: share },
    });
  });
}
