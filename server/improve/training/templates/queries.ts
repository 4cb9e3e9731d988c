import { and, asc, eq, isNull } from "drizzle-orm";
import { jobTemplates } from "#db/schema/index.ts";
import type { Context } from "#server/base/context.ts";
import { DomainError } from "#server/base/errors.ts";
import { permit } from "#server/platform/permissions/permit.ts";
import { TemplateSpec } from "../contract.ts";
import type { JobTemplate } from "./contract.ts";

/** Lists the templates that are not archived, by name. */
export async function listTemplates(ctx: Context): Promise<JobTemplate[]> {
  permit(ctx, "listTemplates");
  const rows = await ctx.db.select().from(jobTemplates).where(live(ctx)).orderBy(asc(jobTemplates.name));
  return rows.map(shown);
}

/** Finds a template by its name. @throws DomainError "not-found" */
export async function findTemplate(ctx: Context, name: string): Promise<JobTemplate> {
  const [row] = await ctx.db
    .select()
    .from(jobTemplates)
    .where(and(live(ctx), eq(jobTemplates.name, name)));
  if (!row) throw new DomainError("not-found", "Job template not found.", { field: "template" });
  return shown(row);
}

const live = (ctx: Context) =>
  and(eq(jobTemplates.workspaceId, ctx.actor.workspaceId), isNull(jobTemplates.archivedAt));

function shown({ workspaceId: _, archivedAt: _archivedAt, ...row }: typeof jobTemplates.$inferSelect): JobTemplate {
  return { ...row, spec: TemplateSpec.parse(row.spec) };
}
