import { sql } from "drizzle-orm";
import type { alerts } from "#db/schema/index.ts";
import { minuteMs } from "#server/base/durations.ts";

/**
 * End of a firing alert of Leeway's own rules. Time never ends it: only an evaluation that finds the condition false, or the end of its rule.
 * While nothing is evaluated, nobody knows that it is resolved.
 */
export const openEnd = new Date(Date.UTC(9999, 0));

/** Own alerts are renewed at least every five minutes. After this time without renewal, their rule is not being evaluated. */
export const notEvaluatedMs = 10 * minuteMs;

const externalPrefix = "external:";

/** Returns the rule key of an alert that something outside of Leeway sent. */
export function externalRuleKey(alertname: string): string {
  return `${externalPrefix}${alertname}`;
}

/** Selects alerts of Leeway's own rules. */
export const isOwnAlert = sql<boolean>`alerts.rule_key not like ${`${externalPrefix}%`}`;

/** Returns since when the rule of a firing alert has not been evaluated; null while it is, and for alerts from outside. */
export function notEvaluatedSince(
  { ruleKey, endsAt, updatedAt }: Pick<typeof alerts.$inferSelect, "ruleKey" | "endsAt" | "updatedAt">,
  now: number,
): Date | null {
  const isFiring = endsAt.getTime() > now;
  const isOwn = !ruleKey.startsWith(externalPrefix);
  return isOwn && isFiring && now - updatedAt.getTime() > notEvaluatedMs ? updatedAt : null;
}
