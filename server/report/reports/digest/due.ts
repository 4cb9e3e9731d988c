import { Temporal } from "temporal-polyfill";
import { dayMs } from "#server/base/durations.ts";
import type { DigestSettings } from "./contract.ts";

interface Turn {
  /** First day of the week that is reported. */
  week: string;
  /** Milliseconds since 1970. */
  at: number;
}

/** A time of the week, in the zone of the workspace. */
export interface Chosen extends DigestSettings {
  timeZone: string;
}

/**
 * Returns the digest of the week that contains `now`: the report of the week before, at the chosen time, in the calendar of the workspace.
 */
function turnOf({ timeZone, weekday, at }: Chosen, now: number): Turn {
  const local = Temporal.Instant.fromEpochMilliseconds(Math.floor(now)).toZonedDateTimeISO(timeZone);
  const monday = local.toPlainDate().subtract({ days: local.dayOfWeek - 1 });
  const plainTime = Temporal.PlainTime.from(at);
  const chosen = monday.add({ days: weekday - 1 }).toZonedDateTime({ timeZone, plainTime });
  return { week: monday.subtract({ days: 7 }).toString(), at: chosen.epochMilliseconds };
}

/** A digest of the end of a week may still be sent for so long after the next week has begun: jobs run every few minutes, or were down. */
const graceMs = 3 * dayMs;

/**
 * Returns the first day of the week whose digest is due to a user and was not sent; undefined when none is. A new subscriber receives the
 * first one at the next due time. @param sentFor first day of the week that was sent last
 */
export function dueWeek(
  settings: Chosen,
  { sentFor, since, now }: { sentFor: string | null; since: number; now: number },
): string | undefined {
  const current = turnOf(settings, now);
  const { week, at } = now < current.at ? turnOf(settings, now - 7 * dayMs) : current;
  if (now < at || at < since || (now < current.at && now - at > graceMs)) return undefined;
  return sentFor !== null && sentFor >= week ? undefined : week;
}

/** Returns the time of the next digest, in milliseconds since 1970. */
export function nextMoment(settings: Chosen, now: number): number {
  const { at } = turnOf(settings, now);
  // Because of clock changes, a week is not always 168 hours.
  return at > now ? at : turnOf(settings, now + 7 * dayMs).at;
}
