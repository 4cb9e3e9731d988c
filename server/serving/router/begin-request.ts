import type { Actor } from "#server/context.ts";
import type { Arrival } from "../tracing/tracing.ts";
import type { AddressedVersion } from "./addressed-version.ts";
import { Attempt } from "./attempt.ts";
import type { AttemptTools } from "./attempt-parts.ts";
import { CascadedAttempt } from "./cascaded-attempt.ts";
import type { RunningRequest } from "./running-request.ts";

/**
 * Begins a request on what its address means: the endpoint's cascade, or one version where there is none, where the address has a
 * number, and for a load test.
 */
export function beginRequest(
  addressed: AddressedVersion,
  number: string | undefined,
  requestId: string,
  { name, loadTest }: Actor,
  tools: AttemptTools,
  arrival: Arrival | undefined,
): RunningRequest {
  const from = { requestId, caller: name };
  const { next } = addressed.endpoint;
  if (next && number === undefined && !loadTest) return new CascadedAttempt(addressed, next, from, tools, arrival);
  return new Attempt(addressed, from, tools, { isLoadTest: loadTest !== undefined, arrival });
}
