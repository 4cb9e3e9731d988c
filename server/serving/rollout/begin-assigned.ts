import type { ServedRollout } from "../router/served-rollout.ts";
import { Assigned } from "./assigned.ts";
import type { Choice } from "./choose-version.ts";
import type { EvidenceBook } from "./evidence-book.ts";
import type { AskedBy } from "./unit-key.ts";

/** What a request that goes to the chosen version counts for. @param startedAt on the clock of performance.now() */
export function beginAssigned(
  book: EvidenceBook,
  workspaceId: string,
  rollout: ServedRollout,
  { arm, isRandomised, unit }: Choice,
  { requestId, callerId, headers }: AskedBy,
  startedAt: number,
): Assigned {
  const ledger = book.of(workspaceId, rollout);
  const { step, weight } = rollout;
  // At a weight of 0 there is nothing to compare but shadow copies.
  if (!isRandomised || weight === 0) return new Assigned(rollout, arm, ledger, undefined);
  const assigned = new Assigned(rollout, arm, ledger, {
    ...{ arm, step, weight, unit, client: callerId, startedAt, endedAt: undefined, status: 0 },
    ...{ isInvalid: false, bin: undefined, cost: undefined, isExcluded: false, isOverdue: false },
  });
  // Made by us, it is new.
  if (headers?.["x-request-id"] === requestId) assigned.identify(requestId);
  return assigned;
}
