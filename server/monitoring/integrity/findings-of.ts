import type { NewFinding } from "../findings/contract.ts";
import type { CheckResult } from "./contract.ts";
import { explained } from "./judge-span.ts";

/** What two looks found: at the latest minutes, and at the last day, which sees smaller shares. */
export interface Looks {
  latest: readonly CheckResult[];
  day: readonly CheckResult[];
}

/** Of what the day shows, so many rows must be expected in the latest minutes before their absence says that it is over. */
const fewestExpected = 10;

/**
 * The findings that follow from what is broken, one a check and feature. What only the day shows counts until the latest minutes have enough
 * rows to tell that it is over.
 */
export function findingsOf({ latest, day }: Looks, versionId: string | null): NewFinding[] {
  const found = new Map<string, NewFinding>();
  for (const check of latest) if (check.state === "broken") found.set(keyOf(check), findingOf(check, versionId));
  const now = new Map(latest.map((check) => [keyOf(check), check]));
  for (const check of day) {
    const key = keyOf(check);
    if (check.state !== "broken" || found.has(key) || isOver(check, now.get(key), latest)) continue;
    if (isExplained(check, latest)) continue;
    found.set(key, findingOf({ ...check, words: `${check.words} Seen over the last 24 hours.` }, versionId));
  }
  return [...found.values()];
}

function keyOf({ check, feature }: CheckResult): string {
  return `${check}:${feature}`;
}

function findingOf({ check, feature, severity, words, ...numbers }: CheckResult, versionId: string | null): NewFinding {
  const { share, usual, line, pValue, rows, evidence } = numbers;
  return {
    ...{ key: `${check}:${feature}`, kind: check, feature, versionId, severity: severity ?? "ticket", words },
    evidence: { share, usual, line, pValue, rows, ...evidence },
  };
}

/** What is named in the latest minutes may be too small a part of a day to be named there. */
function isExplained({ check, feature }: CheckResult, latest: readonly CheckResult[]): boolean {
  const named = latest.filter((one) => one.feature === feature && one.state === "broken");
  return named.some((one) => explained[one.check]?.includes(check));
}

function isOver(day: CheckResult, now: CheckResult | undefined, latest: readonly CheckResult[]): boolean {
  // A check without a share, such as that of constants, is about all rows.
  const excess = (day.share ?? 1) - (day.usual ?? 0);
  if (now) {
    const rest = (now.share ?? 0) - (now.usual ?? 0);
    return now.state !== "unknown" && now.rows * excess >= fewestExpected && rest < excess / 2;
  }
  // A named change has no check of its own while nothing is wrong.
  const rows = Math.max(0, ...latest.filter(({ feature }) => feature === day.feature).map((one) => one.rows));
  return rows * (day.share ?? 0) >= fewestExpected;
}
