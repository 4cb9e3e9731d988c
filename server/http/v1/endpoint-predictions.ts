import type { FastifyInstance } from "fastify";
import { z } from "zod";
import { DomainError } from "#server/errors.ts";
import { getCapture } from "#server/serving/capture/capture-queries.ts";
import { CaptureSettings } from "#server/serving/capture/contract.ts";
import { setCapture } from "#server/serving/capture/set-capture.ts";
import { Prediction } from "#server/serving/contract.ts";
import { ListPredictions } from "#server/serving/input-contract.ts";
import { LabelCounts, RecordedLabels, RecordLabels } from "#server/serving/labels/contract.ts";
import { getLabelCounts } from "#server/serving/labels/label-queries.ts";
import { recordLabels } from "#server/serving/labels/record-labels.ts";
import { findEndpoint } from "#server/serving/lookups.ts";
import { getPrediction, listPredictions } from "#server/serving/prediction-queries.ts";
import { route } from "./route.ts";

const params = z.object({ endpoint: z.string() });
const path = "/endpoints/:endpoint";

/** The prediction log of an endpoint: what is kept, what was kept, and what turned out to be true. */
export function endpointPredictions(app: FastifyInstance): void {
  log(app);
  capture(app);
  labels(app);
}

function log(app: FastifyInstance): void {
  const query = ListPredictions.omit({ endpointId: true }).extend({
    failed: z.stringbool().default(false).describe("Only those that failed."),
  });
  const page = z.object({ predictions: z.array(Prediction), next: z.string().optional() });
  const list = { summary: "List logged predictions, newest first", params, query, response: page };
  route(app, { method: "GET", path: `${path}/predictions`, ...list }, async ({ ctx, params, query }) => {
    const { id: endpointId } = await findEndpoint(ctx, params.endpoint);
    return listPredictions(ctx, { endpointId, ...query });
  });
  const one = params.extend({ prediction: z.string() });
  const show = { summary: "Show a logged prediction with all that was kept of it", params: one, response: Prediction };
  route(app, { method: "GET", path: `${path}/predictions/:prediction`, ...show }, async ({ ctx, params }) => {
    const { id: endpointId } = await findEndpoint(ctx, params.endpoint);
    const prediction = await getPrediction(ctx, { id: params.prediction });
    if (prediction.endpointId === endpointId) return prediction;
    throw new DomainError("not-found", `The log of "${params.endpoint}" has no such prediction.`);
  });
}

function capture(app: FastifyInstance): void {
  const show = { summary: "Show what an endpoint keeps of its requests", params, response: CaptureSettings };
  route(app, { method: "GET", path: `${path}/capture`, ...show }, async ({ ctx, params }) => {
    const { id: endpointId } = await findEndpoint(ctx, params.endpoint);
    return getCapture(ctx, { endpointId });
  });
  const set = { summary: "Replace what an endpoint keeps of its requests", params, body: CaptureSettings };
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
    summary: "Report what turned out to be true, by request id; again and late as often as you like",
    params,
    body: RecordLabels.omit({ endpointId: true }),
    response: RecordedLabels,
  };
  route(app, { method: "POST", path: `${path}/labels`, ...label }, async ({ ctx, params, body }) => {
    const { id: endpointId } = await findEndpoint(ctx, params.endpoint);
    return recordLabels(ctx, { endpointId, ...body });
  });
  const count = { summary: "Count the labels of an endpoint, and those without a request in the log", params };
  route(
    app,
    { method: "GET", path: `${path}/label-counts`, ...count, response: LabelCounts },
    async ({ ctx, params }) => {
      const { id: endpointId } = await findEndpoint(ctx, params.endpoint);
      return getLabelCounts(ctx, { endpointId });
    },
  );
}
