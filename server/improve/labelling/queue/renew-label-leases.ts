import { and, eq, inArray, ne, sql } from "drizzle-orm";
import { labelLeases } from "#db/schema/index.ts";
import type { Context } from "#server/base/context.ts";
import { permit } from "#server/platform/permissions/permit.ts";
import { annotatorOf } from "../annotators/annotator-of.ts";
import { findLabelProject } from "../projects/find-label-project.ts";
import { type RenewedLeases, RenewLabelLeases } from "./contract.ts";

/** Holds tasks for their full time again, while their page is visible. @throws DomainError "not-found" */
export async function renewLabelLeases(ctx: Context, input: RenewLabelLeases): Promise<RenewedLeases> {
  permit(ctx, "renewLabelLeases");
  const { projectId, taskIds } = RenewLabelLeases.parse(input);
  const { person } = await annotatorOf(ctx);
  const { leaseSeconds } = (await findLabelProject(ctx, projectId)).settings;
  const rows = await ctx.db
    .update(labelLeases)
    .set({ expiresAt: sql`now() + make_interval(secs => ${leaseSeconds})` })
    .where(
      and(
        eq(labelLeases.workspaceId, ctx.actor.workspaceId),
        eq(labelLeases.projectId, projectId),
        eq(labelLeases.person, person),
        ne(labelLeases.kind, "skip"),
        inArray(labelLeases.taskId, taskIds),
      ),
    )
    .returning({ taskId: labelLeases.taskId });
  const held = new Set(rows.map(({ taskId }) => taskId));
  return { expiresAt: new Date(Date.now() + leaseSeconds * 1000), lost: taskIds.filter((id) => !held.has(id)) };
}
