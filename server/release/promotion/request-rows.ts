import { and, desc, eq, lt, type SQL } from "drizzle-orm";
import { promotionDecisions, promotionRequests, registeredModels } from "#db/schema/index.ts";
import type { Context } from "#server/base/context.ts";
import { DomainError } from "#server/base/errors.ts";
import type { GateLine } from "#server/develop/registry/gates/contract.ts";
import { selectAliases } from "#server/develop/registry/models/rows.ts";
import { loadPolicy } from "#server/develop/registry/policy/queries.ts";
import { personOf } from "#server/platform/identity/person-of.ts";
import { loadChecklists } from "../gates/queries.ts";
import type { PromotionRequest } from "./contract.ts";
import { describeState, requestState } from "./request-state.ts";

interface Page {
  where: SQL | undefined;
  limit: number;
}

/** Selects requests of the workspace, newest first, with their current states. */
export async function selectRequests(ctx: Context, page: Page): Promise<PromotionRequest[]> {
  const rows = await ctx.db
    .select({ request: promotionRequests, decision: promotionDecisions, modelName: registeredModels.name })
    .from(promotionRequests)
    .innerJoin(registeredModels, eq(registeredModels.id, promotionRequests.modelId))
    .leftJoin(promotionDecisions, eq(promotionDecisions.requestId, promotionRequests.id))
    .where(and(eq(promotionRequests.workspaceId, ctx.actor.workspaceId), page.where))
    .orderBy(desc(promotionRequests.at), desc(promotionRequests.id))
    .limit(page.limit);
  const person = await personOf(ctx);
  const linesOf = await checklistsOf(
    ctx,
    rows.map(({ request }) => request),
  );
  const aliasesOf = await selectAliases(ctx, [...new Set(rows.map(({ request }) => request.modelId))]);
  return rows.map(({ request, decision, modelName }) => {
    const lines = linesOf(request);
    const state = requestState({ decision: decision?.kind, isVersionGone: request.versionId === null, lines });
    const pointed = aliasesOf.get(request.modelId)?.find(({ alias }) => alias === request.alias)?.version;
    return {
      id: request.id,
      modelName,
      version: request.version,
      alias: request.alias,
      fromVersion: decision ? decision.fromVersion : (pointed ?? null),
      reason: request.reason,
      requestedBy: request.actorName,
      requestedAt: request.at,
      state,
      words: describeState(state, lines),
      isMine: isAuthor(request, person, ctx),
      decision: decision && {
        kind: decision.kind,
        by: decision.actorName,
        at: decision.at,
        reason: decision.reason,
      },
      gates: lines,
    };
  });
}

/** Returns one request, inside a command, whose caller may not be allowed to read. @throws DomainError "not-found" */
export async function loadRequest(ctx: Context, id: string): Promise<PromotionRequest> {
  const [request] = await selectRequests(ctx, { where: eq(promotionRequests.id, id), limit: 1 });
  if (!request) throw noRequest();
  return request;
}

/** Returns the error for an unknown request. */
export function noRequest(): DomainError {
  return new DomainError("not-found", "Promotion request not found.");
}

type RequestRow = typeof promotionRequests.$inferSelect;

/** Returns whether the caller is the author, with any token or session; Leeway itself counts as one author. */
function isAuthor(request: RequestRow, person: string | null, ctx: Context): boolean {
  return person === null ? request.actorId === ctx.actor.id : request.personId === person;
}

async function checklistsOf(ctx: Context, requests: RequestRow[]): Promise<(request: RequestRow) => GateLine[]> {
  const nameOf = ({ modelId, alias }: RequestRow) => `${modelId} ${alias}`;
  const found = new Map<string, Map<string, GateLine[]>>();
  for (const [name, group] of Map.groupBy(requests, nameOf)) {
    const [{ modelId, alias } = { modelId: "", alias: "" }] = group;
    const { policy } = await loadPolicy(ctx, modelId);
    const versionIds = [...new Set(group.flatMap(({ versionId }) => (versionId ? [versionId] : [])))];
    found.set(name, await loadChecklists(ctx, { modelId, alias, policy, versionIds }));
  }
  return (request) => found.get(nameOf(request))?.get(request.versionId ?? "") ?? [];
}

export const olderThan = (at: Date | undefined) => (at ? lt(promotionRequests.at, at) : undefined);
