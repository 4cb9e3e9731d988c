import type { AssignmentUnit } from "#server/serve/rollout/plan/contract.ts";

/** Data in a request that identifies its sender. */
export interface RequestedBy {
  requestId: string;
  /** Token or person. */
  callerId: string;
  /** Undefined of what did not come by HTTP just now. */
  headers: Readonly<Record<string, unknown>> | undefined;
}

/** Returns the key by which a request is assigned. A request without the plan's header is a separate unit. */
export function unitKey(unit: AssignmentUnit, { requestId, callerId, headers }: RequestedBy): string {
  if (unit.kind === "request") return requestId;
  if (unit.kind === "token") return callerId;
  const value = headers?.[unit.header];
  return typeof value === "string" && value !== "" ? value : requestId;
}
