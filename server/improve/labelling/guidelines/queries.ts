import { and, desc, eq } from "drizzle-orm";
import { labelGuidelines } from "#db/schema/index.ts";
import type { Context } from "#server/base/context.ts";
import { DomainError } from "#server/base/errors.ts";
import { permit } from "#server/platform/permissions/permit.ts";
import { findLabelProject } from "../projects/find-label-project.ts";
import type { Guideline } from "./contract.ts";

/** Lists the versions of a project's guidelines, newest first. @throws DomainError "not-found" */
export async function listGuidelines(ctx: Context, projectId: number): Promise<Guideline[]> {
  permit(ctx, "listGuidelines");
  await findLabelProject(ctx, projectId);
  const rows = await ctx.db
    .select()
    .from(labelGuidelines)
    .where(ofProject(ctx, projectId))
    .orderBy(desc(labelGuidelines.version));
  return rows.map(toGuideline);
}

/** Loads a version of a project's guidelines. @throws DomainError "invalid" if there is none */
export async function loadGuideline(ctx: Context, projectId: number, version: number): Promise<Guideline> {
  const [row] = await ctx.db
    .select()
    .from(labelGuidelines)
    .where(and(ofProject(ctx, projectId), eq(labelGuidelines.version, version)));
  if (row) return toGuideline(row);
  const message = `The guidelines have no version ${version}.`;
  throw new DomainError("invalid", message, { field: "guideline" });
}

const ofProject = ({ actor }: Context, projectId: number) =>
  and(eq(labelGuidelines.workspaceId, actor.workspaceId), eq(labelGuidelines.projectId, projectId));

function toGuideline(row: typeof labelGuidelines.$inferSelect): Guideline {
  return {
    version: row.version,
    text: row.text,
    classes: row.classes,
    config: row.config,
    reason: row.reason,
    createdBy: row.createdBy,
    createdAt: row.createdAt,
  };
}
