import { sql } from "drizzle-orm";
import { trashedModels } from "#db/schema/index.ts";
import type { Context } from "#server/base/context.ts";
import { collectRows } from "./stored-rows.ts";

interface Deleted {
  modelId: string;
  name: string;
  /** Deleted version, if only a version is deleted rather than the complete model. */
  version?: { id: string; number: number };
}

/** Moves a model or version to the trash, in the transaction that deletes it, before the deletion. */
export async function keepDeleted(ctx: Context, { modelId, name, version }: Deleted): Promise<void> {
  const table = version ? "model_versions" : "registered_models";
  const rows = await collectRows(ctx, table, sql`id = ${version?.id ?? modelId}`);
  await ctx.db.insert(trashedModels).values({
    workspaceId: ctx.actor.workspaceId,
    kind: version ? "version" : "model",
    modelId,
    name,
    version: version?.number,
    rows,
    deletedAt: Date.now(),
    deletedBy: ctx.actor.name,
  });
}
