import { Readable } from "node:stream";
import type { FastifyInstance } from "fastify";
import { listArtifacts, openArtifact } from "#server/develop/tracking/artifacts/queries.ts";
import { removeArtifact } from "#server/develop/tracking/artifacts/remove-artifact.ts";
import { storeArtifact } from "#server/develop/tracking/artifacts/store-artifact.ts";
import type { WebDependencies } from "#server/http/server.ts";
import { fileOnWire } from "./artifact-listing.ts";
import { artifactPathOf } from "./artifact-path.ts";
import { callerOf } from "./caller.ts";
import { serveFile } from "./send-artifact.ts";
import { compact } from "./shapes.ts";

/** Serves files of runs and logged models by their path below mlflow-artifacts:/. Bodies are bytes, whatever type they claim. */
export function artifactProxy(app: FastifyInstance, { artifacts, config }: WebDependencies): void {
  app.removeAllContentTypeParsers();
  app.addContentTypeParser("*", (_request, payload, done) => done(null, payload));
  for (const prefix of ["/api/2.0/mlflow-artifacts", "/ajax-api/2.0/mlflow-artifacts"]) {
    serveFile(app, `${prefix}/artifacts/*`, (request) =>
      openArtifact(callerOf(request), artifacts, artifactPathOf(request)),
    );
    app.put(`${prefix}/artifacts/*`, async (request) => {
      const body = request.body instanceof Readable ? request.body : Readable.from([]);
      await storeArtifact(callerOf(request), artifacts, {
        path: artifactPathOf(request),
        body,
        announcedBytes: Number(request.headers["content-length"] ?? 0),
        maxBytes: config.maxUploadBytes,
      });
      return {};
    });
    app.delete(`${prefix}/artifacts/*`, async (request) => {
      await removeArtifact(callerOf(request), artifacts, artifactPathOf(request));
      return {};
    });
    app.get(`${prefix}/artifacts`, async (request) => {
      const { path = "" } = request.query as { path?: string | string[] };
      const folder = String([path].flat()[0]).replace(/\/$/, "");
      const files = await listArtifacts(callerOf(request), artifacts, folder);
      return compact({ files: files.map((file) => fileOnWire(file, file.name)) });
    });
  }
}
