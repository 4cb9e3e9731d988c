import type { FastifyInstance } from "fastify";
import { z } from "zod";
import { acknowledgeLeaks } from "#server/develop/features/training-sets/acknowledge-leaks.ts";
import { cancelTrainingSet } from "#server/develop/features/training-sets/cancel-training-set.ts";
import * as contract from "#server/develop/features/training-sets/contract.ts";
import { createTrainingSet } from "#server/develop/features/training-sets/create-training-set.ts";
import { getTrainingSet, listTrainingSets } from "#server/develop/features/training-sets/queries.ts";
import { refreshTrainingSet } from "#server/develop/features/training-sets/refresh-training-set.ts";
import type { WebDependencies } from "#server/http/server.ts";
import { route } from "./route.ts";

const { TrainingSet } = contract;

/** Training sets: rows of datasets with features as of their time. */
export function trainingSets(app: FastifyInstance, { previewTrainingSet, checkTrainingSet }: WebDependencies): void {
  const query = z.object({
    name: z.string().optional().describe("Dataset of the results."),
    digest: z.string().optional().describe("Digest of the created version."),
    limit: z.coerce.number().int().min(1).max(500).default(100),
  });
  const list = { summary: "List training sets, newest first", query };
  const response = z.object({ trainingSets: z.array(TrainingSet) });
  route(app, { method: "GET", path: "/training-sets", ...list, response }, async ({ ctx, query }) => ({
    trainingSets: await listTrainingSets(ctx, query),
  }));
  const create = {
    summary: "Create a training set; a job joins the features and creates a version of the dataset",
    body: contract.CreateTrainingSet,
    response: TrainingSet,
    status: 202,
  } as const;
  route(app, { method: "POST", path: "/training-sets", ...create }, ({ ctx, body }) => createTrainingSet(ctx, body));
  const preview = {
    summary: "Preview the join for the first rows, with the history rows used",
    body: contract.PreviewTrainingSet,
    response: contract.TrainingSetPreview,
  } as const;
  route(app, { method: "POST", path: "/training-sets/preview", ...preview }, ({ ctx, body }) =>
    previewTrainingSet(ctx, body),
  );
  const check = {
    summary: "Check all rows of a training set for leaks before creating it",
    body: contract.CheckTrainingSet,
    response: contract.TrainingSetCheck,
  } as const;
  route(app, { method: "POST", path: "/training-sets/checks", ...check }, ({ ctx, body }) =>
    checkTrainingSet(ctx, body),
  );
  const one = { params: z.object({ trainingSet: z.uuid() }), response: TrainingSet };
  const path = "/training-sets/:trainingSet" as const;
  const show = { summary: "Get a training set with its progress or sources", ...one };
  route(app, { method: "GET", path, ...show }, ({ ctx, params }) => getTrainingSet(ctx, params.trainingSet));
  const cancel = { summary: "Cancel a training set in progress", ...one };
  route(app, { method: "POST", path: `${path}/cancellation`, ...cancel }, ({ ctx, params }) =>
    cancelTrainingSet(ctx, params.trainingSet),
  );
  const refresh = {
    summary: "Repeat a training set with fresh rows and the current history",
    body: contract.RefreshTrainingSet.omit({ id: true }),
    status: 202,
  } as const;
  route(app, { method: "POST", path: `${path}/refreshes`, ...one, ...refresh }, ({ ctx, params, body }) =>
    refreshTrainingSet(ctx, { ...body, id: params.trainingSet }),
  );
  const acknowledge = {
    summary: "Accept failed leak checks with a reason and create the version",
    body: contract.AcknowledgeLeaks.omit({ id: true }),
  };
  route(app, { method: "POST", path: `${path}/acknowledgements`, ...one, ...acknowledge }, ({ ctx, params, body }) =>
    acknowledgeLeaks(ctx, { ...body, id: params.trainingSet }),
  );
}
