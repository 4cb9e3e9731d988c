import type { IncidentSeverity, IncidentState } from "../contract.ts";
import { isRaised } from "../states/decide-move.ts";
import type { Merger } from "./contract.ts";

type Shape = Merger["before"];

/** Severity of a page until someone who has investigated changes it: part of the users. */
export const pageSeverity: IncidentSeverity = "SEV2";

type Times = "startedAt" | "detectedAt" | "pagedAt" | "acknowledgedAt" | "mitigatedAt";
interface Shaped extends Record<Times, Date | null> {
  state: IncidentState;
  severity: IncidentSeverity;
  startedAt: Date;
  detectedAt: Date;
  endpointId: string | null;
}

/** Returns what a merge changes and splitting undoes. */
export function shapeOf({ severity, endpointId, state, ...times }: Shaped): Shape {
  return {
    severity,
    endpointId,
    state,
    startedAt: times.startedAt.getTime(),
    detectedAt: times.detectedAt.getTime(),
    pagedAt: times.pagedAt?.getTime() ?? null,
    acknowledgedAt: times.acknowledgedAt?.getTime() ?? null,
    mitigatedAt: times.mitigatedAt?.getTime() ?? null,
  };
}

/** An incident that stays merged. Times are milliseconds since 1970. */
export interface RestPart {
  severity: IncidentSeverity;
  /** State before it was merged. */
  state: IncidentState;
  startedAt: number;
  detectedAt: number;
  pagedAt: number | null;
  acknowledgedAt: number | null;
  endpointId: string | null;
}

/** What an incident keeps when another one is split off it. Times are milliseconds since 1970. */
export interface Rest {
  /** Incidents that were merged into it after the one that is split off. */
  later: readonly RestPart[];
  /** Endpoints of its alerts and of all incidents that stay merged. */
  endpointIds: ReadonlySet<string>;
  /** Whether a page joined it since, or with the other incident. */
  hasNewPage: boolean;
  /** When alerts began, and were detected, that came with the other incident and stay. */
  started: readonly { startedAt: number; detectedAt: number }[];
  /** When the first of its alerts was acknowledged since; null if none was. */
  acknowledgedAt: number | null;
  /** Whether it entered another state since. */
  isMoved: boolean;
}

/**
 * Returns what an incident is without one that was merged into it: each fact as it was before, unless it was changed since, but no less than
 * what stays says. It is as severe as the worst incident that was merged later, and SEV2 with a page that joined it since.
 * @param now what it is at present
 */
export function undoMerge({ before, after }: Pick<Merger, "before" | "after">, now: Shape, rest: Rest): Shape {
  const isUndone = (name: keyof Shape) => now[name] === after[name] && before[name] !== after[name];
  const { later } = rest;
  const next = { ...now };
  if (isUndone("severity")) {
    const least = [...later.map(({ severity }) => severity), ...(rest.hasNewPage ? [pageSeverity] : [])];
    next.severity = least.reduce((worst, each) => (isRaised(worst, each) ? each : worst), before.severity);
  }
  const since = [...later, ...rest.started];
  if (isUndone("startedAt")) next.startedAt = Math.min(before.startedAt, ...since.map(({ startedAt }) => startedAt));
  if (isUndone("detectedAt"))
    next.detectedAt = Math.min(before.detectedAt, ...since.map(({ detectedAt }) => detectedAt));
  if (isUndone("endpointId") && !(now.endpointId && rest.endpointIds.has(now.endpointId))) {
    next.endpointId = before.endpointId ?? later.find(({ endpointId }) => endpointId !== null)?.endpointId ?? null;
  }
  if (isUndone("pagedAt")) next.pagedAt = earliest([before.pagedAt, ...later.map(({ pagedAt }) => pagedAt)]);
  if (rest.isMoved) return next;
  if (isUndone("state") && before.state && !staysActive(before.state, rest)) {
    next.state = before.state;
    if (before.state === "mitigated") next.mitigatedAt = before.mitigatedAt ?? now.startedAt;
  }
  if (isUndone("acknowledgedAt")) {
    const confirmed = later.filter(({ state }) => state === "active" || next.state !== "triage");
    const times = confirmed.map(({ acknowledgedAt }) => acknowledgedAt);
    next.acknowledgedAt = earliest([before.acknowledgedAt, rest.acknowledgedAt, ...times]);
  }
  return next;
}

/** Whether something that stays makes an incident active too: an acknowledgement in triage, a failure once it was mitigated. */
function staysActive(before: IncidentState, { later, acknowledgedAt, hasNewPage }: Rest): boolean {
  if (later.some(({ state }) => state === "active")) return true;
  if (before === "triage") return acknowledgedAt !== null;
  return hasNewPage || later.some(({ state }) => state === "triage");
}

/**
 * Returns what a later merge changed, once an earlier one is undone: what it found is no longer the earlier one's, so that undoing it too
 * leads back to what was before both.
 * @param now the incident into which both were merged @param next that incident after undoing the earlier one
 */
export function rebaseMerge(
  later: Pick<Merger, "before" | "after">,
  earlier: Pick<Merger, "before" | "after">,
  now: Shape,
  next: Shape,
): Pick<Merger, "before" | "after"> {
  const [before, after] = [{ ...later.before }, { ...later.after }];
  for (const name of Object.keys(next) as (keyof Shape)[]) {
    const isPassedOn = earlier.before[name] !== earlier.after[name] && later.before[name] === earlier.after[name];
    if (!isPassedOn) continue;
    copy(earlier.before, before, name);
    if (later.after[name] === now[name]) copy(next, after, name);
  }
  return { before, after };
}

function copy<Name extends keyof Shape>(from: Shape, to: Shape, name: Name): void {
  to[name] = from[name];
}

/** Returns the columns of what differs. */
export function changedColumns(now: Shape, next: Shape): Partial<Shaped> {
  const date = (time: number | null | undefined) => (typeof time === "number" ? new Date(time) : null);
  const isChanged = (name: keyof Shape) => now[name] !== next[name];
  return {
    ...(isChanged("severity") && { severity: next.severity }),
    ...(isChanged("endpointId") && { endpointId: next.endpointId }),
    ...(isChanged("state") && next.state && { state: next.state }),
    ...(isChanged("startedAt") && { startedAt: new Date(next.startedAt) }),
    ...(isChanged("detectedAt") && { detectedAt: new Date(next.detectedAt) }),
    ...(isChanged("pagedAt") && { pagedAt: date(next.pagedAt) }),
    ...(isChanged("acknowledgedAt") && { acknowledgedAt: date(next.acknowledgedAt) }),
    ...(isChanged("mitigatedAt") && { mitigatedAt: date(next.mitigatedAt) }),
  };
}

/** Returns the earliest of the times that are known; null if none is. */
function earliest(times: readonly (number | null | undefined)[]): number | null {
  const known = times.filter((time) => typeof time === "number");
  return known.length === 0 ? null : Math.min(...known);
}
