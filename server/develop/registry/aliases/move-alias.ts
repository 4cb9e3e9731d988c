import { and, eq } from "drizzle-orm";
import { aliasChanges, modelAliases, modelVersions, promotionRequests } from "#db/schema/index.ts";
import type { Context } from "#server/base/context.ts";
import { DomainError } from "#server/base/errors.ts";
import { publish } from "#server/platform/events/publish.ts";
import { authorOf } from "../author.ts";
import { lockModel } from "../models/lock-model.ts";
import { enqueueChecks } from "../requests/enqueue-checks.ts";

export interface AliasMove {
  modelId: string;
  alias: string;
  /** Null takes the alias away. */
  to: { id: string; version: number } | null;
  cause: "direct" | "override" | "request" | "deletion";
  /** Moves only while the alias points at this version, or, when null, at nothing. */
  expected?: string | null;
  requestId?: string;
  reason?: string | undefined;
}

/** Returns the target of an alias; locks the alias and its model until the transaction ends. */
export async function lockAlias(
  ctx: Context,
  modelId: string,
  alias: string,
): Promise<{ id: string; version: number } | null> {
  await lockModel(ctx, modelId);
  const [now] = await ctx.db
    .select({ id: modelVersions.id, version: modelVersions.version })
    .from(modelAliases)
    .innerJoin(modelVersions, eq(modelVersions.id, modelAliases.versionId))
    .where(and(eq(modelAliases.modelId, modelId), eq(modelAliases.alias, alias)));
  return now ?? null;
}

/**
 * Moves an alias. All moves go through this function: it writes the alias, one row of its history and the event, in the caller's
 * transaction. Open requests for the alias have their gates run again, against its new target.
 * @returns the version of the previous target, or null; undefined if nothing changed.
 * @throws DomainError "conflict" if the alias does not point to the expected version.
 */
export async function moveAlias(ctx: Context, move: AliasMove): Promise<number | null | undefined> {
  const { modelId, alias, to, cause, reason } = move;
  const { workspaceId } = ctx.actor;
  const from = await lockAlias(ctx, modelId, alias);
  if (move.expected !== undefined && move.expected !== (from?.id ?? null)) throw movedMeanwhile(alias, from?.version);
  if ((from?.id ?? null) === (to?.id ?? null)) return undefined;
  const isThis = and(eq(modelAliases.modelId, modelId), eq(modelAliases.alias, alias));
  const isStill = and(isThis, from ? eq(modelAliases.versionId, from.id) : undefined);
  const written = !to
    ? await ctx.db.delete(modelAliases).where(isStill).returning()
    : from
      ? await ctx.db.update(modelAliases).set({ versionId: to.id }).where(isStill).returning()
      : await ctx.db
          .insert(modelAliases)
          .values({ workspaceId, modelId, alias, versionId: to.id })
          .onConflictDoNothing()
          .returning();
  if (written.length === 0) throw movedMeanwhile(alias, from?.version);
  await ctx.db.insert(aliasChanges).values({
    workspaceId,
    modelId,
    alias,
    fromVersion: from?.version ?? null,
    toVersion: to?.version ?? null,
    cause,
    requestId: move.requestId ?? null,
    reason: reason ?? null,
    at: new Date(),
    ...(await authorOf(ctx)),
  });
  await enqueueChecks(ctx, and(eq(promotionRequests.modelId, modelId), eq(promotionRequests.alias, alias)));
  await publish(ctx, "model", modelId);
  return from?.version ?? null;
}

function movedMeanwhile(alias: string, version: number | undefined): DomainError {
  const now = version === undefined ? "is not set" : `points to version ${version}`;
  return new DomainError(
    "conflict",
    `"${alias}" was changed in the meantime: it ${now} now. Reload before you continue.`,
  );
}
