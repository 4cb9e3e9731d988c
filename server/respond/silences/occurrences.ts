import { RRuleTemporal } from "rrule-temporal";
import { Temporal } from "temporal-polyfill";
import { DomainError } from "#server/base/errors.ts";

const parts: Record<string, RegExp> = {
  FREQ: /^(DAILY|WEEKLY|MONTHLY)$/,
  INTERVAL: /^[1-9]\d{0,2}$/,
  BYDAY: /^([+-]?[1-5])?(MO|TU|WE|TH|FR|SA|SU)(,([+-]?[1-5])?(MO|TU|WE|TH|FR|SA|SU))*$/,
  BYMONTHDAY: /^-?([1-9]|[12]\d|3[01])(,-?([1-9]|[12]\d|3[01]))*$/,
  COUNT: /^[1-9]\d{0,4}$/,
  UNTIL: /^\d{8}(T\d{6}Z?)?$/,
};

/** Returns an RFC 5545 rule in capitals. @throws DomainError "invalid" outside the subset of docs/spec/alerting.md section 14 */
export function checkRecurrenceRule(rule: string): string {
  const refuse = (what: string) => {
    const example = "Example: FREQ=WEEKLY;BYDAY=SU.";
    return new DomainError("invalid", `Invalid recurrence rule: ${what}. ${example}`, { field: "rule" });
  };
  const given = rule
    .trim()
    .toUpperCase()
    .replace(/^RRULE:/, "");
  const names = new Set<string>();
  for (const part of given.split(";")) {
    const [name = "", value = ""] = part.split("=");
    const pattern = parts[name];
    if (!pattern) throw refuse(`${name || "an empty part"} is not one of ${Object.keys(parts).join(", ")}`);
    if (!pattern.test(value)) throw refuse(`${value || "an empty value"} is not a valid ${name}`);
    if (names.has(name)) throw refuse(`duplicate ${name}`);
    names.add(name);
  }
  if (!names.has("FREQ")) throw refuse("missing FREQ");
  if (names.has("COUNT") && names.has("UNTIL")) throw refuse("COUNT and UNTIL cannot be combined");
  const hasNumberedDay = given.split(";").some((part) => part.startsWith("BYDAY=") && /\d/.test(part));
  if (hasNumberedDay && !given.includes("FREQ=MONTHLY")) throw refuse("a day such as 2SU requires FREQ=MONTHLY");
  return given;
}

export interface Recurrence {
  rule: string;
  /** First start, milliseconds since 1970. */
  startsAt: number;
  timeZone: string;
}

/**
 * Returns the starts of a recurrence in a time range, in its own time zone. A local time that daylight saving skips moves forward; of a
 * repeated one, the first is used (docs/spec/alerting.md section 14).
 * @returns milliseconds since 1970, ascending, at most 1,000
 */
export function occurrences({ rule, startsAt, timeZone }: Recurrence, span: { from: number; to: number }): number[] {
  const toLocal = (time: number) =>
    Temporal.Instant.fromEpochMilliseconds(time).toZonedDateTimeISO(timeZone).toPlainDateTime();
  // The library drops local times that do not exist, so the rule is expanded in UTC and converted to the time zone afterwards.
  const asUtc = (local: Temporal.PlainDateTime) => local.toZonedDateTime("UTC");
  const steady = new RRuleTemporal({
    rruleString: rule.replace(/UNTIL=([^;]+)/, (_, until: string) => `UNTIL=${localUntil(until, timeZone)}`),
    dtstart: asUtc(toLocal(startsAt)) as never,
  });
  // Time zones differ from UTC by at most a day.
  const margin = { hours: 26 };
  const found = steady.between(
    asUtc(toLocal(Math.max(span.from, startsAt))).subtract(margin) as never,
    asUtc(toLocal(span.to)).add(margin) as never,
    true,
  );
  return found
    .map(
      (start) =>
        Temporal.PlainDateTime.from(start.toPlainDateTime().toString()).toZonedDateTime(timeZone).epochMilliseconds,
    )
    .filter((start) => start >= Math.max(span.from, startsAt) && start < span.to)
    .slice(0, 1000);
}

/** Converts UNTIL to the local time of the time zone; a date without a time includes the complete day. */
function localUntil(until: string, timeZone: string): string {
  const [, year, month, day, clock = "T235959"] = /^(\d{4})(\d\d)(\d\d)(T\d{6})?/.exec(until) ?? [];
  if (!until.endsWith("Z")) return `${year}${month}${day}${clock}Z`;
  const iso = `${year}-${month}-${day}T${clock.slice(1, 3)}:${clock.slice(3, 5)}:${clock.slice(5, 7)}Z`;
  const local = Temporal.Instant.from(iso).toZonedDateTimeISO(timeZone).toPlainDateTime();
  return `${local.toString({ smallestUnit: "second" }).replaceAll(/[-:]/g, "")}Z`;
}
