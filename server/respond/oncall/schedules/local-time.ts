import { Temporal } from "temporal-polyfill";

/** Returns the local time of a zone at a moment. */
export function localTime(at: number, timeZone: string): Temporal.PlainDateTime {
  return Temporal.Instant.fromEpochMilliseconds(at).toZonedDateTimeISO(timeZone).toPlainDateTime();
}

/** Returns the moment of a zone's local time: one that does not exist moves forward, of an ambiguous one the first counts. */
export function instantOf(local: Temporal.PlainDateTime, timeZone: string): number {
  return local.toZonedDateTime(timeZone, { disambiguation: "compatible" }).epochMilliseconds;
}

/** Converts a local time of a form, "2026-05-04T09:00", to a moment; returns undefined for invalid input. */
export function momentOf(local: string, timeZone: string): Date | undefined {
  try {
    return new Date(instantOf(Temporal.PlainDateTime.from(local, { overflow: "reject" }), timeZone));
  } catch (error) {
    if (error instanceof RangeError) return undefined;
    throw error;
  }
}

/** Midnights of a zone in a span, from inclusive. */
export function localDays({ from, to }: { from: Date; to: Date }, timeZone: string): Date[] {
  const days: Date[] = [];
  for (let day = localTime(from.getTime(), timeZone).toPlainDate(); ; day = day.add({ days: 1 })) {
    const at = instantOf(day.toPlainDateTime(), timeZone);
    if (at >= to.getTime()) return days;
    if (at >= from.getTime()) days.push(new Date(at));
  }
}

/** Returns the midnight at which a local day, "2026-05-04", or the local day of a moment started. */
export function midnightOf(day: string | Date, timeZone: string): Date | undefined {
  if (typeof day === "string") return momentOf(`${day}T00:00`, timeZone);
  return new Date(instantOf(localTime(day.getTime(), timeZone).toPlainDate().toPlainDateTime(), timeZone));
}
