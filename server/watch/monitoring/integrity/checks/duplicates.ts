import { formatCount, percent } from "#server/base/format-number.ts";
import { shareTest } from "#server/stats/drift/calibrated/share-tests.ts";
import { minRows } from "../../contract.ts";
import { type CheckResult, checkOf } from "../contract.ts";
import type { RuleRow } from "../rules/check-rules.ts";
import { minIncrease } from "./feature-checks.ts";

/** Once an hour, and half as likely as the budget of the checks of counters would allow. */
const alpha = 1e-5;

/**
 * Checks whether more rows are copies of another than before, as when a feed sends the same rows repeatedly. Compares equal row counts on
 * both sides, since more rows contain more copies.
 * @param rows of the log, newest first. @param before those of the days before
 */
export function checkDuplicates(rows: readonly RuleRow[], before: readonly RuleRow[]): CheckResult {
  const count = Math.min(rows.length, before.length);
  const named = { check: "duplicates" as const, feature: "", rows: count };
  if (count < minRows) {
    const words = `${count} logged rows to compare with previous days: at least ${minRows} needed for a result.`;
    return checkOf({ ...named, state: "unknown", words });
  }
  const [hits, referenceHits] = [copiesIn(rows.slice(0, count)), copiesIn(before.slice(0, count))];
  const test = shareTest({ hits, rows: count, referenceHits, referenceRows: count, alpha });
  const [share, usual] = [hits / count, referenceHits / count];
  const state = !test.isDrift ? "whole" : share - usual < minIncrease ? "small" : "broken";
  return checkOf({
    ...named,
    state,
    share,
    usual,
    pValue: test.pValue,
    line: Number.isFinite(test.line) ? test.line : null,
    severity: state === "broken" ? "ticket" : null,
    words: `${percent(share)} of rows are duplicates, ${percent(usual)} on previous days (${formatCount(count)} logged rows each).`,
    evidence: { hits, referenceHits, reach: share },
  });
}

/** Counts rows that repeat an earlier one, value by value. */
function copiesIn(rows: readonly RuleRow[]): number {
  return rows.length - new Set(rows.map((row) => JSON.stringify([...row.values()]))).size;
}
