import type { FastifyInstance } from "fastify";
import { z } from "zod";
import { SetPipeline, VersionPipeline } from "#server/develop/registry/pipeline/contract.ts";
import { getPipeline } from "#server/develop/registry/pipeline/queries.ts";
import { setPipeline } from "#server/develop/registry/pipeline/set-pipeline.ts";
import { route } from "./route.ts";

const VersionPath = z.object({ model: z.string(), version: z.coerce.number().int().min(1) });
const keyOf = ({ model, version }: z.infer<typeof VersionPath>) => ({ name: model, version });

/** Registers the routes for the steps before and after the model of a version. */
export function versionPipelines(app: FastifyInstance): void {
  const path = "/models/:model/versions/:version/pipeline";
  const common = { path, params: VersionPath, response: VersionPipeline };
  const show = { summary: "Get the pipeline of a version, and the inputs and outputs clients use with it" };
  route(app, { method: "GET", ...show, ...common }, ({ ctx, params }) => getPipeline(ctx, keyOf(params)));
  const set = {
    summary: "Set the pipeline of a version, or remove it with null; not allowed after deployment",
    body: SetPipeline.pick({ pipeline: true }),
  };
  route(app, { method: "PUT", ...set, ...common }, ({ ctx, params, body }) =>
    setPipeline(ctx, { ...keyOf(params), ...body }),
  );
}
