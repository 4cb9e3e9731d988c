import type { Actor } from "#server/base/context.ts";
import type { Arrival } from "../tracing/tracing.ts";
import type { AddressedVersion } from "./addressed-version.ts";
import { Attempt } from "./attempt.ts";
import type { AttemptTools } from "./attempt-parts.ts";
import { CascadedAttempt } from "./cascaded-attempt.ts";
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
  requestId: string,
  { id: callerId, name, loadTest }: Actor,
  tools: AttemptTools,
  arrival: Arrival | undefined,
): RunningRequest {
  const from = { requestId, caller: name };
  const { next, route } = addressed.endpoint;
  if (next && number === undefined && !loadTest) return new CascadedAttempt(addressed, next, from, tools, arrival);
  const { rollout, workspaceId } = route;
  if (!rollout || loadTest) return new Attempt(addressed, from, tools, { isLoadTest: loadTest !== undefined, arrival });
  const startedAt = performance.now();
  const request = { requestId, callerId, headers: arrival?.headers };
  const choice = chooseVersion(addressed, rollout, number !== undefined, request);
  const { endpoint } = addressed;
  const ledger = tools.evidence.of(workspaceId, rollout);
  const assigned = startAssigned(ledger, rollout, choice, endpoint.other, request, startedAt);
  return new Attempt({ endpoint, version: choice.version }, from, tools, { arrival, startedAt, assigned });
}
