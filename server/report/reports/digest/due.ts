import { Temporal } from "temporal-polyfill";
import { dayMs } from "#server/base/durations.ts";
import type { DigestSettings } from "./contract.ts";

interface Turn {
  /** First day of the week that is told. */
  week: string;
  /** Milliseconds since 1970. */
  at: number;
}

/** A time of the week, in the zone of the workspace. */
export interface Chosen extends DigestSettings {
  timeZone: string;
}

/** The turn of the week that holds `now`: the week before it, at the time that was chosen, by the calendar of the workspace. */
function turnOf({ timeZone, weekday, at }: Chosen, now: number): Turn {
  const local = Temporal.Instant.fromEpochMilliseconds(Math.floor(now)).toZonedDateTimeISO(timeZone);
  const monday = local.toPlainDate().subtract({ days: local.dayOfWeek - 1 });
  const plainTime = Temporal.PlainTime.from(at);
  const chosen = monday.add({ days: weekday - 1 }).toZonedDateTime({ timeZone, plainTime });
  return { week: monday.subtract({ days: 7 }).toString(), at: chosen.epochMilliseconds };
}

/**
 * First day of the week whose digest is due to a person and was not sent; undefined when none is. Whoever subscribes after a turn gets
 * the first one at the next. @param sentFor first day of the week that was sent last
 */
export function dueWeek(
  settings: Chosen,
  { sentFor, since, now }: { sentFor: string | null; since: number; now: number },
): string | undefined {
  const { week, at } = turnOf(settings, now);
  if (now < at || at < since) return undefined;
  return sentFor !== null && sentFor >= week ? undefined : week;
}

/** When the next digest is sent, in milliseconds since 1970. */
export function nextMoment(settings: Chosen, now: number): number {
  const { at } = turnOf(settings, now);
  // Clocks may have been set meanwhile, so that a week is not always 168 hours.
  return at > now ? at : turnOf(settings, now + 7 * dayMs).at;
}
