import type { Actor } from "#server/base/context.ts";
import type { Arrival } from "../tracing/tracing.ts";
import type { AddressedVersion } from "./addressed-version.ts";
import { Attempt } from "./attempt.ts";
import type { AttemptTools } from "./attempt-parts.ts";
import { CascadedAttempt } from "./cascaded-attempt.ts";
import type { RequestLease } from "./request-lease.ts";
import { chooseVersion } from "./rollout/choose-version.ts";
import { startAssigned } from "./rollout/start-assigned.ts";
import type { RunningRequest } from "./running-request.ts";

/**
 * Starts a request on the target of its address: the endpoint's cascade, one of the two versions of its rollout, or a single version
 * if there is neither, if the address has a number, and for a load test.
 */
export function startRequest(
  addressed: AddressedVersion,
  number: string | undefined,
  lease: RequestLease,
  { id: callerId, name }: Actor,
  tools: AttemptTools,
  arrival: Arrival | undefined,
): RunningRequest {
  const from = { lease, caller: name };
  const isLoadTest = lease.kind === "load-test";
  const { next, route } = addressed.endpoint;
  if (next && number === undefined && !isLoadTest) return new CascadedAttempt(addressed, next, from, tools, arrival);
  const { rollout, workspaceId } = route;
  if (!rollout || isLoadTest) return new Attempt(addressed, from, tools, { arrival });
  const startedAt = performance.now();
  const request = {
    requestId: lease.id,
    callerId,
    headers: arrival?.headers,
    isPinned: number !== undefined,
    isConfirmed: tools.confirmsRollouts,
  };
  const choice = chooseVersion(addressed, rollout, request);
  const { endpoint } = addressed;
  const ledger = tools.evidence.of(workspaceId, rollout);
  const assigned = startAssigned(ledger, rollout, choice, endpoint, request, startedAt);
  return new Attempt({ endpoint, version: choice.version }, from, tools, { arrival, startedAt, assigned });
}
