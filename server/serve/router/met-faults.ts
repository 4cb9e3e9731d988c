import { DomainError } from "#server/base/errors.ts";
import type { ActiveFault } from "../faults/active-fault.ts";
import type { OpenedModel } from "../pool/open-model.ts";
import type { RequestLease } from "./request-lease.ts";

/**
 * Refuses a request that an engine elsewhere would run while a game day takes the engine away, as its open circuit would.
 * @throws DomainError "unavailable"
 */
export function requireEngine({ pool }: Pick<OpenedModel, "pool">, lease: RequestLease): void {
  const { fault } = lease;
  const { engine } = pool.state;
  if (fault?.fault.kind !== "engine-away" || !engine) return;
  lease.isAffected = true;
  const why = `The engine ${engine.name} is unreachable on purpose, by game day ${fault.name}.`;
  throw new DomainError("unavailable", why, { retryAfterSeconds: 1 });
}

/** Returns the feature view whose rows a game day makes appear older; undefined for other faults. */
export function staleView({ fault }: Pick<ActiveFault, "fault">): { view: string; byUs: number } | undefined {
  return fault.kind === "stale-feature" ? { view: fault.view, byUs: fault.ageSeconds * 1_000_000 } : undefined;
}
