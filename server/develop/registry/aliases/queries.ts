import { and, desc, eq, lt, lte } from "drizzle-orm";
import { aliasChanges } from "#db/schema/index.ts";
import type { Context } from "#server/base/context.ts";
import { permit } from "#server/platform/permissions/permit.ts";
import { findModel } from "../lookups.ts";
import { type AliasAt, type AliasChange, GetAliasAt, type ListAliasChanges } from "./contract.ts";

const { id, alias, fromVersion, toVersion, cause, requestId, reason, actorName, at } = aliasChanges;
const shown = { id, alias, fromVersion, toVersion, cause, requestId, reason, actorName, at };

/** Moves of the aliases of a model, newest first. @throws DomainError "not-found" */
export async function listAliasChanges(ctx: Context, input: ListAliasChanges): Promise<AliasChange[]> {
  permit(ctx, "listAliasChanges");
  const { id: modelId } = await findModel(ctx, input.name);
  return ctx.db
    .select(shown)
    .from(aliasChanges)
    .where(
      and(
        eq(aliasChanges.modelId, modelId),
        input.alias === undefined ? undefined : eq(aliasChanges.alias, input.alias),
        input.before === undefined ? undefined : lt(aliasChanges.id, input.before),
      ),
    )
    .orderBy(desc(aliasChanges.id))
    .limit(Math.min(input.limit ?? 100, 500));
}

/** Returns the target of an alias at a point in time: "what was champion at 03:12?" @throws DomainError "not-found" for the model. */
export async function getAliasAt(ctx: Context, input: GetAliasAt): Promise<AliasAt> {
  permit(ctx, "getAliasAt");
  const { name, alias, at } = GetAliasAt.parse(input);
  const { id: modelId } = await findModel(ctx, name);
  const [since] = await ctx.db
    .select(shown)
    .from(aliasChanges)
    .where(and(eq(aliasChanges.modelId, modelId), eq(aliasChanges.alias, alias), lte(aliasChanges.at, at)))
    .orderBy(desc(aliasChanges.at), desc(aliasChanges.id))
    .limit(1);
  return { alias, at, version: since?.toVersion ?? null, since: since ?? null };
}
