import { beginsWithHours } from "./days.ts";

/** What days of a zone that is half an hour off do to what is counted by hours of UTC; "" where they do nothing. @param now milliseconds since 1970 */
export function describeEdge(timeZone: string, now: number): string {
  if (beginsWithHours(timeZone, now)) return "";
  return `Usage and labels are counted in UTC hours: in ${timeZone}, the hour around midnight belongs to the day in which it starts.`;
}
