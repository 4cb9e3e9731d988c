import type { NewFinding } from "../findings/contract.ts";
import type { CheckKind, CheckResult } from "./contract.ts";
import { explained } from "./evaluate-span.ts";

/** Results of two evaluations: of the latest minutes, and of the last day, which detects smaller shares. */
export interface IntegrityChecks {
  latest: readonly CheckResult[];
  day: readonly CheckResult[];
}

/** Counters of the latest minutes say nothing of these: the next look at the log does. */
const onlyInLog: readonly CheckKind[] = ["rule", "dataset contract", "duplicates", "repeated id", "late labels"];

/** Minimum expected count of bad rows in the latest minutes before their absence closes a finding that only the day shows. */
const minExpectedCount = 10;

/**
 * Derives the findings from failing checks, one per check and feature. A failure that only the day's evaluation shows counts until the
 * latest minutes have enough rows to show that it has ended.
 */
export function findingsOf({ latest, day }: IntegrityChecks, versionId: string | null): NewFinding[] {
  const found = new Map<string, NewFinding>();
  for (const check of latest) if (check.state === "broken") found.set(keyOf(check), findingOf(check, versionId));
  const now = new Map(latest.map((check) => [keyOf(check), check]));
  for (const check of day) {
    const key = keyOf(check);
    if (check.state !== "broken" || found.has(key) || hasEnded(check, now.get(key), latest)) continue;
    if (isExplained(check, latest)) continue;
    found.set(key, findingOf({ ...check, words: `${check.words} Observed over the last 24 hours.` }, versionId));
  }
  return [...found.values()];
}

/** Returns the key of a finding. A contract may have several rules for one feature. */
function keyOf({ check, feature, evidence }: CheckResult): string {
  return check === "dataset contract" ? `${check}:${feature}:${evidence.rule}` : `${check}:${feature}`;
}

function findingOf(result: CheckResult, versionId: string | null): NewFinding {
  const { check, feature, severity, words, ...numbers } = result;
  const { share, usual, line, pValue, rows, evidence } = numbers;
  return {
    key: keyOf(result),
    kind: check,
    feature,
    versionId,
    severity: severity ?? "ticket",
    words,
    evidence: { share, usual, line, pValue, rows, ...evidence },
  };
}

/** Whether a failing check in the latest minutes explains one of the day; its own share of a day may be too small to fail there. */
function isExplained({ check, feature }: CheckResult, latest: readonly CheckResult[]): boolean {
  const named = latest.filter((one) => one.feature === feature && one.state === "broken");
  return named.some((one) => explained[one.check]?.includes(check));
}

function hasEnded(day: CheckResult, now: CheckResult | undefined, latest: readonly CheckResult[]): boolean {
  // A check without a share, such as that of constants, is about all rows.
  const excess = (day.share ?? 1) - (day.usual ?? 0);
  if (now) {
    const rest = (now.share ?? 0) - (now.usual ?? 0);
    return now.state !== "unknown" && now.rows * excess >= minExpectedCount && rest < excess / 2;
  }
  if (onlyInLog.includes(day.check)) return false;
  // An upstream change has no check of its own while everything passes.
  const rows = Math.max(0, ...latest.filter(({ feature }) => feature === day.feature).map((one) => one.rows));
  return rows * (day.share ?? 0) >= minExpectedCount;
}
