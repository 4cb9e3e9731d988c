import type { FastifyInstance } from "fastify";
import { z } from "zod";
import { requestInspection } from "#server/develop/registry/inspection/request-inspection.ts";
import { describeModel } from "#server/develop/registry/onnx/describe-model.ts";
import { PipelineText } from "#server/develop/registry/pipeline/contract.ts";
import { signatureTag } from "#server/develop/registry/security/contract.ts";
import { SetVersionTag } from "#server/develop/registry/tags/contract.ts";
import { deleteVersionTag } from "#server/develop/registry/tags/delete-version-tag.ts";
import { setVersionTag } from "#server/develop/registry/tags/set-version-tag.ts";
import {
  CreateModelVersion,
  ModelVersion,
  UpdateModelVersion,
  VersionDetails,
} from "#server/develop/registry/versions/contract.ts";
import { createModelVersion } from "#server/develop/registry/versions/create-model-version.ts";
import { deleteModelVersion } from "#server/develop/registry/versions/delete-model-version.ts";
import { getVersionDetails } from "#server/develop/registry/versions/lineage-queries.ts";
import { openModelFile } from "#server/develop/registry/versions/open-model-file.ts";
import { listVersions } from "#server/develop/registry/versions/queries.ts";
import { registerUpload } from "#server/develop/registry/versions/register-upload.ts";
import { updateModelVersion } from "#server/develop/registry/versions/update-model-version.ts";
import type { WebDependencies } from "#server/http/server.ts";
import { route } from "./route.ts";

const ModelPath = z.object({ model: z.string() });
const Version = z.coerce.number().int().min(1);
const VersionPath = ModelPath.extend({ version: Version });
const keyOf = (path: z.infer<typeof VersionPath>) => ({ name: path.model, version: path.version });

/** Registers versions of registered models, their files and tags. */
export function modelVersions(app: FastifyInstance, deps: WebDependencies): void {
  collection(app, deps);
  oneVersion(app);
  tags(app);
  file(app, deps);
}

function collection(app: FastifyInstance, { artifacts, config }: WebDependencies): void {
  const path = "/models/:model/versions";
  const query = z.object({
    before: Version.max(2 ** 31 - 1)
      .optional()
      .describe("Only versions below this number: `next` of the previous page."),
    limit: z.coerce.number().int().min(1).max(500).default(100),
  });
  const page = z.object({ versions: z.array(ModelVersion), next: z.number().optional() });
  const list = { summary: "List versions, newest first", params: ModelPath, query, response: page };
  route(app, { method: "GET", path, ...list }, async ({ ctx, params, query }) => {
    const versions = await listVersions(ctx, { name: params.model, ...query });
    return { versions, next: versions.length === query.limit ? versions.at(-1)?.version : undefined };
  });
  const upload = {
    summary: "Upload an ONNX file as a new version; creates the model if necessary",
    params: ModelPath,
    query: z.object({
      description: z.string().optional(),
      signature: z
        .string()
        .optional()
        .describe("Base64 of an Ed25519 signature over the 64 hexadecimal characters of the file's SHA-256."),
      pipeline: PipelineText.optional().describe("Pipeline as JSON; set long pipelines afterwards."),
    }),
    body: "stream" as const,
    response: ModelVersion,
    status: 201 as const,
  };
  route(app, { method: "POST", path, ...upload }, ({ ctx, params, query, stream }) => {
    const intake = { artifacts, describeModel, maxBytes: config.maxUploadBytes };
    const { description, signature, pipeline } = query;
    const tags = signature === undefined ? [] : [{ key: signatureTag, value: signature }];
    return registerUpload(ctx, { name: params.model, description, tags, pipeline }, stream, intake);
  });
  const register = {
    summary: "Register a version from existing files, such as a run's artifacts or a logged model",
    params: ModelPath,
    body: CreateModelVersion.omit({ name: true }),
    response: ModelVersion,
    status: 201 as const,
    isRepeatable: true,
  };
  route(
    app,
    { method: "POST", path: "/models/:model/registrations", ...register },
    ({ ctx, params, body, idempotencyKey }) => createModelVersion(ctx, { name: params.model, ...body }, idempotencyKey),
  );
}

function oneVersion(app: FastifyInstance): void {
  const path = "/models/:model/versions/:version";
  const show = { summary: "Get a version with its lineage", params: VersionPath, response: VersionDetails };
  route(app, { method: "GET", path, ...show }, ({ ctx, params }) => getVersionDetails(ctx, keyOf(params)));
  const describe = {
    summary: "Set the description of a version",
    params: VersionPath,
    body: UpdateModelVersion.pick({ description: true }),
    response: ModelVersion,
  };
  route(app, { method: "PUT", path: `${path}/description`, ...describe }, ({ ctx, params, body }) =>
    updateModelVersion(ctx, { ...keyOf(params), ...body }),
  );
  const deletion = { summary: "Delete a version that is not deployed", params: VersionPath };
  route(app, { method: "DELETE", path, ...deletion }, ({ ctx, params }) => deleteModelVersion(ctx, keyOf(params)));
  const inspect = { summary: "Inspect the files of a version again", params: VersionPath };
  route(app, { method: "POST", path: `${path}/inspection`, ...inspect, status: 202 }, ({ ctx, params }) =>
    requestInspection(ctx, keyOf(params)),
  );
}

function tags(app: FastifyInstance): void {
  const path = "/models/:model/versions/:version/tags/:key";
  const params = VersionPath.extend({ key: z.string() });
  const body = SetVersionTag.pick({ value: true });
  route(app, { method: "PUT", path, summary: "Set a tag on a version", params, body }, ({ ctx, params, body }) =>
    setVersionTag(ctx, { ...keyOf(params), key: params.key, ...body }),
  );
  route(app, { method: "DELETE", path, summary: "Remove a tag from a version", params }, ({ ctx, params }) =>
    deleteVersionTag(ctx, { ...keyOf(params), key: params.key }),
  );
}

function file(app: FastifyInstance, { artifacts }: WebDependencies): void {
  const path = "/models/:model/versions/:version/file";
  app.operations.push({ method: "GET", path, summary: "Download the ONNX file", params: VersionPath, status: 200 });
  app.get(path, async (request, reply) => {
    if (!request.caller) throw new Error("A REST route was registered outside v1Plugin.");
    const { model, version } = VersionPath.parse(request.params);
    const { body, sizeBytes, sha256 } = await openModelFile(request.caller, { name: model, version }, artifacts);
    const name = encodeURIComponent(`${model}-v${version}.onnx`);
    return reply
      .type("application/octet-stream")
      .header("content-length", sizeBytes)
      .header("content-disposition", `attachment; filename*=UTF-8''${name}`)
      .header("etag", `"${sha256}"`)
      .send(body);
  });
}
