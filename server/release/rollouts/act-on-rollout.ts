import { type Context, transact } from "#server/base/context.ts";
import { DomainError } from "#server/base/errors.ts";
import { once } from "#server/platform/idempotency/once.ts";
import type { PermissionName } from "#server/platform/permissions/permissions.ts";
import { permit } from "#server/platform/permissions/permit.ts";
import { ActOnRollout, type Rollout } from "../../serve/rollout/contract.ts";
import { databaseTime, evaluateEvidence } from "./evaluate-and-mark.ts";
import type { Evaluated } from "./evidence/evaluate.ts";
import { loadRollout } from "./load-rollout.ts";
import { findRollout, hasEnded, lockRollout, type StoredRollout } from "./rollout-rows.ts";
import { type Change, writeChange } from "./write-change.ts";

export interface Acting {
  rollout: StoredRollout;
  /** Evaluation of the current counts; undefined where it failed, which does not prevent a rollback. */
  seen: Evaluated | undefined;
  /** Milliseconds since 1970. */
  now: number;
}

export type Act = Pick<Change, "state" | "decisions"> & Partial<Pick<Change, "deploys">>;

/**
 * Applies a user's action to a rollout: locked against the worker and other users, rejected when the rollout has changed since it was
 * displayed, and recorded with the reason and the evidence of that moment.
 * @param act returns the result, or throws a DomainError where it cannot be done
 * @throws DomainError "not-found"; "conflict" when it has changed or has ended
 */
export async function actOnRollout(
  ctx: Context,
  name: PermissionName,
  input: ActOnRollout,
  idempotencyKey: string | undefined,
  act: (ctx: Context, acting: Acting) => Act | Promise<Act>,
): Promise<Rollout> {
  permit(ctx, name);
  const values = ActOnRollout.parse(input);
  const { rolloutId } = await once(ctx, name, idempotencyKey, values, (ctx) => change(ctx, values, act));
  return loadRollout(ctx, await findRollout(ctx, rolloutId));
}

async function change(
  ctx: Context,
  { rolloutId, reason, revision }: ActOnRollout,
  act: (ctx: Context, acting: Acting) => Act | Promise<Act>,
): Promise<{ rolloutId: string }> {
  await findRollout(ctx, rolloutId);
  await transact(ctx, async (ctx) => {
    const rollout = (await lockRollout(ctx, rolloutId, "wait")) as StoredRollout;
    refuseOver(rollout);
    if (revision !== undefined && revision !== rollout.revision) {
      throw new DomainError("conflict", "The rollout was changed by someone else. Reload it before you continue.");
    }
    const now = await databaseTime(ctx);
    const seen = await tried(() => evaluateEvidence(ctx, rollout));
    const { deploys = null, ...acted } = await act(ctx, { rollout, seen, now });
    const decisions = acted.decisions.map((decision) => ({ ...decision, reason }));
    await writeChange(ctx, rollout, { ...acted, decisions, deploys, now, evidence: seen?.evidence ?? null });
  });
  return { rolloutId };
}

function refuseOver(rollout: StoredRollout): void {
  if (!hasEnded(rollout)) return;
  const how = rollout.phase === "promoted" ? "The new version was promoted" : "It was rolled back";
  throw new DomainError("conflict", `This rollout has ended. ${how}; start a new one to try again.`);
}

async function tried(evaluate: () => Promise<Evaluated>): Promise<Evaluated | undefined> {
  try {
    return await evaluate();
  } catch {
    return undefined;
  }
}
