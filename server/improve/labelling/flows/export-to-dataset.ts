import type { Context } from "#server/base/context.ts";
import { permit } from "#server/platform/permissions/permit.ts";
import { findLiveLabelProject } from "../projects/find-label-project.ts";
import { ExportToDataset, type LabelExport } from "./contract.ts";
import { requestExport } from "./label-exports.ts";

/**
 * Asks for a dataset version of all settled labels of a project: what each task shows, with its label, posterior, people, version of the
 * guideline and selection. A job makes it. Equal rows are the version that exists.
 * @throws DomainError "not-found", "conflict" for an archived project
 */
export async function exportToDataset(ctx: Context, input: ExportToDataset): Promise<LabelExport> {
  permit(ctx, "exportToDataset");
  const { projectId, ...wanted } = ExportToDataset.parse(input);
  const project = await findLiveLabelProject(ctx, projectId);
  return requestExport(ctx, project, { ...wanted, audit: null });
}
