import type { FastifyInstance } from "fastify";
import { z } from "zod";
import * as contract from "#server/improve/labelling/annotators/contract.ts";
import {
  getLabelAnnotator,
  getOwnAnnotator,
  listLabelAnnotators,
} from "#server/improve/labelling/annotators/queries.ts";
import {
  previewAnnotatorExclusion,
  setAnnotatorExclusion,
} from "#server/improve/labelling/annotators/set-annotator-exclusion.ts";
import { setAnnotatorPause } from "#server/improve/labelling/annotators/set-annotator-pause.ts";
import { LabelProgress } from "#server/improve/labelling/pace/contract.ts";
import { getLabelProgress } from "#server/improve/labelling/pace/queries.ts";
import { labelProjectPath, ofLabelProject } from "./label-projects.ts";
import { route } from "./route.ts";

const { LabelAnnotator } = contract;

/** The people of a label project, and its pace. */
export function labelPeople(app: FastifyInstance): void {
  const params = ofLabelProject;
  const progress = { summary: "Get the progress of a label project and the remaining time", response: LabelProgress };
  route(app, { method: "GET", path: `${labelProjectPath}/progress`, params, ...progress }, ({ ctx, params }) =>
    getLabelProgress(ctx, params.labelProject),
  );
  const own = {
    summary: "Get your statistics in a label project; null before your first task",
    response: z.object({ annotator: LabelAnnotator.nullable() }),
  };
  route(app, { method: "GET", path: `${labelProjectPath}/annotator`, params, ...own }, async ({ ctx, params }) => ({
    annotator: await getOwnAnnotator(ctx, params.labelProject),
  }));
  const list = {
    summary: "List the people of a label project",
    response: z.object({ annotators: z.array(LabelAnnotator) }),
  };
  route(app, { method: "GET", path: `${labelProjectPath}/annotators`, params, ...list }, async ({ ctx, params }) => ({
    annotators: await listLabelAnnotators(ctx, params.labelProject),
  }));
  const path = `${labelProjectPath}/annotators/:annotator` as const;
  const ofPerson = ofLabelProject.extend({ annotator: contract.OfAnnotator.shape.person });
  const show = { summary: "Get a person of a label project", params: ofPerson, response: LabelAnnotator };
  route(app, { method: "GET", path, ...show }, ({ ctx, params }) =>
    getLabelAnnotator(ctx, { projectId: params.labelProject, person: params.annotator }),
  );
  const pause = {
    summary: "Pause or resume a person",
    params: ofPerson,
    body: contract.SetAnnotatorPause.pick({ isPaused: true, reason: true }),
  };
  route(app, { method: "PUT", path: `${path}/pause`, ...pause }, ({ ctx, params, body }) =>
    setAnnotatorPause(ctx, { ...body, projectId: params.labelProject, person: params.annotator }),
  );
  const preview = {
    summary: "Compute how many labels would change without a person's answers",
    params: ofPerson,
    response: contract.ExclusionEffect,
  };
  route(app, { method: "GET", path: `${path}/exclusion`, ...preview }, ({ ctx, params }) =>
    previewAnnotatorExclusion(ctx, { projectId: params.labelProject, person: params.annotator }),
  );
  const exclude = {
    summary: "Exclude or include a person's answers",
    params: ofPerson,
    body: contract.SetAnnotatorExclusion.pick({ isExcluded: true, reason: true }),
  };
  route(app, { method: "PUT", path: `${path}/exclusion`, ...exclude }, ({ ctx, params, body }) =>
    setAnnotatorExclusion(ctx, { ...body, projectId: params.labelProject, person: params.annotator }),
  );
}
