import { and, eq, isNull, sql } from "drizzle-orm";
import { jobTemplates } from "#db/schema/index.ts";
import { type Context, transact } from "#server/base/context.ts";
import { record } from "#server/platform/audit/record.ts";
import { publish } from "#server/platform/events/publish.ts";
import { permit } from "#server/platform/permissions/permit.ts";
import { loadEngineRow } from "../engines/queries.ts";
import { keepPackage } from "../packages/package-store.ts";
import { type JobTemplate, SaveTemplate } from "./contract.ts";
import { findTemplate } from "./queries.ts";
import { withParameters } from "./with-parameters.ts";

/**
 * Creates a template, or makes the next revision of the one with this name. Jobs that were submitted before keep what they had.
 * @throws DomainError "invalid" for defaults that the template itself does not take; "not-found" for its engine
 */
export async function saveTemplate(ctx: Context, input: SaveTemplate): Promise<JobTemplate> {
  permit(ctx, "saveTemplate");
  const { name, description, spec } = SaveTemplate.parse(input);
  withParameters(spec, {});
  if (spec.engineId !== null) await loadEngineRow(ctx, spec.engineId);
  const { workspaceId, name: createdBy } = ctx.actor;
  return transact(ctx, async (ctx) => {
    if (spec.job.packageKey !== null) await keepPackage(ctx, spec.job.packageKey);
    const [saved] = await ctx.db
      .insert(jobTemplates)
      .values({ workspaceId, name, description, spec, createdBy })
      .onConflictDoUpdate({
        target: [jobTemplates.workspaceId, jobTemplates.name],
        targetWhere: isNull(jobTemplates.archivedAt),
        set: { description, spec, revision: sql`${jobTemplates.revision} + 1`, updatedAt: sql`now()` },
      })
      .returning({ id: jobTemplates.id, revision: jobTemplates.revision });
    if (!saved) throw new Error("The template was not stored.");
    await record(ctx, saved.revision === 1 ? "job-template.created" : "job-template.changed", {
      subject: `job-template/${name}`,
      after: { revision: saved.revision, command: spec.job.command },
    });
    await publish(ctx, "training", saved.id);
    return findTemplate(ctx, name);
  });
}

/** Archives a template: it can no longer be submitted, and its name is free. Its jobs stay. @throws DomainError "not-found" */
export async function archiveTemplate(ctx: Context, name: string): Promise<void> {
  permit(ctx, "archiveTemplate");
  await transact(ctx, async (ctx) => {
    const { id } = await findTemplate(ctx, name);
    await ctx.db
      .update(jobTemplates)
      .set({ archivedAt: sql`now()` })
      .where(and(eq(jobTemplates.workspaceId, ctx.actor.workspaceId), eq(jobTemplates.id, id)));
    await record(ctx, "job-template.archived", { subject: `job-template/${name}` });
    await publish(ctx, "training", id);
  });
}
