import type { FastifyInstance } from "fastify";
import { z } from "zod";
import { DomainError } from "#server/base/errors.ts";
import { limits } from "#server/base/limits.ts";
import { findVersion } from "#server/develop/registry/lookups.ts";
import type { WebDependencies } from "#server/http/server.ts";
import { RecordedOutcomes, RecordOutcomes } from "#server/release/rollouts/outcomes/contract.ts";
import { recordOutcomes } from "#server/report/kpis/record-outcomes.ts";
import { getCapture } from "#server/serve/capture/capture-queries.ts";
import { CaptureSettings } from "#server/serve/capture/contract.ts";
import { setCapture } from "#server/serve/capture/set-capture.ts";
import { findEndpoint } from "#server/serve/endpoints/lookups.ts";
import { LabelCounts, RecordedLabels, RecordLabels } from "#server/serve/labels/contract.ts";
import { getLabelCounts } from "#server/serve/labels/label-queries.ts";
import { recordLabels } from "#server/serve/labels/record-labels.ts";
import { ListPredictions, Prediction } from "#server/serve/predictions/contract.ts";
import { getPrediction, listPredictions } from "#server/serve/predictions/queries.ts";
import { parsePredictionQuery } from "#server/serve/predictions/query.ts";
import { Replay, ReplayedFailures, ReplayFailures, ReplayPrediction } from "#server/serve/replay/contract.ts";
import { replayFailures } from "#server/serve/replay/replay-failures.ts";
import { replayPrediction } from "#server/serve/replay/replay-prediction.ts";
import { route } from "./route.ts";

const params = z.object({ endpoint: z.string() });
const path = "/endpoints/:endpoint";

/** Registers the prediction log of an endpoint: log, replays, capture settings, labels and outcomes. */
export function endpointPredictions(app: FastifyInstance, deps: WebDependencies): void {
  log(app);
  replays(app, deps);
  failures(app, deps);
  capture(app);
  labels(app);
  outcomes(app);
}

function log(app: FastifyInstance): void {
  const query = ListPredictions.omit({ endpointId: true, inputs: true }).extend({
    failed: z.stringbool().default(false).describe("Only failed predictions."),
    inputs: z
      .string()
      .max(2000)
      .optional()
      .describe('Conditions on inputs, for example "input.carrier = UA and input.hour > 6".')
      .transform(readInputs),
  });
  const page = z.object({ predictions: z.array(Prediction), next: z.string().optional() });
  const list = { summary: "List logged predictions, newest first", params, query, response: page };
  route(app, { method: "GET", path: `${path}/predictions`, ...list }, async ({ ctx, params, query }) => {
    const { id: endpointId } = await findEndpoint(ctx, params.endpoint);
    return listPredictions(ctx, { endpointId, ...query });
  });
  const one = params.extend({ prediction: z.string() });
  const show = { summary: "Get a logged prediction in full", params: one, response: Prediction };
  route(app, { method: "GET", path: `${path}/predictions/:prediction`, ...show }, async ({ ctx, params }) => {
    const { id: endpointId } = await findEndpoint(ctx, params.endpoint);
    return getPrediction(ctx, { id: params.prediction, endpointId });
  });
}

/** Parses the filter on inputs. @throws DomainError "invalid" that says how to write it */
function readInputs(text: string | undefined) {
  if (!text) return undefined;
  const { query, problem } = parsePredictionQuery(text, new Date());
  if (problem) throw new DomainError("invalid", problem.message, { field: "inputs" });
  return query.inputs;
}

function replays(app: FastifyInstance, { models }: WebDependencies): void {
  const replay = {
    summary: "Replay a logged prediction on any version and compare; nothing is stored",
    params: params.extend({ prediction: z.string() }),
    body: ReplayPrediction.pick({ providers: true }).extend({
      model: z.string().max(limits.nameLength),
      version: z.number().int().min(1).describe("Version to run; it does not have to be deployed."),
    }),
    response: Replay,
  };
  route(
    app,
    { method: "POST", path: `${path}/predictions/:prediction/replays`, ...replay },
    async ({ ctx, params, body: { model: name, version, providers } }) => {
      const { id: endpointId } = await findEndpoint(ctx, params.endpoint);
      const { id: versionId } = await findVersion(ctx, { name, version });
      return replayPrediction(ctx, models, { id: params.prediction, endpointId, versionId, providers });
    },
  );
}

function failures(app: FastifyInstance, { models }: WebDependencies): void {
  const replay = {
    summary:
      "Replay the newest logged requests that failed on any version; counts and logs of the endpoint stay as they are",
    params,
    body: ReplayFailures.omit({ endpointId: true, versionId: true }).extend({
      model: z.string().max(limits.nameLength),
      version: z.number().int().min(1).describe("Version to run; it does not have to be deployed."),
    }),
    response: ReplayedFailures,
  };
  route(
    app,
    { method: "POST", path: `${path}/failure-replays`, ...replay },
    async ({ ctx, params, body: { model: name, version, ...range } }) => {
      const { id: endpointId } = await findEndpoint(ctx, params.endpoint);
      const { id: versionId } = await findVersion(ctx, { name, version });
      return replayFailures(ctx, models, { endpointId, versionId, ...range });
    },
  );
}

function capture(app: FastifyInstance): void {
  const show = { summary: "Get the logging settings of an endpoint", params, response: CaptureSettings };
  route(app, { method: "GET", path: `${path}/capture`, ...show }, async ({ ctx, params }) => {
    const { id: endpointId } = await findEndpoint(ctx, params.endpoint);
    return getCapture(ctx, { endpointId });
  });
  const set = { summary: "Replace the logging settings of an endpoint", params, body: CaptureSettings };
  route(
    app,
    { method: "PUT", path: `${path}/capture`, ...set, response: CaptureSettings },
    async ({ ctx, params, body }) => {
      const { id: endpointId } = await findEndpoint(ctx, params.endpoint);
      return setCapture(ctx, { endpointId, capture: body });
    },
  );
}

function labels(app: FastifyInstance): void {
  const label = {
    summary: "Post labels by request ID; late and repeated posts are allowed",
    params,
    body: RecordLabels.omit({ endpointId: true }),
    response: RecordedLabels,
  };
  route(app, { method: "POST", path: `${path}/labels`, ...label }, async ({ ctx, params, body }) => {
    const { id: endpointId } = await findEndpoint(ctx, params.endpoint);
    return recordLabels(ctx, { endpointId, ...body });
  });
  const count = { summary: "Count labels of an endpoint, including those without a logged request", params };
  route(
    app,
    { method: "GET", path: `${path}/label-counts`, ...count, response: LabelCounts },
    async ({ ctx, params }) => {
      const { id: endpointId } = await findEndpoint(ctx, params.endpoint);
      return getLabelCounts(ctx, { endpointId });
    },
  );
}

function outcomes(app: FastifyInstance): void {
  const outcome = {
    summary: "Post business events for requests of a rollout, by request ID or key; repeated posts are allowed",
    params,
    body: RecordOutcomes.omit({ endpointId: true }),
    response: RecordedOutcomes,
  };
  route(app, { method: "POST", path: `${path}/outcomes`, ...outcome }, async ({ ctx, params, body }) => {
    const { id: endpointId } = await findEndpoint(ctx, params.endpoint);
    return recordOutcomes(ctx, { endpointId, ...body });
  });
}
