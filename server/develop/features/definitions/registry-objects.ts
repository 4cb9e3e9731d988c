import { and, asc, eq } from "drizzle-orm";
import { featureRegistryObjects } from "#db/schema/index.ts";
import { type Context, transact } from "#server/base/context.ts";
import { record } from "#server/platform/audit/record.ts";
import { permit } from "#server/platform/permissions/permit.ts";

const { kind: kindColumn, name: nameColumn, message: messageColumn } = featureRegistryObjects;

const ofWorkspace = (ctx: Context, kind: string) =>
  and(eq(featureRegistryObjects.workspaceId, ctx.actor.workspaceId), eq(kindColumn, kind));

/** Lists the objects of a kind that Leeway only stores for Feast clients, by name. */
export async function listRegistryObjects(
  ctx: Context,
  kind: string,
): Promise<{ name: string; message: Uint8Array; updatedAt: Date }[]> {
  permit(ctx, "listRegistryObjects");
  return ctx.db
    .select({ name: nameColumn, message: messageColumn, updatedAt: featureRegistryObjects.updatedAt })
    .from(featureRegistryObjects)
    .where(ofWorkspace(ctx, kind))
    .orderBy(asc(nameColumn));
}

/** Stores such an object in place of the one before; the same message changes nothing. */
export async function setRegistryObject(
  ctx: Context,
  { kind, name, message }: { kind: string; name: string; message: Uint8Array },
): Promise<void> {
  permit(ctx, "setRegistryObject");
  const bytes = Buffer.from(message);
  await transact(ctx, async (ctx) => {
    const [before] = await ctx.db
      .select({ message: messageColumn })
      .from(featureRegistryObjects)
      .where(and(ofWorkspace(ctx, kind), eq(nameColumn, name)))
      .for("update");
    if (before && bytes.equals(before.message)) return;
    const { workspaceId } = ctx.actor;
    await ctx.db
      .insert(featureRegistryObjects)
      .values({ workspaceId, kind, name, message: bytes })
      .onConflictDoUpdate({
        target: [featureRegistryObjects.workspaceId, kindColumn, nameColumn],
        set: { message: bytes, updatedAt: new Date() },
      });
    await record(ctx, "feature-registry.object-set", { subject: `feature-registry/${kind}/${name}` });
  });
}

/** Deletes such an object. @returns whether it was there */
export async function deleteRegistryObject(
  ctx: Context,
  { kind, name }: { kind: string; name: string },
): Promise<boolean> {
  permit(ctx, "deleteRegistryObject");
  return transact(ctx, async (ctx) => {
    const deleted = await ctx.db
      .delete(featureRegistryObjects)
      .where(and(ofWorkspace(ctx, kind), eq(nameColumn, name)))
      .returning({ name: nameColumn });
    if (deleted.length === 0) return false;
    await record(ctx, "feature-registry.object-deleted", { subject: `feature-registry/${kind}/${name}` });
    return true;
  });
}
