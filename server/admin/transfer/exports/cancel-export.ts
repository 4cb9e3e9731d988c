import { and, eq, inArray } from "drizzle-orm";
import { exports } from "#db/schema/index.ts";
import { type Context, transact } from "#server/base/context.ts";
import { DomainError } from "#server/base/errors.ts";
import { record } from "#server/platform/audit/record.ts";
import { publish } from "#server/platform/events/publish.ts";
import { permit } from "#server/platform/permissions/permit.ts";
import type { Export } from "../contract.ts";
import { loadExport } from "./queries.ts";

/** Cancels an export before it is written; nothing of it is stored. @throws DomainError "not-found", "conflict" if it has ended already. */
export async function cancelExport(ctx: Context, exportId: string): Promise<Export> {
  permit(ctx, "cancelExport");
  return transact(ctx, async (ctx) => {
    const { id } = await loadExport(ctx, exportId);
    const isThis = and(eq(exports.id, id), eq(exports.workspaceId, ctx.actor.workspaceId));
    const [row] = await ctx.db
      .update(exports)
      .set({ state: "cancelled", endedAt: new Date() })
      .where(and(isThis, inArray(exports.state, ["waiting", "running"])))
      .returning({ id: exports.id });
    if (!row) throw new DomainError("conflict", "The export has already finished.");
    await record(ctx, "export.cancelled", { subject: `export/${id}` });
    await publish(ctx, "settings", id);
    return loadExport(ctx, id);
  });
}
