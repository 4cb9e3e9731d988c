import { Readable } from "node:stream";
import type { FastifyInstance, FastifyRequest } from "fastify";
import { DomainError } from "#server/base/errors.ts";
import type { ArtifactStore } from "#server/platform/artifacts/store.ts";
import { jsonLengthHeader } from "#server/serve/protocol/binary.ts";
import type { GatewayCore } from "#server/serve/router/gateway-core.ts";
import type { Route } from "#server/serve/router/routes.ts";
import { cancelOwnTask } from "#server/serve/tasks/cancel-task.ts";
import type { Task } from "#server/serve/tasks/contract.ts";
import { storeTaskInput } from "#server/serve/tasks/store-task-input.ts";
import { submitTask, type TaskIntake } from "#server/serve/tasks/submit-task.ts";
import { getOwnTask, openTaskResult } from "#server/serve/tasks/task-queries.ts";
import { admission } from "./admission.ts";
import { callerOf } from "./caller.ts";
import { type ModelAddress, modelPaths } from "./model-routes.ts";
import { only } from "./only.ts";

export interface TaskDependencies extends TaskIntake {
  artifacts: Pick<ArtifactStore, "put" | "open">;
  /** Under which clients reach the gateway. */
  gatewayUrl: string;
}

/** Registers asynchronous requests: submit, upload a large input, get the state, fetch the response, cancel. Needs Postgres. */
export function taskRoutes(app: FastifyInstance, core: GatewayCore, deps: TaskDependencies): void {
  const { artifacts, gatewayUrl } = deps;
  for (const path of modelPaths) {
    const admit = admission(core);
    const onRequest: typeof admit = (request, reply, done) => {
      if (unloadedRoute(core, request)) done();
      else admit(request, reply, done);
    };
    only(app, { method: "POST", url: `${path}/tasks`, onRequest }, async (request, reply) => {
      const caller = callerOf(request);
      const { model, version } = request.params as ModelAddress;
      const route = unloadedRoute(core, request) ?? core.version(caller, model, version).endpoint.route;
      const input = {
        endpointId: route.endpointId,
        ...(version && { version: Number(version) }),
        ...parseSubmission(request),
      };
      const task = await submitTask(caller, input, textOf(request, "idempotency-key"), deps);
      return reply.code(202).header("location", `/v2/tasks/${task.id}`).send(wireOf(task, gatewayUrl));
    });
  }
  only(app, { method: "GET", url: "/tasks/:task" }, async (request) =>
    wireOf(await getOwnTask(callerOf(request), { taskId: idOf(request) }), gatewayUrl),
  );
  only(app, { method: "GET", url: "/tasks/:task/result" }, async (request, reply) => {
    const { body, sizeBytes, headerLength, servedVersion, provider } = await openTaskResult(
      callerOf(request),
      { taskId: idOf(request) },
      artifacts,
    );
    if (headerLength !== null) reply.header(jsonLengthHeader, String(headerLength));
    reply.headers({
      "content-length": sizeBytes,
      "leeway-model-version": servedVersion ?? "",
      "leeway-provider": provider ?? "",
    });
    return reply.type(headerLength === null ? "application/json" : "application/octet-stream").send(body);
  });
  only(app, { method: "POST", url: "/tasks/:task/cancellation" }, async (request) =>
    wireOf(await cancelOwnTask(callerOf(request), { taskId: idOf(request) }, gatewayUrl), gatewayUrl),
  );
  app.register(async (uploads) => {
    uploads.removeAllContentTypeParsers();
    uploads.addContentTypeParser("*", (_request, payload, done) => done(null, payload));
    only(uploads, { method: "POST", url: "/task-inputs" }, async (request, reply) => {
      if (request.headers["content-encoding"]) {
        throw new DomainError("invalid", "Uploaded inputs are stored unchanged. Send them without Content-Encoding.");
      }
      const stream = request.body instanceof Readable ? request.body : Readable.from([]);
      const { id, sizeBytes, expiresAt } = await storeTaskInput(callerOf(request), stream, artifacts);
      return reply.code(201).send({ id, size: sizeBytes, expires_at: expiresAt.toISOString() });
    });
  });
}

/** Finds an unloaded endpoint, which still accepts tasks; they wait until it is loaded again. */
function unloadedRoute(core: GatewayCore, request: FastifyRequest): Route | undefined {
  const { model } = request.params as ModelAddress;
  return core.endpoints(callerOf(request)).unloaded.find(({ name }) => name === model);
}

/** Parses a submission: the body of an inference request or the id of an uploaded one, and its options in headers. */
function parseSubmission(request: FastifyRequest) {
  const body = request.body instanceof Buffer && request.body.length > 0 ? request.body : undefined;
  const expiry = textOf(request, "leeway-expires-in");
  const input = {
    body,
    inputId: textOf(request, "leeway-input"),
    headerLength: textOf(request, jsonLengthHeader),
    webhookUrl: textOf(request, "leeway-webhook-url"),
    expirySeconds: expiry === undefined ? undefined : Number(expiry),
  };
  if (!body && !input.inputId) {
    throw new DomainError("invalid", "Send an inference request body, or the Leeway-Input header with an upload ID.");
  }
  return input;
}

function textOf({ headers }: FastifyRequest, name: string): string | undefined {
  return [headers[name]].flat()[0];
}

const idOf = (request: FastifyRequest) => (request.params as { task: string }).task;

/** Converts a task to the format of the inference API. */
function wireOf(task: Task, gatewayUrl: string): object {
  const address = `${gatewayUrl}/v2/tasks/${task.id}`;
  return {
    id: task.id,
    state: task.state,
    model_name: task.endpoint,
    model_version: (task.servedVersion ?? task.version)?.toString() ?? null,
    submitted_at: task.submittedAt,
    expires_at: task.expiresAt,
    started_at: task.startedAt,
    finished_at: task.finishedAt,
    next_try_at: task.nextTryAt,
    attempts: task.attempts,
    error: task.error,
    error_status: task.errorStatus,
    status_url: address,
    result_url: `${address}/result`,
  };
}
