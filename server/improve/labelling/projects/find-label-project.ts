import { and, eq } from "drizzle-orm";
import { labelProjects } from "#db/schema/index.ts";
import type { Context } from "#server/base/context.ts";
import { DomainError } from "#server/base/errors.ts";
import { LabelSettings } from "../contract.ts";

export type LabelProjectRow = Omit<typeof labelProjects.$inferSelect, "settings"> & { settings: LabelSettings };

/** Finds a label project of this workspace, archived or not, with complete settings. @throws DomainError "not-found" */
export async function findLabelProject(ctx: Context, projectId: number): Promise<LabelProjectRow> {
  const [row] = await ctx.db
    .select()
    .from(labelProjects)
    .where(and(eq(labelProjects.workspaceId, ctx.actor.workspaceId), eq(labelProjects.id, projectId)));
  if (!row) throw noLabelProject();
  return { ...row, settings: LabelSettings.parse(row.settings) };
}

/** The same for a change of what is in the project. @throws DomainError "not-found"; "conflict" when it is archived */
export async function findLiveLabelProject(ctx: Context, projectId: number): Promise<LabelProjectRow> {
  const row = await findLabelProject(ctx, projectId);
  if (row.state === "archived") {
    throw new DomainError("conflict", `"${row.name}" is archived. Make it active again first.`);
  }
  return row;
}

export const noLabelProject = () => new DomainError("not-found", "Label project not found.");
