import { and, desc, eq } from "drizzle-orm";
import { postMortemRevisions, postMortems } from "#db/schema/index.ts";
import type { Context } from "#server/base/context.ts";
import { DomainError } from "#server/base/errors.ts";
import { permit } from "#server/platform/permissions/permit.ts";
import { findIncident } from "../incident-rows.ts";
import { OfIncident, type PostMortem, type PostMortemRevision } from "./contract.ts";

/** Returns the post-mortem of an incident. @throws DomainError "not-found" for the incident, or while it has none */
export async function getPostMortem(ctx: Context, input: OfIncident): Promise<PostMortem> {
  permit(ctx, "getPostMortem");
  const { id } = await findIncident(ctx, OfIncident.parse(input).number);
  const found = await findPostMortem(ctx, id);
  if (!found) throw new DomainError("not-found", "No post-mortem yet. Generate a draft from the timeline first.");
  return found;
}

/** Texts that a post-mortem had, newest first. @throws DomainError "not-found" for the incident */
export async function listPostMortemRevisions(ctx: Context, input: OfIncident): Promise<PostMortemRevision[]> {
  permit(ctx, "listPostMortemRevisions");
  const { id } = await findIncident(ctx, OfIncident.parse(input).number);
  const { revision, body, changedBy, at, incidentId, workspaceId } = postMortemRevisions;
  return ctx.db
    .select({ revision, body, changedBy, at })
    .from(postMortemRevisions)
    .where(and(eq(incidentId, id), eq(workspaceId, ctx.actor.workspaceId)))
    .orderBy(desc(revision))
    .limit(200);
}

/** Finds a post-mortem. The caller has checked permissions. Undefined while there is none. */
export async function findPostMortem(ctx: Context, id: string): Promise<PostMortem | undefined> {
  const [row] = await ctx.db
    .select()
    .from(postMortems)
    .where(and(eq(postMortems.incidentId, id), eq(postMortems.workspaceId, ctx.actor.workspaceId)));
  if (!row) return undefined;
  const { state, body, waiver, dueOn, revision, updatedBy, updatedAt } = row;
  const today = new Date().toISOString().slice(0, 10);
  const isOverdue = state === "draft" && dueOn !== null && dueOn < today;
  return { state, body, waiver, dueOn, isOverdue, revision, updatedBy, updatedAt };
}
