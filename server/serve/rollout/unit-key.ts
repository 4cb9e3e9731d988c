import type { AssignmentUnit } from "#server/serve/rollout/plan/contract.ts";

/** What a request tells of who sends it. */
export interface RequestedBy {
  requestId: string;
  /** Token or person. */
  callerId: string;
  /** Undefined of what did not come by HTTP just now. */
  headers: Readonly<Record<string, unknown>> | undefined;
}

/** The key by which a request is assigned. One without the header of the plan is a unit of its own. */
export function unitKey(unit: AssignmentUnit, { requestId, callerId, headers }: RequestedBy): string {
  if (unit.kind === "request") return requestId;
  if (unit.kind === "token") return callerId;
  const value = headers?.[unit.header];
  return typeof value === "string" && value !== "" ? value : requestId;
}
