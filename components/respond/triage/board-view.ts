import { incidentBoardPath, ticketPath } from "#server/alerting/alerts/constants.ts";
import { queueFilters } from "#server/respond/triage/constants.ts";
import type { QueueFilter } from "#server/respond/triage/contract.ts";

export interface BoardView {
  groupId?: string | undefined;
  incident?: number | undefined;
  filter: QueueFilter;
  minutes: number;
  /** End of the range in milliseconds since 1970; absent is now. */
  until?: number | undefined;
}

export const ranges = [
  { key: "1h", label: "1 h", minutes: 60 },
  { key: "2h", label: "2 h", minutes: 120 },
  { key: "6h", label: "6 h", minutes: 360 },
  { key: "24h", label: "24 h", minutes: 1440 },
  { key: "7d", label: "7 d", minutes: 10_080 },
] as const;
const usual = 120;

/**
 * Reads the view from an address of the board; invalid values are ignored. Addresses of earlier releases name the incident or the alert
 * group in the query.
 */
export function viewOf(path: string, query: { get: (name: string) => string | null }): BoardView {
  const groupId = /^[0-9a-f-]{36}$/.exec(query.get("ticket") ?? query.get("group") ?? "")?.[0];
  const incident = numberOf(path.split("/")[2]) ?? numberOf(query.get("incident"));
  const filter = queueFilters.find((each) => each === query.get("queue")) ?? "all";
  const minutes = ranges.find(({ key }) => key === query.get("range"))?.minutes ?? usual;
  const until = Number(query.get("until") ?? 0);
  return {
    ...(incident === undefined ? groupId && { groupId } : { incident }),
    filter,
    minutes,
    ...(Number.isFinite(until) && until > 0 && { until }),
  };
}

/** Returns the number of an incident as addresses write it, "INC-238"; undefined for another text. */
export function numberOf(text: string | null | undefined): number | undefined {
  const number = Number(/^(?:INC-)?([0-9]{1,9})$/i.exec(text ?? "")?.[1] ?? 0);
  return number > 0 ? number : undefined;
}

/** Whether an address is one of an earlier release, which named the incident or the alert group otherwise. */
export function isOldAddress(query: { get: (name: string) => string | null }): boolean {
  return query.get("incident") !== null || query.get("group") !== null;
}

/** Returns the address of a view. */
export function boardHref({ groupId, incident, filter, minutes, until }: Partial<BoardView>): string {
  const base = incident !== undefined ? incidentBoardPath(incident) : groupId ? ticketPath(groupId) : "/on-call";
  const query = new URLSearchParams();
  if (filter && filter !== "all") query.set("queue", filter);
  const range = ranges.find((each) => each.minutes === minutes);
  if (range && range.minutes !== usual) query.set("range", range.key);
  if (until !== undefined) query.set("until", String(until));
  if (query.size === 0) return base;
  return `${base}${base.includes("?") ? "&" : "?"}${query}`;
}

interface Named {
  id: string;
  groupId: string | null;
  incident: { number: number } | null;
}

/** Returns the URL parameters that identify a line. */
export function lineOf({ groupId, incident }: Named): Pick<BoardView, "groupId" | "incident"> {
  return incident
    ? { incident: incident.number, groupId: undefined }
    : { groupId: groupId ?? undefined, incident: undefined };
}

/** Returns whether a line is the one named in the URL. */
export function isNamed(row: Named, { groupId, incident }: Pick<BoardView, "groupId" | "incident">): boolean {
  if (incident !== undefined) return row.incident?.number === incident;
  return groupId !== undefined && (row.groupId === groupId || row.id === groupId);
}

/** Returns the end time after keys [ and ]: half a range back or forward; undefined is now. */
export function shifted(
  { minutes, until }: Pick<BoardView, "minutes" | "until">,
  step: -1 | 1,
  now: number,
): number | undefined {
  const next = (until ?? now) + step * minutes * 30_000;
  return next >= now ? undefined : Math.round(next / 60_000) * 60_000;
}

/**
 * Returns the lines in their new order, except that the focused one keeps its position, so that a key press never acts on another line.
 * @param before ids in the currently shown order
 */
export function keepInPlace<Row extends { id: string }>(
  before: readonly string[],
  rows: readonly Row[],
  focusId: string | undefined,
): Row[] {
  const focus = rows.find(({ id }) => id === focusId);
  const index = before.indexOf(focusId ?? "");
  if (!focus || index < 0) return [...rows];
  const rest = rows.filter((row) => row !== focus);
  return [...rest.slice(0, index), focus, ...rest.slice(index)];
}

/** Returns the line to select when the one at a position has disappeared: the one now at its position, or the last. */
export function nextAfter<Row extends { id: string }>(
  before: readonly string[],
  rows: readonly Row[],
  goneId: string,
): Row | undefined {
  const index = before.indexOf(goneId);
  return rows[Math.min(Math.max(0, index), rows.length - 1)];
}
