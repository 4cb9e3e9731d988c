import { hourMs, minuteMs } from "#server/base/durations.ts";
import { reopenMs } from "../stages/constants.ts";

/** Time around the start and the detection of an incident in which an alert belongs to it. */
export const nearMs = 15 * minuteMs;
/** Age until which an open incident gets further pages of its endpoint. */
const freshMs = hourMs;

/** An incident to which an alert may belong. Times are milliseconds since 1970. */
export interface FoldCandidate {
  id: string;
  number: number;
  /** Open: triage, active or mitigated. */
  isOpen: boolean;
  createdAt: number;
  startedAt: number;
  detectedAt: number;
  /** Null while it is open. */
  resolvedAt: number | null;
  /** Whether it concerns the endpoint of the alert. */
  isOfEndpoint: boolean;
  /** Whether one of the two is a composite SLO, and the other is about an endpoint of its parts. */
  isOfComposite: boolean;
  /** Whether another alert of the SLO is a part of it. */
  isOfSlo: boolean;
  sharedCauses: readonly string[];
}

export interface FoldedAlert {
  severity: "page" | "ticket";
  /** When it was notified as a page, or began as a ticket. */
  at: number;
  /** Causes that other endpoints may share (server/respond/cause/shared-causes.ts). */
  sharedCauses: readonly string[];
}

export interface Fold {
  incident: Pick<FoldCandidate, "id" | "number" | "isOpen">;
  why: "endpoint" | "composite" | "cause";
  /** The cause that they share; null for another reason. */
  causeKey: string | null;
}

/**
 * Decides of which incident an alert without one is a part (docs/spec/alerting.md section 19): of its endpoint's, of that of a composite SLO
 * and one of its parts, or else of an open one with the same cause. The newest of several. Null for none.
 */
export function decideFold(alert: FoldedAlert, candidates: readonly FoldCandidate[]): Fold | null {
  const newest = candidates.toSorted((one, other) => other.number - one.number);
  const timely = newest.filter((each) => isTimely(alert, each));
  const ofEndpoint = timely.find((each) => each.isOfEndpoint);
  if (ofEndpoint) return { incident: ofEndpoint, why: "endpoint", causeKey: null };
  const ofComposite = timely.find((each) => each.isOfComposite);
  if (ofComposite) return { incident: ofComposite, why: "composite", causeKey: null };
  for (const incident of newest) {
    if (!incident.isOpen || !isNear(alert, incident)) continue;
    const causeKey = incident.sharedCauses.find((key) => alert.sharedCauses.includes(key));
    if (causeKey !== undefined) return { incident, why: "cause", causeKey };
  }
  return null;
}

/** Whether an alert is in time for an incident of its own endpoint. */
function isTimely(alert: FoldedAlert, incident: FoldCandidate): boolean {
  const { at, severity } = alert;
  if (!incident.isOpen) {
    const { resolvedAt } = incident;
    // A ticket that was there when somebody resolved it is nothing new. A page may have been on its way.
    return resolvedAt !== null && (severity === "page" || at >= resolvedAt) && at - resolvedAt <= reopenMs;
  }
  if (severity === "page") return at - incident.createdAt <= freshMs;
  return isNear(alert, incident) || (incident.isOfSlo && at >= incident.startedAt - nearMs);
}

function isNear({ at }: FoldedAlert, { startedAt, detectedAt }: FoldCandidate): boolean {
  return at >= startedAt - nearMs && at <= detectedAt + nearMs;
}
