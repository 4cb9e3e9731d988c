import { Temporal } from "temporal-polyfill";

/** What clocks of a zone show at a moment. */
export function localTime(at: number, timeZone: string): Temporal.PlainDateTime {
  return Temporal.Instant.fromEpochMilliseconds(at).toZonedDateTimeISO(timeZone).toPlainDateTime();
}

/** When clocks of a zone show a time: one that does not exist moves forward, of one that is there twice the first. */
export function instantOf(local: Temporal.PlainDateTime, timeZone: string): number {
  return local.toZonedDateTime(timeZone, { disambiguation: "compatible" }).epochMilliseconds;
}

/** The moment of a local time as forms write it, "2026-05-04T09:00"; undefined for what is none. */
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

/** The midnight with which a local day began, "2026-05-04", or that of a moment. */
export function midnightOf(day: string | Date, timeZone: string): Date | undefined {
  if (typeof day === "string") return momentOf(`${day}T00:00`, timeZone);
  return new Date(instantOf(localTime(day.getTime(), timeZone).toPlainDate().toPlainDateTime(), timeZone));
}
