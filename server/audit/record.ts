import { auditEvents } from "#db/schema/index.ts";
import type { Context } from "#server/context.ts";

export interface AuditEntry {
  /** What was changed, as kind and name or id: "endpoint/digits". */
  subject: string;
  before?: unknown;
  after?: unknown;
  reason?: string | undefined;
}

/** Writes one line of the audit log in the caller's transaction. `action` is subject and past-tense verb: "version.deployed". */
export async function record(ctx: Context, action: string, entry: AuditEntry): Promise<void> {
  await ctx.db.insert(auditEvents).values({
    workspaceId: ctx.actor.workspaceId,
    actorKind: ctx.actor.kind,
    actorId: ctx.actor.id,
    actorName: ctx.actor.name,
    address: ctx.actor.address,
    action,
    ...entry,
  });
}
