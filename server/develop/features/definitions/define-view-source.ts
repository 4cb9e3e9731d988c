import { and, eq } from "drizzle-orm";
import { featureSources } from "#db/schema/index.ts";
import { type Context, transact } from "#server/base/context.ts";
import { record } from "#server/platform/audit/record.ts";
import { publish } from "#server/platform/events/publish.ts";
import { permit } from "#server/platform/permissions/permit.ts";
import { type Defined, DefineViewSource, type ViewSource } from "../contract.ts";
import { requireReadScope } from "../materialisations/find-input.ts";
import { commonColumns, differsInPlace, digestOfSpec } from "./define-row.ts";
import { lockDefinitions } from "./lookups.ts";
import { toSource } from "./shapes.ts";

/**
 * Creates a source, or changes it in place; the same definition changes nothing. Views have it by its name.
 * @throws DomainError "forbidden" for a token that may not read what the source reads
 */
export async function defineViewSource(ctx: Context, input: DefineViewSource): Promise<Defined<ViewSource>> {
  permit(ctx, "defineViewSource");
  const parsed = DefineViewSource.parse(input);
  const { name, kind, eventTimeColumn, createdTimeColumn, options } = parsed;
  const spec = { kind, eventTimeColumn, createdTimeColumn, options };
  const columns = { ...commonColumns(parsed), ...spec, digest: digestOfSpec({ name, ...spec }) };
  return transact(ctx, async (ctx) => {
    const { workspaceId, name: createdBy } = ctx.actor;
    await lockDefinitions(ctx);
    const ofName = and(eq(featureSources.workspaceId, workspaceId), eq(featureSources.name, name));
    const [before] = await ctx.db.select().from(featureSources).where(ofName);
    if (before && !differsInPlace(before, columns)) return { definition: toSource(before), outcome: "unchanged" };
    if (before?.digest !== columns.digest) await requireReadScope(ctx, parsed);
    const [after] = before
      ? await ctx.db
          .update(featureSources)
          .set({ ...columns, updatedAt: new Date() })
          .where(ofName)
          .returning()
      : await ctx.db
          .insert(featureSources)
          .values({ ...columns, name, workspaceId, createdBy })
          .returning();
    if (!after) throw new Error("The source was not written.");
    await record(ctx, before ? "feature-source.changed" : "feature-source.created", {
      subject: `feature-source/${name}`,
      before: before && { kind: before.kind, options: before.options },
      after: { kind, options },
    });
    await publish(ctx, "features", name);
    return { definition: toSource(after), outcome: before ? "changed" : "created" };
  });
}
