import type { NewFinding } from "../findings/contract.ts";
import type { CheckKind, CheckResult } from "./contract.ts";
import { explained } from "./evaluate-span.ts";

/** What two looks found: at the latest minutes, and at the last day, which sees smaller shares. */
export interface IntegrityChecks {
  latest: readonly CheckResult[];
  day: readonly CheckResult[];
}

/** Counters of the latest minutes say nothing of these: the next look at the log does. */
const onlyInLog: readonly CheckKind[] = ["rule", "dataset contract", "duplicates", "repeated id", "late labels"];

/** Of what the day shows, so many rows must be expected in the latest minutes before their absence says that it is over. */
const minExpectedCount = 10;

/**
 * The findings that follow from what is broken, one a check and feature. What only the day shows counts until the latest minutes have enough
 * rows to tell that it is over.
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

/** A contract has several promises about one feature. */
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

/** What is named in the latest minutes may be too small a part of a day to be named there. */
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
  // A named change has no check of its own while nothing is wrong.
  const rows = Math.max(0, ...latest.filter(({ feature }) => feature === day.feature).map((one) => one.rows));
  return rows * (day.share ?? 0) >= minExpectedCount;
}
