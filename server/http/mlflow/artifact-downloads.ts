import { Readable } from "node:stream";
import { buffer } from "node:stream/consumers";
import type { FastifyInstance, FastifyRequest } from "fastify";
import { DomainError } from "#server/base/errors.ts";
import { pathInRoot } from "#server/develop/tracking/artifacts/locate.ts";
import { type OpenableArtifact, openArtifact } from "#server/develop/tracking/artifacts/queries.ts";
import { storeArtifact } from "#server/develop/tracking/artifacts/store-artifact.ts";
import { getLoggedModel } from "#server/develop/tracking/models/queries.ts";
import { getRun } from "#server/develop/tracking/runs/queries.ts";
import type { WebDependencies } from "#server/http/server.ts";
import { callerOf } from "./caller.ts";
import { WireError } from "./errors.ts";
import { missing } from "./fields.ts";
import { serveFile } from "./send-artifact.ts";

const maxUploadBytes = 10 * 2 ** 20;

/** Serves single files of a run or logged model to browsers, by id and path below its root. Bodies are bytes, as in the proxy. */
export function artifactDownloads(app: FastifyInstance, deps: WebDependencies): void {
  serveFile(app, "/get-artifact", async (request) => {
    const path = argument(request, "path");
    if (!path) throw missing("path");
    pathInRoot("", path);
    const runId = argument(request, "run_id") || argument(request, "run_uuid");
    if (!runId) throw missing("run_id");
    const { artifactUri } = await getRun(callerOf(request), runId);
    return fileIn(artifactUri, path, request, deps);
  });

  serveFile(app, "/ajax-api/2.0/mlflow/logged-models/:model_id/artifacts/files", async (request) => {
    const path = argument(request, "artifact_file_path");
    if (!path) {
      throw new WireError(400, "BAD_REQUEST", 'Request must include the "artifact_file_path" query parameter.');
    }
    pathInRoot("", path);
    const { model_id: modelId } = request.params as { model_id: string };
    const { artifactUri } = await getLoggedModel(callerOf(request), { modelId });
    return fileIn(artifactUri, path, request, deps);
  });

  app.post("/ajax-api/2.0/mlflow/upload-artifact", { bodyLimit: maxUploadBytes }, async (request, reply) => {
    const runId = argument(request, "run_uuid");
    if (!runId) throw new DomainError("invalid", "Request must specify run_uuid.");
    const path = argument(request, "path");
    if (!path) throw new DomainError("invalid", "Request must specify path.");
    pathInRoot("", path);
    const content = request.body instanceof Readable ? await upTo(maxUploadBytes, request.body) : Buffer.alloc(0);
    if (content.length === 0) throw new DomainError("invalid", "Request must specify data.");
    const { artifactUri } = await getRun(callerOf(request), runId);
    const inStore = pathInRoot(artifactUri, path);
    if (inStore === undefined) throw storedElsewhere();
    await storeArtifact(callerOf(request), deps.artifacts, {
      path: inStore,
      body: Readable.from([content]),
      maxBytes: maxUploadBytes,
    });
    return reply.send();
  });
}

/**
 * Finds a file below the root of a run, logged model or version.
 * @throws DomainError "not-found", "invalid" when it is stored elsewhere.
 */
export async function fileIn(
  rootUri: string,
  path: string,
  request: FastifyRequest,
  { artifacts }: WebDependencies,
): Promise<OpenableArtifact> {
  const inStore = pathInRoot(rootUri, path);
  if (inStore === undefined) throw storedElsewhere();
  try {
    return await openArtifact(callerOf(request), artifacts, inStore);
  } catch (error) {
    if (error instanceof DomainError && error.code === "not-found") {
      throw new DomainError("not-found", `No such artifact: '${path}'`, { cause: error });
    }
    throw error;
  }
}

function storedElsewhere(): DomainError {
  return new DomainError("invalid", "These artifacts are stored outside Leeway, which cannot read or write them.");
}

async function upTo(maxBytes: number, body: Readable): Promise<Buffer> {
  const tooLarge = new DomainError("invalid", "Artifact size is too large. Max size is 10MB.");
  async function* countBytes(): AsyncGenerator<Buffer> {
    let bytes = 0;
    for await (const chunk of body as AsyncIterable<Buffer>) {
      bytes += chunk.length;
      if (bytes > maxBytes) throw tooLarge;
      yield chunk;
    }
  }
  return buffer(countBytes());
}

/** Returns the first value of a query parameter; "" when it is missing. */
export function argument(request: FastifyRequest, name: string): string {
  const value = (request.query as Record<string, string | string[] | undefined>)[name];
  const first = [value].flat()[0] ?? "";
  if (first.includes("\0")) throw new DomainError("invalid", "Invalid path");
  return first;
}
