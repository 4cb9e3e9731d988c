import { fitRange, type ShownRange, shownRange } from "#components/serve/endpoints/fit-range.ts";
import { rangeParameters, resolveSince, timeRanges, withFixed } from "#components/serve/endpoints/time-range.ts";
import { incidentBoardPath, ticketPath } from "#server/alerting/alerts/constants.ts";
import { queueFilters } from "#server/respond/triage/constants.ts";
import type { QueueFilter } from "#server/respond/triage/contract.ts";

export interface BoardView {
  groupId?: string | undefined;
  incident?: number | undefined;
  filter: QueueFilter;
  /** Id of the team whose lines are shown. */
  team?: string | undefined;
  /** Parameters of the address that name the time range, as on the tabs of endpoints; empty for the usual one. */
  range: Record<string, string>;
}

type Query = { get: (name: string) => string | null };

/** Range of an address that names none. */
const usual = shownRange({ key: "1h", label: "1 h" });
/** Length of a range that an earlier release addressed by its end alone. */
const usualBeforeMs = 2 * 3_600_000;
/** The latest moment of a Date. */
const maxTime = 8.64e15;

/**
 * Reads the view from an address of the board; invalid values are ignored. Addresses of earlier releases name the incident or the alert
 * group in the query.
 */
export function viewOf(path: string, query: Query): BoardView {
  const groupId = idIn(query.get("ticket") ?? query.get("group"));
  const incident = numberOf(path.split("/")[2]) ?? numberOf(query.get("incident"));
  const filter = queueFilters.find((each) => each === query.get("queue")) ?? "all";
  const team = idIn(query.get("team"));
  const named = incident === undefined ? groupId && { groupId } : { incident };
  return { ...named, filter, ...(team && { team }), range: rangeIn(query) };
}

function idIn(text: string | null): string | undefined {
  return /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/.exec(text ?? "")?.[0];
}

/** Reads the parameters of the time range. Earlier releases named the end of a range and its length. */
function rangeIn(query: Query): BoardView["range"] {
  const until = Number(query.get("until") ?? 0);
  if (until > 0 && until <= maxTime) {
    const key = query.get("range") ?? "";
    const lengthMs = shownRange({ key, label: key }).lengthMs || usualBeforeMs;
    return Object.fromEntries(withFixed(new URLSearchParams(), { from: until - lengthMs, to: until }));
  }
  return Object.fromEntries(
    rangeParameters.flatMap((name) => {
      const value = query.get(name);
      return value === null ? [] : [[name, value]];
    }),
  );
}

/**
 * Returns the time range that a view shows: the one of its address, else one hour.
 * @param deployedAt start of "since the deployment", in milliseconds since 1970; undefined without an endpoint @param now milliseconds since 1970
 */
export function boardRange(
  { range }: Pick<BoardView, "range">,
  deployedAt: number | undefined,
  now: number,
): ShownRange {
  const search = resolveSince(range, deployedAt === undefined ? undefined : new Date(deployedAt), now);
  return fitRange(search, timeRanges, now) ?? usual;
}

/** Returns the range as `GET /api/v1/triage` takes it. The server resolves the time since the deployment of what is selected. */
export function triageRange(view: Pick<BoardView, "range">, now: number): GetTriageRange {
  const { lengthMs, fixed } = boardRange(view, undefined, now);
  return {
    minutes: Math.round(lengthMs / 60_000),
    ...(fixed && { until: new Date(fixed.to) }),
    ...(view.range.since === "deploy" && { since: "deploy" }),
  };
}

interface GetTriageRange {
  minutes: number;
  until?: Date;
  since?: "deploy";
}

/** Returns the number of an incident as addresses write it, "INC-238"; undefined for another text. */
export function numberOf(text: string | null | undefined): number | undefined {
  const number = Number(/^(?:INC-)?([0-9]{1,9})$/i.exec(text ?? "")?.[1] ?? 0);
  return number > 0 ? number : undefined;
}

/** Whether an address is one of an earlier release, which named the incident, the alert group or the time range otherwise. */
export function isOldAddress(query: Query): boolean {
  return ["incident", "group", "until"].some((name) => query.get(name) !== null);
}

/** Returns the address of a view. */
export function boardHref({ groupId, incident, filter, team, range = {} }: Partial<BoardView>): string {
  const base = incident !== undefined ? incidentBoardPath(incident) : groupId ? ticketPath(groupId) : "/on-call";
  const query = new URLSearchParams();
  if (filter && filter !== "all") query.set("queue", filter);
  if (team) query.set("team", team);
  for (const [name, value] of Object.entries(range)) query.set(name, value);
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
