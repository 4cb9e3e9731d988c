import { Temporal } from "temporal-polyfill";
import { dayMs } from "#server/durations.ts";
import { spanOf } from "../periods.ts";
import type { DigestSettings } from "./contract.ts";

interface Turn {
  /** First day of the week that is told. */
  week: string;
  /** Milliseconds since 1970. */
  at: number;
}

/**
 * The turn of the week that holds `now`: the week before it by the person's calendar, at the time that was chosen, but not before that
 * week is over in the zone of the reports, which lies after a Monday morning in the far east.
 */
function turnOf({ timeZone, weekday, at }: DigestSettings, now: number): Turn {
  const local = Temporal.Instant.fromEpochMilliseconds(Math.floor(now)).toZonedDateTimeISO(timeZone);
  const monday = local.toPlainDate().subtract({ days: local.dayOfWeek - 1 });
  const week = monday.subtract({ days: 7 }).toString();
  const plainTime = Temporal.PlainTime.from(at);
  const chosen = monday.add({ days: weekday - 1 }).toZonedDateTime({ timeZone, plainTime }).epochMilliseconds;
  return { week, at: Math.max(chosen, spanOf({ period: "week", start: week }).to) };
}

/**
 * First day of the week whose digest is due to a person and was not sent; undefined when none is. Whoever subscribes after a turn gets
 * the first one at the next. @param sentFor first day of the week that was sent last
 */
export function dueWeek(
  settings: DigestSettings,
  { sentFor, since, now }: { sentFor: string | null; since: number; now: number },
): string | undefined {
  const { week, at } = turnOf(settings, now);
  if (now < at || at < since) return undefined;
  return sentFor !== null && sentFor >= week ? undefined : week;
}

/** When the next digest is sent, in milliseconds since 1970. */
export function nextMoment(settings: DigestSettings, now: number): number {
  const { at } = turnOf(settings, now);
  return at > now ? at : turnOf(settings, now + 7 * dayMs).at;
}
