import type { FastifyInstance, FastifyRequest } from "fastify";
import type { Context } from "#server/base/context.ts";
import { DomainError } from "#server/base/errors.ts";
import { Admission } from "#server/http/mlflow/admission.ts";
import type { PictureFiles } from "#server/improve/labelling/exchange/picture-sizes.ts";
import { annotationRoutes } from "./annotation-routes.ts";
import { readLabelStudioBodies } from "./body.ts";
import { labelStudioCaller } from "./caller.ts";
import { countBody } from "./count-body.ts";
import { sendLabelStudioError } from "./errors.ts";
import { exportRoutes } from "./export-routes.ts";
import { importRoutes } from "./import-routes.ts";
import { predictionRoutes } from "./prediction-routes.ts";
import { projectRoutes } from "./project-routes.ts";
import { systemRoutes } from "./system-routes.ts";
import { taskRoutes } from "./task-routes.ts";

/** Largest import, in bytes. Its tasks are parsed one by one. */
const importBytes = 250 * 2 ** 20;

/** Imports in flight of this process, and of one workspace: each is in memory until it is stored. */
const importLimits = {
  all: { requests: 16, bytes: 300 * 2 ** 20 },
  workspace: { requests: 8, bytes: 260 * 2 ** 20 },
};

export interface LabelStudioDependencies {
  authenticate(request: FastifyRequest): Context | Promise<Context>;
  artifacts: PictureFiles;
}

/**
 * Serves Label Studio's API to its unmodified clients below /label-studio: docs/spec/labelling.md section 11. Errors have Label Studio's form.
 */
export async function labelStudioPlugin(app: FastifyInstance, deps: LabelStudioDependencies): Promise<void> {
  await app.register((scope) => surface(scope, deps), { prefix: "/label-studio" });
}

async function surface(app: FastifyInstance, { authenticate, artifacts }: LabelStudioDependencies): Promise<void> {
  const admission = new Admission(importLimits);
  app.decorateRequest("labelStudioCaller", null);
  app.decorateRequest("labelStudioImport", null);
  readLabelStudioBodies(app);
  app.setErrorHandler(sendLabelStudioError);
  app.addHook("onRequest", async (request, reply) => {
    request.labelStudioCaller = await authenticate(request);
    if (!/\/import(?:\/predictions)?\/?$/.test(request.routeOptions.url ?? "")) return;
    const length = request.headers["content-length"];
    const admitted = admission.begin(labelStudioCaller(request).actor.workspaceId, Number(length ?? 0));
    if (length === undefined) request.labelStudioImport = admitted;
    if (reply.raw.closed) admitted.leave();
    else reply.raw.once("close", admitted.leave);
  });
  app.addHook("preParsing", async ({ labelStudioImport: sentInChunks }, _reply, body) =>
    sentInChunks ? countBody(body, sentInChunks) : body,
  );
  systemRoutes(app);
  projectRoutes(app);
  taskRoutes(app);
  annotationRoutes(app);
  predictionRoutes(app, importBytes);
  importRoutes(app, importBytes);
  exportRoutes(app, artifacts);
  app.all("/*", async () => {
    throw new DomainError("not-found", "Label Studio's interface has no such path here.");
  });
}
