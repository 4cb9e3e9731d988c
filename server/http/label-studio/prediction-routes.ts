import type { FastifyInstance, FastifyRequest } from "fastify";
import type { Context } from "#server/base/context.ts";
import { DomainError } from "#server/base/errors.ts";
import { asObject } from "#server/base/parsed-json.ts";
import { isJsonList, readItems } from "#server/improve/labelling/exchange/read-items.ts";
import { addPredictions } from "#server/improve/labelling/predictions/add-predictions.ts";
import { changePrediction } from "#server/improve/labelling/predictions/change-prediction.ts";
import { deletePrediction } from "#server/improve/labelling/predictions/delete-prediction.ts";
import { getPrediction, listTaskPredictions } from "#server/improve/labelling/predictions/queries.ts";
import { getLabelTask } from "#server/improve/labelling/tasks/queries.ts";
import { idFrom, idOf, orNoMatch, queryOf } from "./arguments.ts";
import { bytesOf, objectOf } from "./body.ts";
import { liveProject, projectOf } from "./project-routes.ts";
import { labelStudioRoute, sendNothing } from "./route.ts";
import { predictionShape } from "./shapes.ts";

export function predictionRoutes(app: FastifyInstance, importBytes: number): void {
  labelStudioRoute(app, "/api/predictions", {
    GET: async (ctx, request) => {
      const { task, project } = queryOf(request);
      if (task === undefined && project !== undefined) {
        throw new DomainError("invalid", "Predictions are listed by task.", { field: "task" });
      }
      const found = await taskOf(ctx, task);
      return (await listTaskPredictions(ctx, [found.id])).map(predictionShape);
    },
    POST: async (ctx, request, reply) => {
      const sent = objectOf(request);
      const { id, projectId } = await taskOf(ctx, sent.task);
      const { result = null, score, model_version: modelVersion } = sent;
      const predictions = [{ taskId: id, result, score, modelVersion }];
      const [stored] = await addPredictions(ctx, { projectId, predictions });
      return reply.code(201).send(stored && predictionShape(stored));
    },
  });
  labelStudioRoute(app, "/api/predictions/:labelPrediction", {
    GET: async (ctx, request) => predictionShape(await findPrediction(ctx, request)),
    PATCH: async (ctx, request) => {
      const { id } = await findPrediction(ctx, request);
      const { result, score, model_version: modelVersion } = objectOf(request);
      return predictionShape(await changePrediction(ctx, { predictionId: id, result, score, modelVersion }));
    },
    DELETE: async (ctx, request, reply) => {
      const { id } = await findPrediction(ctx, request);
      await deletePrediction(ctx, { predictionId: id });
      return sendNothing(reply);
    },
  });
  labelStudioRoute(app, "/api/projects/:labelProject/import/predictions", {
    POST: {
      bodyLimit: importBytes,
      handler: async (ctx, request, reply) => {
        const { id } = await projectOf(ctx, request);
        const bytes = bytesOf(request);
        if (!isJsonList(bytes)) throw new DomainError("invalid", "Predictions are sent as a list.");
        const predictions = (await readItems(bytes, "json", "predictions")).map((one, index) => {
          const { task, result = null, score, model_version: modelVersion } = asObject(one) ?? {};
          if (typeof task !== "number")
            throw new DomainError("invalid", `Error at item ${index}: task must be a number.`);
          return { taskId: task, result, score, modelVersion };
        });
        const stored = await addPredictions(ctx, { projectId: id, predictions });
        return reply.code(201).send({ created: stored.length });
      },
    },
  });
}

async function taskOf(ctx: Context, sent: unknown) {
  const id = idFrom(sent, "task");
  const task = await orNoMatch("Task", getLabelTask(ctx, id));
  await orNoMatch("Task", liveProject(ctx, task.projectId));
  return task;
}

async function findPrediction(ctx: Context, request: FastifyRequest) {
  const found = await orNoMatch("Prediction", getPrediction(ctx, idOf(request, "labelPrediction", "Prediction")));
  await orNoMatch("Prediction", liveProject(ctx, found.projectId));
  return found;
}
