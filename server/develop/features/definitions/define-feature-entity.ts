import { and, eq } from "drizzle-orm";
import { featureEntities } from "#db/schema/index.ts";
import { type Context, transact } from "#server/base/context.ts";
import { record } from "#server/platform/audit/record.ts";
import { publish } from "#server/platform/events/publish.ts";
import { permit } from "#server/platform/permissions/permit.ts";
import { type Defined, DefineFeatureEntity, type FeatureEntity } from "../contract.ts";
import { FeatureError } from "../feature-error.ts";
import { commonColumns, differsInPlace, digestOfSpec } from "./define-row.ts";
import { lockDefinitions, viewsWithEntity } from "./lookups.ts";
import { toEntity } from "./shapes.ts";

/**
 * Creates an entity, or changes it in place; the same definition changes nothing.
 * @throws FeatureError "in-use" if its join key or type changes while views have it
 */
export async function defineFeatureEntity(ctx: Context, input: DefineFeatureEntity): Promise<Defined<FeatureEntity>> {
  permit(ctx, "defineFeatureEntity");
  const parsed = DefineFeatureEntity.parse(input);
  const { name, joinKey, type } = parsed;
  const columns = { ...commonColumns(parsed), joinKey, type, digest: digestOfSpec({ name, joinKey, type }) };
  return transact(ctx, async (ctx) => {
    const { workspaceId, name: createdBy } = ctx.actor;
    await lockDefinitions(ctx);
    const ofName = and(eq(featureEntities.workspaceId, workspaceId), eq(featureEntities.name, name));
    const [before] = await ctx.db.select().from(featureEntities).where(ofName);
    if (before && !differsInPlace(before, columns)) return { definition: toEntity(before), outcome: "unchanged" };
    if (before && before.digest !== columns.digest) {
      const [view] = await viewsWithEntity(ctx, name);
      if (view !== undefined) {
        const message = `The join key and type of "${name}" are part of the keys of view "${view}". Define another entity instead.`;
        throw new FeatureError("conflict", "in-use", message);
      }
    }
    const [after] = before
      ? await ctx.db
          .update(featureEntities)
          .set({ ...columns, updatedAt: new Date() })
          .where(ofName)
          .returning()
      : await ctx.db
          .insert(featureEntities)
          .values({ ...columns, name, workspaceId, createdBy })
          .returning();
    if (!after) throw new Error("The entity was not written.");
    await record(ctx, before ? "feature-entity.changed" : "feature-entity.created", {
      subject: `feature-entity/${name}`,
      before: before && { joinKey: before.joinKey, type: before.type },
      after: { joinKey, type },
    });
    await publish(ctx, "features", name);
    return { definition: toEntity(after), outcome: before ? "changed" : "created" };
  });
}
