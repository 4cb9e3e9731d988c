import { Temporal } from "temporal-polyfill";
import { dayMs, hourMs, weekMs } from "#server/base/durations.ts";
import type { ScheduleLayer, Shift } from "./contract.ts";
import { instantOf, localTime } from "./local-time.ts";
import { merged, type Span, shared } from "./spans.ts";

const unitMs = { hour: hourMs, day: dayMs, week: weekMs } as const;

/**
 * Returns the shifts of a single layer in a time range, in order of time. Turns are counted in local time of the zone, so that a handover
 * at 09:00 stays there when clocks change; a local time that does not exist moves forward, and of an ambiguous one the first counts.
 */
export function layerShifts(layer: ScheduleLayer, timeZone: string, span: { from: Date; to: Date }): Shift[] {
  const window: Span = { from: span.from.getTime(), to: span.to.getTime() };
  const open = layer.hours.length === 0 ? [window] : openHours(layer.hours, timeZone, window);
  return turnsOf(layer, timeZone, window).flatMap(({ userId, ...turn }) =>
    open.flatMap((hours) => {
      const both = shared(turn, hours);
      if (!both) return [];
      return [{ userId, from: new Date(both.from), to: new Date(both.to), layer: layer.name, overrideId: null }];
    }),
  );
}

function turnsOf(layer: ScheduleLayer, timeZone: string, window: Span): (Span & { userId: string })[] {
  const { start, every, userIds } = layer;
  const first = Temporal.PlainDateTime.from(start);
  const lengthMs = unitMs[every.unit] * every.count;
  const sinceMs = first.until(localTime(window.from, timeZone), { largestUnit: "hour" }).total("millisecond");
  // One earlier than by the clock, since a change of clocks moves turns by an hour.
  let turn = Math.max(0, Math.floor(sinceMs / lengthMs) - 1);
  const startOf = (index: number) => instantOf(first.add({ [`${every.unit}s`]: index * every.count }), timeZone);
  const turns: (Span & { userId: string })[] = [];
  for (let from = startOf(turn); from < window.to; turn += 1) {
    const to = startOf(turn + 1);
    const inside = shared({ from, to }, window);
    if (inside) turns.push({ ...inside, userId: userIds[turn % userIds.length] as string });
    from = to;
  }
  return turns;
}

/** Returns the hours in which a layer applies, on every local day that the window touches. */
function openHours(hours: ScheduleLayer["hours"], timeZone: string, window: Span): Span[] {
  const spans: Span[] = [];
  const last = localTime(window.to, timeZone).toPlainDate();
  // From the day before: a span may end on the next day.
  let day = localTime(window.from, timeZone).toPlainDate().subtract({ days: 1 });
  for (; Temporal.PlainDate.compare(day, last) <= 0; day = day.add({ days: 1 })) {
    for (const { weekdays, from, to } of hours) {
      if (weekdays.length > 0 && !weekdays.includes(day.dayOfWeek % 7)) continue;
      const end = to > from ? day : day.add({ days: 1 });
      const span = {
        from: instantOf(day.toPlainDateTime(Temporal.PlainTime.from(from)), timeZone),
        to: instantOf(end.toPlainDateTime(Temporal.PlainTime.from(to)), timeZone),
      };
      const inside = shared(span, window);
      if (inside) spans.push(inside);
    }
  }
  return merged(spans);
}
