import type { FastifyInstance } from "fastify";
import { z } from "zod";
import {
  CreateRegisteredModel,
  ModelSummary,
  RegisteredModel,
  RenameRegisteredModel,
  SetModelOwner,
  UpdateRegisteredModel,
} from "#server/develop/registry/models/contract.ts";
import { createRegisteredModel } from "#server/develop/registry/models/create-registered-model.ts";
import { deleteRegisteredModel } from "#server/develop/registry/models/delete-registered-model.ts";
import { getModel, listModels } from "#server/develop/registry/models/queries.ts";
import { renameRegisteredModel } from "#server/develop/registry/models/rename-registered-model.ts";
import { setModelOwner } from "#server/develop/registry/models/set-model-owner.ts";
import { updateRegisteredModel } from "#server/develop/registry/models/update-registered-model.ts";
import { SetModelTag } from "#server/develop/registry/tags/contract.ts";
import { deleteModelTag } from "#server/develop/registry/tags/delete-model-tag.ts";
import { setModelTag } from "#server/develop/registry/tags/set-model-tag.ts";
import type { WebDependencies } from "#server/http/server.ts";
import { aliases } from "./aliases.ts";
import { gates } from "./gates.ts";
import { modelVersions } from "./model-versions.ts";
import { policies } from "./policies.ts";
import { promotions } from "./promotions.ts";
import { route } from "./route.ts";
import { versionPipelines } from "./version-pipelines.ts";
import { versionSecurity } from "./version-security.ts";

const ModelPath = z.object({ model: z.string() });

/** Registers registered models, their tags, aliases, versions, policies, gates, promotion requests, pipelines and security. */
export function models(app: FastifyInstance, deps: WebDependencies): void {
  collection(app);
  oneModel(app);
  tags(app);
  aliases(app);
  modelVersions(app, deps);
  policies(app);
  gates(app);
  promotions(app);
  versionPipelines(app);
  versionSecurity(app);
}

function collection(app: FastifyInstance): void {
  const query = z.object({
    search: z.string().optional().describe("Name contains (case-insensitive)."),
    after: z.string().optional().describe("Name to continue after: `next` of the previous page."),
    limit: z.coerce.number().int().min(1).max(500).default(100),
  });
  const page = z.object({ models: z.array(ModelSummary), next: z.string().optional() });
  route(
    app,
    { method: "GET", path: "/models", summary: "List models by name", query, response: page },
    async ({ ctx, query }) => {
      const models = await listModels(ctx, query);
      return { models, next: models.length === query.limit ? models.at(-1)?.name : undefined };
    },
  );
  const create = { summary: "Create a model without versions", body: CreateRegisteredModel };
  route(app, { method: "POST", path: "/models", ...create, response: RegisteredModel, status: 201 }, ({ ctx, body }) =>
    createRegisteredModel(ctx, body),
  );
}

function oneModel(app: FastifyInstance): void {
  const one = { params: ModelPath, response: RegisteredModel };
  const path = "/models/:model";
  route(app, { method: "GET", path, summary: "Get a model", ...one }, ({ ctx, params }) => getModel(ctx, params.model));
  const name = z.object({ name: RenameRegisteredModel.shape.newName });
  route(
    app,
    { method: "PUT", path: `${path}/name`, summary: "Rename a model", body: name, ...one },
    ({ ctx, params, body }) => renameRegisteredModel(ctx, { name: params.model, newName: body.name }),
  );
  const description = UpdateRegisteredModel.pick({ description: true });
  route(
    app,
    { method: "PUT", path: `${path}/description`, summary: "Describe a model", body: description, ...one },
    ({ ctx, params, body }) => updateRegisteredModel(ctx, { name: params.model, ...body }),
  );
  const owner = SetModelOwner.pick({ ownerId: true });
  route(
    app,
    { method: "PUT", path: `${path}/owner`, summary: "Set the owner of a model", body: owner, ...one },
    ({ ctx, params, body }) => setModelOwner(ctx, { name: params.model, ...body }),
  );
  const deletion = "Delete a model with its versions, if none is deployed";
  route(app, { method: "DELETE", path, summary: deletion, params: ModelPath }, ({ ctx, params }) =>
    deleteRegisteredModel(ctx, { name: params.model }),
  );
}

function tags(app: FastifyInstance): void {
  const path = "/models/:model/tags/:key";
  const params = ModelPath.extend({ key: z.string() });
  const body = SetModelTag.pick({ value: true });
  route(app, { method: "PUT", path, summary: "Set a tag on a model", params, body }, ({ ctx, params, body }) =>
    setModelTag(ctx, { name: params.model, key: params.key, ...body }),
  );
  route(app, { method: "DELETE", path, summary: "Remove a tag from a model", params }, ({ ctx, params }) =>
    deleteModelTag(ctx, { name: params.model, key: params.key }),
  );
}
