import { createHash } from "node:crypto";
import { and, eq, lt } from "drizzle-orm";
import { z } from "zod";
import { idempotencyRecords } from "#db/schema/index.ts";
import { type Context, transact } from "#server/base/context.ts";
import { dayMs } from "#server/base/durations.ts";
import { DomainError } from "#server/base/errors.ts";

/** As in the draft of the header Idempotency-Key: https://datatracker.ietf.org/doc/draft-ietf-httpapi-idempotency-key-header/ */
const IdempotencyKey = z
  .string()
  .regex(/^[\x21-\x7e]{1,255}$/, "An Idempotency-Key must have 1 to 255 visible ASCII characters, for example a UUID.");

const keepDays = 7;
const { command: commandColumn, key: keyColumn, workspaceId: workspaceColumn } = idempotencyRecords;

/**
 * Runs `work` once for a key of a caller: for a repeated request with the same key, it returns the first response unchanged. Response and change are
 * committed together, so that no crash can separate them, and a second caller waits for the first. Call it after `permit`.
 * @param key undefined if the caller sent none: then `work` simply runs.
 * @throws DomainError "conflict" if the key was used with another request.
 */
export async function once<Result>(
  ctx: Context,
  command: string,
  key: string | undefined,
  request: unknown,
  work: (ctx: Context) => Promise<Result>,
): Promise<Result> {
  if (key === undefined) return work(ctx);
  // Two people, or two tokens, who choose the same key mean different requests.
  const ownKey = `${ctx.actor.kind}/${ctx.actor.id}/${IdempotencyKey.parse(key)}`;
  const ofKey = and(eq(workspaceColumn, ctx.actor.workspaceId), eq(commandColumn, command), eq(keyColumn, ownKey));
  const requestHash = createHash("sha256").update(JSON.stringify(request)).digest("hex");
  return transact(ctx, async (ctx) => {
    const now = Date.now();
    await ctx.db.delete(idempotencyRecords).where(and(ofKey, lt(idempotencyRecords.expiresAt, new Date(now))));
    const expiresAt = new Date(now + keepDays * dayMs);
    const [claimed] = await ctx.db
      .insert(idempotencyRecords)
      .values({ workspaceId: ctx.actor.workspaceId, command, key: ownKey, requestHash, expiresAt })
      .onConflictDoNothing()
      .returning({ key: keyColumn });
    if (claimed) {
      const result = await work(ctx);
      await ctx.db
        .update(idempotencyRecords)
        .set({ answer: JSON.stringify(result) })
        .where(ofKey);
      return result;
    }
    const [first] = await ctx.db.select().from(idempotencyRecords).where(ofKey);
    if (first?.requestHash !== requestHash || first.answer === null) {
      const message = "This Idempotency-Key was already used for a different request. Use a new key for a new request.";
      throw new DomainError("conflict", message);
    }
    return JSON.parse(first.answer) as Result;
  });
}
