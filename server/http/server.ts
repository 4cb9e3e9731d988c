import Fastify, { type FastifyError, type FastifyInstance, type FastifyReply, type FastifyRequest } from "fastify";
import type { Pool } from "pg";
import type { Database } from "#db/client.ts";
import type { Config } from "#server/admin/settings/config.ts";
import type { Context } from "#server/base/context.ts";
import type { Documents } from "#server/base/documents/documents.ts";
import { limits } from "#server/base/limits.ts";
import { log } from "#server/base/log.ts";
import type { ReadKeyRows } from "#server/develop/features/keys/get-key-rows.ts";
import type { TrainingSetChecks } from "#server/develop/features/training-sets/training-set-checks.ts";
import type { TrainingSetPreviews } from "#server/develop/features/training-sets/training-set-previews.ts";
import type { ArtifactStore } from "#server/platform/artifacts/store.ts";
import type { EventFeed } from "#server/platform/events/listen.ts";
import type { Bundler } from "#server/release/bundles/bundler.ts";
import type { FeatureCounts } from "#server/serve/feature-counts/feature-counts.ts";
import type { Playground } from "#server/serve/playground/playground.ts";
import type { ModelRunner } from "#server/serve/runner/model-runner.ts";
import { closeSlowBodies } from "./close-slow-bodies.ts";
import { asDomainError, statusOf } from "./errors.ts";
import { limitConnections } from "./limit-connections.ts";
import { dataHeaders, type ResponseHeaders } from "./response-headers.ts";
import { rejectMalformedRequests, respondToClientError } from "./wire-errors.ts";
import { withoutWorkspace } from "./workspace-address.ts";

/** Dependencies of every plugin of the web role. */
export interface WebDependencies {
  config: Config;
  db: Database;
  pool: Pool;
  artifacts: ArtifactStore;
  bundles: Bundler;
  events: EventFeed;
  /** Runs any version, in threads. */
  models: ModelRunner;
  /** Runs what people try by hand, with the same models. */
  playground: Playground;
  /** Reads rows of features by key, now and as of a time. */
  readKeyRows: ReadKeyRows;
  /** Counts what clients look up; without, nothing is counted. */
  featureCounts?: Pick<FeatureCounts, "lookedUp" | "rejected">;
  /** Previews training sets, in processes of their own. */
  previewTrainingSet: TrainingSetPreviews;
  /** Looks for leaks in training sets that do not exist yet, in processes of their own. */
  checkTrainingSet: TrainingSetChecks;
  /** Guides that search finds; without, it finds none. */
  documents?: Documents;
  /** Authenticates the caller. @throws DomainError "unauthenticated" */
  authenticate(request: FastifyRequest): Promise<Context>;
}

/**
 * Creates a Fastify instance with the settings of every role: bounded bodies, request ids, one error format, requests in the debug log.
 * @param responseHeaders sent with every response, errors of the parser included
 */
export function createServer(config: Config, responseHeaders = dataHeaders(config)): FastifyInstance {
  const app = Fastify({
    logger: false,
    bodyLimit: config.maxRequestBytes,
    trustProxy: trustOf(config),
    requestIdHeader: "x-request-id",
    // Long keys and file paths are path parameters; the default of 100 refuses them with 404.
    routerOptions: { maxParamLength: 5_000, ignoreTrailingSlash: false, ignoreDuplicateSlashes: true },
    forceCloseConnections: "idle",
    // Requests on a connection that is still open get a response, which announces that it is the last.
    return503OnClosing: false,
    http: {
      requireHostHeader: false,
      headersTimeout: limits.headMs,
      connectionsCheckingInterval: limits.checkMs,
      // Next listens for upgrades and leaves those that it does not know open for good. Only its development server has any.
      shouldUpgradeCallback: ({ url }) => config.isDevelopment && url?.startsWith("/_next/") === true,
    },
    clientErrorHandler: (error, socket) => respondToClientError(error, socket, responseHeaders),
    // Access to a workspace is decided where the caller is authenticated (auth.ts), from the URL as it was sent.
    rewriteUrl: ({ url = "/" }) => withoutWorkspace(url),
    // No hook runs for these.
    frameworkErrors: (error, { url }, reply) =>
      refuseAddress(error, url, (reply as unknown as FastifyReply).headers(responseHeaders)),
  });
  letGoOfIdleConnections(app);
  rejectMalformedRequests(app, responseHeaders);
  closeSlowBodies(app, responseHeaders);
  if (config.maxConnectionsPerAddress !== undefined) limitConnections(app.server, config.maxConnectionsPerAddress);
  app.addHook("onRequest", (_request, reply, done) => {
    reply.headers(responseHeaders);
    done();
  });
  if (log.isDebugging) {
    app.addHook("onResponse", (request, reply, done) => {
      logAnswered(request, reply.statusCode, reply.elapsedTime);
      done();
    });
  }
  app.setErrorHandler((error, request, reply) => {
    const known = asDomainError(error);
    if (!known) logBug(error, request);
    return reply
      .code(known ? statusOf[known.code] : 500)
      .send({ error: known?.message ?? "Internal error; see the server log." });
  });
  return app;
}

/** Returns which of the addresses that a request passed through are believed to name the one before them. */
function trustOf({ trustProxy }: Config) {
  return typeof trustProxy === "number" ? (_address: string, hop: number) => hop < trustProxy : trustProxy;
}

/** Lets another server write the response; sets the headers that every response carries. @param headers replace some of these */
export function hijack(reply: FastifyReply, headers: ResponseHeaders = {}): void {
  for (const [name, value] of Object.entries(reply.headers(headers).getHeaders())) {
    if (value !== undefined) reply.raw.setHeader(name, value);
  }
  reply.hijack();
}

/** Logs a response, to help find a single request. */
export function logAnswered({ method, routeOptions, id: requestId }: RequestMark, status: number, ms: number): void {
  log.debug("request.answered", { method, route: routeOptions.url, status, durationMs: Math.round(ms), requestId });
}

/**
 * Closes idle connections while draining. A drain waits for requests in flight, not for connections that clients keep open. Those idle
 * at its start are closed then; one whose request ends meanwhile is closed soon after, not only after its keep-alive of 72 seconds.
 */
function letGoOfIdleConnections(app: FastifyInstance): void {
  app.addHook("preClose", async () => {
    const timer = setInterval(() => app.server.closeIdleConnections(), 50);
    app.server.once("close", () => clearInterval(timer));
  });
}

/**
 * Rejects an invalid URL, which reaches no route and hence no error handler. MLflow's client reads error_code and message, Triton's
 * only error.
 */
function refuseAddress({ statusCode, message }: FastifyError, url: string, reply: FastifyReply): void {
  const isInference = /^\/+v2\//.test(url);
  const forMlflow = isInference ? {} : { error_code: "INVALID_PARAMETER_VALUE", message };
  reply.code(statusCode ?? 400).send({ error: message, ...forMlflow });
}

/** Data needed to find a request in a log. */
export type RequestMark = Pick<FastifyRequest, "method" | "id"> & { routeOptions: { url?: string | undefined } };

/** Logs an unexpected error, with the data needed to find the request. */
export function logBug(cause: unknown, { method, routeOptions, id: requestId }: RequestMark): void {
  log.error("request.failed", { cause, method, route: routeOptions.url, requestId });
}
