import { type NotificationTimes, reportedAt } from "./reported-at.ts";

const happenedAt = { header: "leeway-event-at", parameter: "event_at" };
/** Years that Postgres and dates have no trouble with. */
const [earliest, latest] = [Date.parse("1900-01-01T00:00:00Z"), Date.parse("2200-01-01T00:00:00Z")];

/** Reads the time of a request's event from the header, or else the parameter: ISO 8601 in UTC; null if the caller sent none. */
export function eventTime(reported: NotificationTimes): string | null {
  const at = reportedAt(reported, happenedAt);
  return at === undefined || at < earliest || at > latest ? null : new Date(at).toISOString();
}
