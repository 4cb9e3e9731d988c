import { Readable } from "node:stream";
import type { FastifyInstance, FastifyRequest } from "fastify";
import { parseArtifactPath } from "#server/artifacts/artifact-key.ts";
import { DomainError } from "#server/errors.ts";
import type { WebDependencies } from "#server/http/server.ts";
import { listArtifacts, openArtifact } from "#server/tracking/artifacts/queries.ts";
import { removeArtifact } from "#server/tracking/artifacts/remove-artifact.ts";
import { storeArtifact } from "#server/tracking/artifacts/store-artifact.ts";
import { fileOnWire } from "./artifact-listing.ts";
import { callerOf } from "./caller.ts";
import { WireError } from "./errors.ts";
import { serveFile } from "./send-artifact.ts";
import { compact } from "./shapes.ts";

/** Files of runs and logged models by their path below mlflow-artifacts:/. Bodies are bytes, whatever type they claim. */
export function artifactProxy(app: FastifyInstance, { artifacts, config }: WebDependencies): void {
  app.removeAllContentTypeParsers();
  app.addContentTypeParser("*", (_request, payload, done) => done(null, payload));
  for (const prefix of ["/api/2.0/mlflow-artifacts", "/ajax-api/2.0/mlflow-artifacts"]) {
    serveFile(app, `${prefix}/artifacts/*`, (request) => openArtifact(callerOf(request), artifacts, pathOf(request)));
    app.put(`${prefix}/artifacts/*`, async (request) => {
      const body = request.body instanceof Readable ? request.body : Readable.from([]);
      await storeArtifact(callerOf(request), artifacts, {
        path: pathOf(request),
        body,
        maxBytes: config.maxUploadBytes,
      });
      return {};
    });
    app.delete(`${prefix}/artifacts/*`, async (request) => {
      await removeArtifact(callerOf(request), artifacts, pathOf(request));
      return {};
    });
    app.get(`${prefix}/artifacts`, async (request) => {
      const { path = "" } = request.query as { path?: string | string[] };
      const folder = String([path].flat()[0]).replace(/\/$/, "");
      const files = await listArtifacts(callerOf(request), artifacts, folder);
      return compact({ files: files.map((file) => fileOnWire(file, file.name)) });
    });
    for (const step of ["create", "complete", "abort"]) {
      app.post(`${prefix}/mpu/${step}/*`, async (request) => notSupported(request, "upload"));
    }
    app.get(`${prefix}/presigned/*`, async (request) => notSupported(request, "download"));
  }
}

/** The client goes on in the ordinary way only after exactly these words. */
function notSupported(request: FastifyRequest, direction: "upload" | "download"): never {
  parseArtifactPath(pathOf(request));
  throw new WireError(
    501,
    "NOT_IMPLEMENTED",
    `Multipart ${direction} is not supported for the current artifact repository`,
  );
}

/**
 * What stands behind the route in the address as it was sent, decoded once. The router's own parameter will not do: it has
 * duplicate slashes taken out.
 */
function pathOf({ originalUrl }: FastifyRequest): string {
  const path = /\/mlflow-artifacts\/+(?:artifacts|presigned|mpu\/+\w+)\/([^?]*)/.exec(originalUrl)?.[1] ?? "";
  try {
    return decodeURIComponent(path);
  } catch (cause) {
    throw new DomainError("invalid", "Invalid path", { cause });
  }
}
