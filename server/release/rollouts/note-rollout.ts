import type { Context } from "#server/base/context.ts";
import { transact } from "#server/base/context.ts";
import { once } from "#server/platform/idempotency/once.ts";
import { permit } from "#server/platform/permissions/permit.ts";
import { ActOnRollout, type Rollout } from "../../serve/rollout/contract.ts";
import { databaseTime, evaluateEvidence } from "./evaluate-and-mark.ts";
import { loadRollout } from "./load-rollout.ts";
import { findRollout, lockRollout, type StoredRollout } from "./rollout-rows.ts";
import { writeChange } from "./write-change.ts";

/** Writes a person's words into the decision log, also of a rollout that is over; nothing else changes. @throws DomainError "not-found" */
export async function noteRollout(ctx: Context, input: ActOnRollout, idempotencyKey?: string): Promise<Rollout> {
  permit(ctx, "noteRollout");
  const values = ActOnRollout.parse(input);
  await once(ctx, "noteRollout", idempotencyKey, values, (ctx) => note(ctx, values));
  return loadRollout(ctx, await findRollout(ctx, values.rolloutId));
}

async function note(ctx: Context, { rolloutId, reason }: ActOnRollout): Promise<null> {
  await findRollout(ctx, rolloutId);
  await transact(ctx, async (ctx) => {
    const rollout = (await lockRollout(ctx, rolloutId, "wait")) as StoredRollout;
    const { evidence } = await evaluateEvidence(ctx, rollout);
    const decision = { kind: "note" as const, code: "note", words: reason };
    const change = { state: rollout.state, deploys: null, decisions: [{ ...decision, reason }], evidence };
    await writeChange(ctx, rollout, { ...change, now: await databaseTime(ctx) });
  });
  return null;
}
