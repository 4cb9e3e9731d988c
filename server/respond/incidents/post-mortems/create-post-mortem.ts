import { postMortems } from "#db/schema/index.ts";
import type { Context } from "#server/base/context.ts";
import { findIncident } from "../incident-rows.ts";
import { draftOf } from "./draft.ts";
import { dueOn } from "./due-on.ts";
import { gatherFacts } from "./gather-facts.ts";
import { keepRevision } from "./keep-revision.ts";

/** Drafts a post-mortem where there is none, in the caller's transaction. @returns whether it did */
export async function createPostMortem(ctx: Context, number: number): Promise<boolean> {
  const { id: incidentId, resolvedAt } = await findIncident(ctx, number);
  const facts = await gatherFacts(ctx, number);
  const body = draftOf(facts);
  const { workspaceId, name: updatedBy } = ctx.actor;
  const due = facts.incident.needsPostMortem ? dueOn(resolvedAt ?? new Date()) : null;
  const made = await ctx.db
    .insert(postMortems)
    .values({ incidentId, workspaceId, state: "draft", body, dueOn: due, updatedBy })
    .onConflictDoNothing()
    .returning({ revision: postMortems.revision });
  if (made.length > 0) await keepRevision(ctx, { incidentId, revision: 1, body });
  return made.length > 0;
}
