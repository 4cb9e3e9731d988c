import { beginsWithHours } from "./days.ts";

/** Describes how a zone with a half-hour offset affects hourly UTC counts; "" when it does not. @param now milliseconds since 1970 */
export function describeEdge(timeZone: string, now: number): string {
  if (beginsWithHours(timeZone, now)) return "";
  return `Usage and labels are counted in UTC hours: in ${timeZone}, the hour around midnight belongs to the day in which it starts.`;
}
