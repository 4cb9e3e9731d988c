import type { FastifyInstance } from "fastify";
import { z } from "zod";
import { Guideline, PublishGuideline } from "#server/improve/labelling/guidelines/contract.ts";
import { publishGuideline } from "#server/improve/labelling/guidelines/publish-guideline.ts";
import { listGuidelines } from "#server/improve/labelling/guidelines/queries.ts";
import * as contract from "#server/improve/labelling/projects/contract.ts";
import { createLabelProject } from "#server/improve/labelling/projects/create-label-project.ts";
import { getLabelProject, listLabelProjects } from "#server/improve/labelling/projects/queries.ts";
import { updateLabelProject } from "#server/improve/labelling/projects/update-label-project.ts";
import { route } from "./route.ts";

const { LabelProject, LabelProjectDetails } = contract;

/** Parameters of paths below a label project, and their path. */
export const ofLabelProject = z.object({ labelProject: z.coerce.number().int().min(1) });
export const labelProjectPath = "/label-projects/:labelProject" as const;

/** Label projects and their guidelines. */
export function labelProjects(app: FastifyInstance): void {
  const list = {
    summary: "List label projects with their counts, newest first",
    query: z.object({
      endpoint: contract.ListLabelProjects.shape.endpoint,
      archived: z.stringbool().default(false),
    }),
    response: z.object({ projects: z.array(LabelProject) }),
  };
  route(app, { method: "GET", path: "/label-projects", ...list }, async ({ ctx, query }) => ({
    projects: await listLabelProjects(ctx, query),
  }));
  const create = {
    summary: "Create a label project",
    body: contract.CreateLabelProject,
    response: LabelProjectDetails,
    status: 201,
  } as const;
  route(app, { method: "POST", path: "/label-projects", ...create }, ({ ctx, body }) => createLabelProject(ctx, body));
  const params = ofLabelProject;
  const show = { summary: "Get a label project with its configuration and guidelines", response: LabelProjectDetails };
  route(app, { method: "GET", path: labelProjectPath, params, ...show }, ({ ctx, params }) =>
    getLabelProject(ctx, params.labelProject),
  );
  const update = {
    summary: "Change, pause, resume or archive a label project",
    body: contract.UpdateLabelProject.omit({ projectId: true }),
    response: LabelProjectDetails,
  };
  route(app, { method: "PATCH", path: labelProjectPath, params, ...update }, ({ ctx, params, body }) =>
    updateLabelProject(ctx, { ...body, projectId: params.labelProject }),
  );
  const path = `${labelProjectPath}/guidelines` as const;
  const versions = {
    summary: "List the versions of a label project's guidelines, newest first",
    response: z.object({ guidelines: z.array(Guideline) }),
  };
  route(app, { method: "GET", path, params, ...versions }, async ({ ctx, params }) => ({
    guidelines: await listGuidelines(ctx, params.labelProject),
  }));
  const publish = {
    summary: "Publish the next version of a label project's guidelines",
    body: PublishGuideline.omit({ projectId: true }),
    response: Guideline,
    status: 201,
  } as const;
  route(app, { method: "POST", path, params, ...publish }, ({ ctx, params, body }) =>
    publishGuideline(ctx, { ...body, projectId: params.labelProject }),
  );
}
