import { and, eq, inArray } from "drizzle-orm";
import { imports } from "#db/schema/index.ts";
import { type Context, transact } from "#server/base/context.ts";
import { DomainError } from "#server/base/errors.ts";
import { record } from "#server/platform/audit/record.ts";
import { publish } from "#server/platform/events/publish.ts";
import { permit } from "#server/platform/permissions/permit.ts";
import type { Import } from "../contract.ts";
import { loadImport } from "./queries.ts";

/**
 * Cancels an import before it is finished; its runner stops within seconds. Imported items stay, and a later import continues from there.
 * @throws DomainError "not-found", "conflict" when it has ended already.
 */
export async function cancelImport(ctx: Context, importId: string): Promise<Import> {
  permit(ctx, "cancelImport");
  return transact(ctx, async (ctx) => {
    const { id } = await loadImport(ctx, importId);
    const [row] = await ctx.db
      .update(imports)
      .set({ state: "cancelled", endedAt: new Date(), secret: null })
      .where(
        and(
          eq(imports.id, id),
          eq(imports.workspaceId, ctx.actor.workspaceId),
          inArray(imports.state, ["waiting", "running"]),
        ),
      )
      .returning({ origin: imports.origin });
    if (!row) throw new DomainError("conflict", "The import has already finished.");
    await record(ctx, "import.cancelled", { subject: `import/${id}`, before: { origin: row.origin } });
    await publish(ctx, "settings", id);
    return loadImport(ctx, id);
  });
}
