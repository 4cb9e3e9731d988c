import { assignmentBucket } from "../rollout/assignment-bucket.ts";
import { type Fault, faultTimes, gameDayHeader } from "./contract.ts";

/** The fault of a running game day, as a gateway knows it. Times are on the clock of performance.now(). */
export interface ActiveFault {
  gameDayId: string;
  /** GD-7. */
  name: string;
  workspaceId: string;
  endpointId: string;
  fault: Fault;
  scope: "requests" | "header";
  /** Share of the requests that it affects in the end, 0 to 1. */
  share: number;
  startedAt: number;
  /** Time at which it ends, unless Postgres renews it before. */
  endsAt: number;
  /** Whether a process has carried out what only one process may. */
  isTaken: boolean;
}

/** A live request, as far as the choice depends on it. */
interface ArrivedRequest {
  /** Id that no other request has. */
  id: string;
  headers: Readonly<Record<string, unknown>> | undefined;
  /** Whether the caller may start game days, and so ask for a fault. */
  mayAsk(): boolean;
}

/** Returns the share of the requests that a fault affects now: it rises in steps, so that a fault that does more harm than expected does it to few. */
export function shareAt({ share, startedAt }: Pick<ActiveFault, "share" | "startedAt">, now: number): number {
  const step = Math.max(0, Math.floor((now - startedAt) / (faultTimes.stepSeconds * 1000)));
  return share * (faultTimes.steps[step] ?? 1);
}

/** Decides whether a fault affects a request. @param now on the clock of performance.now() */
export function affects(active: ActiveFault, request: ArrivedRequest, now: number): boolean {
  switch (active.fault.kind) {
    case "latency":
    case "errors":
    case "dropped-feature":
    case "shifted-input":
    case "stale-feature":
      if (active.scope === "header") return isAskedFor(active, request.headers?.[gameDayHeader]) && request.mayAsk();
      return assignmentBucket(active.gameDayId, request.id) < shareAt(active, now);
    // An engine that is away is away for every request.
    case "engine-away":
      return true;
    default:
      return false;
  }
}

function isAskedFor({ gameDayId, name }: ActiveFault, header: unknown): boolean {
  return header === gameDayId || (typeof header === "string" && header.toUpperCase() === name);
}

/** Returns the delay of one response in milliseconds. @param draw evenly distributed from 0 to 1 */
export function delayOf({ delayMs, jitterMs }: Extract<Fault, { kind: "latency" }>, draw: number): number {
  return Math.max(0, delayMs + jitterMs * (2 * draw - 1));
}
