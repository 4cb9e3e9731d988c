import type { FastifyInstance } from "fastify";
import { z } from "zod";
import { serveFile } from "#server/http/mlflow/send-artifact.ts";
import type { WebDependencies } from "#server/http/server.ts";
import { claimResult } from "#server/improve/training/cache/claim-result.ts";
import { CachedResult, ClaimedResult, ClaimResult, KeepResult } from "#server/improve/training/cache/contract.ts";
import {
  giveUpResult,
  keepResult,
  openResultFile,
  storeResultFile,
} from "#server/improve/training/cache/keep-result.ts";
import { listTrainingCache } from "#server/improve/training/cache/queries.ts";
import { Sha256 } from "#server/improve/training/contract.ts";
import { route } from "./route.ts";

const base = "/training/cache";
const ofResult = z.object({ key: Sha256 });
const ofFile = ofResult.extend({ sha256: Sha256 });

/** Results of steps that were made once, by what they were made from. All but the list is for programs of training jobs, with their own tokens. */
export function trainingCache(app: FastifyInstance, { artifacts, config }: WebDependencies): void {
  const list = {
    summary: "List cached results of preprocessing steps, the last used first",
    response: z.object({ results: z.array(CachedResult) }),
  };
  route(app, { method: "GET", path: base, ...list }, async ({ ctx }) => ({ results: await listTrainingCache(ctx) }));
  const claim = {
    summary: "Get or claim the result of a step; for the program of a training job",
    body: ClaimResult,
    response: ClaimedResult,
  };
  route(app, { method: "POST", path: `${base}/claim`, ...claim }, ({ ctx, body }) => claimResult(ctx, body));
  const store = {
    summary: "Upload a file of a claimed result, named by its SHA-256",
    params: ofFile,
    body: "stream" as const,
  };
  route(app, { method: "PUT", path: `${base}/:key/files/:sha256`, ...store }, ({ ctx, params, stream }) =>
    storeResultFile(ctx, { ...params, body: stream }, { artifacts, maxBytes: config.maxUploadBytes }),
  );
  const path = `${base}/:key/files/:sha256`;
  app.operations.push({ method: "GET", path, summary: "Get a file of a result", params: ofFile, status: 200 });
  serveFile(app, path, (request) => {
    if (!request.caller) throw new Error("A REST route was registered outside v1Plugin.");
    return openResultFile(request.caller, ofFile.parse(request.params), artifacts);
  });
  const keep = {
    summary: "Complete a result after its files were uploaded",
    params: ofResult,
    body: KeepResult.omit({ key: true }),
  };
  route(app, { method: "POST", path: `${base}/:key/done`, ...keep }, ({ ctx, params, body }) =>
    keepResult(ctx, { ...body, ...params }, { artifacts }),
  );
  const giveUp = { summary: "Report that a result failed", params: ofResult };
  route(app, { method: "POST", path: `${base}/:key/failed`, ...giveUp }, ({ ctx, params }) =>
    giveUpResult(ctx, params.key, artifacts),
  );
}
