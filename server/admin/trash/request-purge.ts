import { and, eq, isNull } from "drizzle-orm";
import { purges } from "#db/schema/index.ts";
import { type Context, transact } from "#server/base/context.ts";
import { DomainError } from "#server/base/errors.ts";
import { lockToDecide } from "#server/platform/artifacts/reference-lock.ts";
import { record } from "#server/platform/audit/record.ts";
import { publish } from "#server/platform/events/publish.ts";
import { enqueue } from "#server/platform/jobs/queue.ts";
import { permit } from "#server/platform/permissions/permit.ts";
import { type Purge, RequestPurge } from "./contract.ts";
import { findUses } from "./find-uses.ts";
import { purgeOf } from "./queries.ts";
import { lockSubject } from "./subjects.ts";

/**
 * Requests permanent deletion of an item in the trash; a job performs it in steps. From then on it cannot be restored. A repeated request
 * returns the purge in progress.
 * @throws DomainError "not-found"; "conflict" that says what uses it
 */
export async function requestPurge(ctx: Context, input: RequestPurge): Promise<Purge> {
  permit(ctx, "requestPurge");
  const values = RequestPurge.parse(input);
  return transact(ctx, async (ctx) => {
    const purge = await addPurge(ctx, values);
    await enqueue(ctx, "purge-trash", {});
    return purge;
  });
}

/** Records that an item is to be permanently deleted, for the job. @throws as requestPurge */
export async function addPurge(ctx: Context, { reason, ...key }: RequestPurge): Promise<Purge> {
  return transact(ctx, async (ctx) => {
    // No version of its files can be registered in the meantime.
    await lockToDecide(ctx);
    const subject = await lockSubject(ctx, key);
    const { workspaceId, name: requestedBy } = ctx.actor;
    const [open] = await ctx.db
      .select()
      .from(purges)
      .where(
        and(
          eq(purges.workspaceId, workspaceId),
          eq(purges.kind, key.kind),
          eq(purges.subjectId, key.id),
          isNull(purges.finishedAt),
        ),
      );
    if (open) return purgeOf(open);
    const [use, ...others] = await findUses(ctx, key, subject);
    if (use) {
      const more = others.length > 0 ? ` and ${others.length} more` : "";
      throw new DomainError("conflict", `${subject.name} is in use by ${use}${more} and was not deleted.`);
    }
    const [purge] = await ctx.db
      .insert(purges)
      .values({ workspaceId, kind: key.kind, subjectId: key.id, name: subject.name, requestedBy, reason })
      .returning();
    if (!purge) throw new Error("The purge was not stored.");
    await record(ctx, `${key.kind}.purge-requested`, {
      subject: `${key.kind}/${key.id}`,
      before: { name: subject.name },
      reason,
    });
    await publish(ctx, "settings", "trash");
    return purgeOf(purge);
  });
}
