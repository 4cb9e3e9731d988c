import type { GateLine } from "../../develop/registry/gates/contract.ts";
import { isClear } from "../../develop/registry/gates/gate-status.ts";
import type { RequestState } from "./contract.ts";

export interface RequestFacts {
  decision: "approved" | "rejected" | "withdrawn" | undefined;
  isVersionGone: boolean;
  lines: readonly GateLine[];
}

/** Derives the state of a request from its decision and the current evidence. The state is not stored. */
export function requestState({ decision, isVersionGone, lines }: RequestFacts): RequestState {
  if (decision) return decision;
  if (isVersionGone) return "void";
  if (lines.some(({ standing: status }) => status === "stale" || status === "not-run")) return "checking";
  return isClear(lines) ? "ready" : "held";
}

/** Describes what a request waits for. */
export function describeState(state: RequestState, lines: readonly GateLine[]): string {
  const inTheWay = lines.filter(({ standing: status }) => status === "failed" || status === "pending");
  const isStale = lines.some(({ standing: status }) => status === "stale");
  const words: Record<RequestState, string> = {
    checking: isStale ? "Rerunning gates because the champion or the policy changed" : "Gates are running",
    held: `Blocked by ${inTheWay.map(({ title }) => title).join(", ")}`,
    ready: "Awaiting approval by someone other than the requester",
    approved: "Approved",
    rejected: "Rejected",
    withdrawn: "Withdrawn",
    void: "Its version was deleted",
  };
  return words[state];
}

export type Verb = "approve" | "reject" | "withdraw";

const from: Record<Verb, readonly RequestState[]> = {
  approve: ["ready"],
  reject: ["checking", "held", "ready"],
  withdraw: ["checking", "held", "ready", "void"],
};

interface Decider {
  isAuthor: boolean;
}

/**
 * Returns why the caller may not act on a request now; undefined when they may.
 * @returns "forbidden" because of the caller, "conflict" because of the request's state.
 */
export function refusal(
  verb: Verb,
  state: RequestState,
  { isAuthor }: Decider,
): { code: "forbidden" | "conflict"; message: string } | undefined {
  if (verb === "withdraw" && !isAuthor) {
    return { code: "forbidden", message: "Only the requester can withdraw a request. Reject it instead." };
  }
  if (verb !== "withdraw" && isAuthor) {
    return {
      code: "forbidden",
      message: `You created this request, so someone else must ${verb} it. You can withdraw it.`,
    };
  }
  if (from[verb].includes(state)) return undefined;
  return { code: "conflict", message: notFrom[state] };
}

const notFrom: Record<RequestState, string> = {
  checking: "Not all gates have been run against the current champion yet. Try again when they have.",
  held: "A gate blocks this request. Waive the gate with a reason, or reject the request.",
  ready: "Awaiting approval.",
  approved: "Already approved.",
  rejected: "Already rejected.",
  withdrawn: "Already withdrawn.",
  void: "Its version was deleted.",
};
