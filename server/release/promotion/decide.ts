import { and, eq } from "drizzle-orm";
import { promotionDecisions, promotionRequests } from "#db/schema/index.ts";
import type { Context } from "#server/base/context.ts";
import { DomainError } from "#server/base/errors.ts";
import { publish } from "#server/platform/events/publish.ts";
import { lockAlias } from "../../develop/registry/aliases/move-alias.ts";
import { authorOf } from "../../develop/registry/author.ts";
import type { PromotionRequest } from "./contract.ts";
import { loadRequest, noRequest } from "./request-rows.ts";
import { refusal, type Verb } from "./request-state.ts";

const kinds = { approve: "approved", reject: "rejected", withdraw: "withdrawn" } as const;

export interface Decided {
  /** As it stood before. */
  request: PromotionRequest;
  modelId: string;
  versionId: string;
  /** Version that the alias points to. */
  current: { id: string; version: number } | null;
}

/**
 * Writes how a request ends, in the caller's transaction: locked against every other decision and every other move of the alias.
 * @throws DomainError "not-found"; "forbidden" or "conflict" as the state machine says.
 */
export async function decide(
  ctx: Context,
  verb: Verb,
  { id, reason }: { id: string; reason?: string | undefined },
): Promise<Decided> {
  const ofThis = and(eq(promotionRequests.id, id), eq(promotionRequests.workspaceId, ctx.actor.workspaceId));
  const [row] = await ctx.db.select().from(promotionRequests).where(ofThis);
  if (!row) throw noRequest();
  const current = await lockAlias(ctx, row.modelId, row.alias);
  const request = await loadRequest(ctx, id);
  const why = refusal(verb, request.state, { isAuthor: request.isMine });
  if (why) throw new DomainError(why.code, why.message);
  const written = await ctx.db
    .insert(promotionDecisions)
    .values({
      requestId: id,
      workspaceId: ctx.actor.workspaceId,
      kind: kinds[verb],
      reason: reason ?? null,
      fromVersion: current?.version ?? null,
      at: new Date(),
      ...(await authorOf(ctx)),
    })
    .onConflictDoNothing()
    .returning();
  if (written.length === 0) throw new DomainError("conflict", "Someone else has just decided on this request.");
  await publish(ctx, "model", row.modelId);
  return { request, modelId: row.modelId, versionId: row.versionId ?? "", current };
}
