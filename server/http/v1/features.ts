import type { FastifyInstance } from "fastify";
import { z } from "zod";
import { limits } from "#server/base/limits.ts";
import * as contract from "#server/develop/features/contract.ts";
import { defineFeatureEntity } from "#server/develop/features/definitions/define-feature-entity.ts";
import { defineFeatureService } from "#server/develop/features/definitions/define-feature-service.ts";
import { defineFeatureView } from "#server/develop/features/definitions/define-feature-view.ts";
import { defineViewSource } from "#server/develop/features/definitions/define-view-source.ts";
import { deleteFeatureEntity } from "#server/develop/features/definitions/delete-feature-entity.ts";
import { deleteFeatureService } from "#server/develop/features/definitions/delete-feature-service.ts";
import { deleteFeatureView } from "#server/develop/features/definitions/delete-feature-view.ts";
import { deleteViewSource } from "#server/develop/features/definitions/delete-view-source.ts";
import {
  getFeatureEntity,
  getFeatureService,
  getFeatureView,
  getViewSource,
  listFeatureEntities,
  listFeatureServices,
  listFeatureViews,
  listFeatureViewVersions,
  listViewSources,
} from "#server/develop/features/definitions/queries.ts";
import { checkFeatureExpression } from "#server/develop/features/expressions/check-feature-expression.ts";
import { CheckExpression } from "#server/develop/features/expressions/contract.ts";
import { lookUpFeatures } from "#server/develop/features/look-up/look-up-features.ts";
import { writeFeatures } from "#server/develop/features/writes/write-features.ts";
import * as watch from "#server/watch/features/contract.ts";
import { listViewFindings } from "#server/watch/features/findings/queries.ts";
import { proposeViewLimit } from "#server/watch/features/propose-view-limit.ts";
import { getViewWatch, listViewWatch } from "#server/watch/features/queries.ts";
import type { WebDependencies } from "../server.ts";
import { Cell, FeatureAnswer, toFeatureAnswer, toJsonCell } from "./feature-answer.ts";
import { KeyAnswer, toKeyAnswer } from "./key-answer.ts";
import { route } from "./route.ts";

/** Query of a deletion: a reason to delete what something uses. */
const Deletion = contract.DeleteDefinition.pick({ force: true });

/** Feature views, entities, services and sources; look-ups and rows. */
export function features(app: FastifyInstance, deps: WebDependencies): void {
  views(app);
  keyRows(app, deps);
  entities(app);
  services(app);
  sources(app);
  freshness(app);
  viewFindings(app);
  expressions(app);
  lookUps(app, deps.featureCounts);
  rows(app, deps.featureCounts);
}

type Counts = WebDependencies["featureCounts"];

function views(app: FastifyInstance): void {
  const one = { path: "/feature-views/:featureView", params: z.object({ featureView: z.string() }) };
  const list = { summary: "List feature views by name", response: z.object({ views: z.array(contract.FeatureView) }) };
  route(app, { method: "GET", path: "/feature-views", ...list }, async ({ ctx }) => ({
    views: await listFeatureViews(ctx),
  }));
  const show = { summary: "Get a feature view with its current version", response: contract.FeatureView };
  route(app, { method: "GET", ...one, ...show }, ({ ctx, params }) => getFeatureView(ctx, params.featureView));
  const versions = {
    summary: "List versions of a feature view, newest first",
    params: one.params,
    response: z.object({ versions: z.array(contract.ViewVersion) }),
  };
  route(app, { method: "GET", path: `${one.path}/versions`, ...versions }, async ({ ctx, params }) => ({
    versions: await listFeatureViewVersions(ctx, params.featureView),
  }));
  const define = {
    summary: "Define a feature view; a new schema creates a new version",
    body: contract.DefineFeatureView.omit({ name: true, feastMessage: true }),
    response: contract.FeatureView,
  };
  route(
    app,
    { method: "PUT", ...one, ...define },
    async ({ ctx, params, body }) => (await defineFeatureView(ctx, { name: params.featureView, ...body })).definition,
  );
  const remove = { summary: "Delete a feature view with its rows", query: Deletion };
  route(app, { method: "DELETE", ...one, ...remove }, ({ ctx, params, query }) =>
    deleteFeatureView(ctx, { name: params.featureView, ...query }),
  );
}

function keyRows(app: FastifyInstance, { readKeyRows }: WebDependencies): void {
  const show = {
    summary: "Get the row of a key now and as of a time, with its history",
    params: z.object({ featureView: z.string() }),
    query: z.object({
      key: KeyParts.describe("A join key with its value, such as driver_id:1001; once for each."),
      at: z.string().max(100).optional().describe("ISO 8601; not in the future."),
    }),
    response: KeyAnswer,
  };
  route(
    app,
    { method: "GET", path: "/feature-views/:featureView/rows", ...show },
    async ({ ctx, params, query: { key, at } }) =>
      toKeyAnswer(await readKeyRows(ctx, { view: params.featureView, keys: key, ...(at !== undefined && { at }) })),
  );
}

const maxKeyLength = 5_000;

/** Names cannot contain a colon, values can. */
const KeyParts = z
  .union([z.string().max(maxKeyLength), z.array(z.string().max(maxKeyLength)).max(20)])
  .default([])
  .transform((sent, refinement): Record<string, string> => {
    const parts = [sent].flat().map((text) => /^([^:]+):(.*)$/s.exec(text));
    if (!parts.every((part) => part !== null)) {
      refinement.addIssue({ code: "custom", message: "Write a key as <join key>:<value>." });
      return z.NEVER;
    }
    return Object.fromEntries(parts.map(([, name, value]) => [name, value]));
  });

function entities(app: FastifyInstance): void {
  const one = { path: "/feature-entities/:featureEntity", params: z.object({ featureEntity: z.string() }) };
  const list = {
    summary: "List entities of the feature store by name",
    response: z.object({ entities: z.array(contract.FeatureEntity) }),
  };
  route(app, { method: "GET", path: "/feature-entities", ...list }, async ({ ctx }) => ({
    entities: await listFeatureEntities(ctx),
  }));
  const show = { summary: "Get an entity of the feature store", response: contract.FeatureEntity };
  route(app, { method: "GET", ...one, ...show }, ({ ctx, params }) => getFeatureEntity(ctx, params.featureEntity));
  const define = {
    summary: "Define an entity of the feature store",
    body: contract.DefineFeatureEntity.omit({ name: true, feastMessage: true }),
    response: contract.FeatureEntity,
  };
  route(
    app,
    { method: "PUT", ...one, ...define },
    async ({ ctx, params, body }) =>
      (await defineFeatureEntity(ctx, { name: params.featureEntity, ...body })).definition,
  );
  const remove = { summary: "Delete an entity of the feature store", query: Deletion };
  route(app, { method: "DELETE", ...one, ...remove }, ({ ctx, params, query }) =>
    deleteFeatureEntity(ctx, { name: params.featureEntity, ...query }),
  );
}

function services(app: FastifyInstance): void {
  const one = { path: "/feature-services/:featureService", params: z.object({ featureService: z.string() }) };
  const list = {
    summary: "List feature services by name",
    response: z.object({ services: z.array(contract.FeatureService) }),
  };
  route(app, { method: "GET", path: "/feature-services", ...list }, async ({ ctx }) => ({
    services: await listFeatureServices(ctx),
  }));
  const show = { summary: "Get a feature service", response: contract.FeatureService };
  route(app, { method: "GET", ...one, ...show }, ({ ctx, params }) => getFeatureService(ctx, params.featureService));
  const define = {
    summary: "Define a feature service: the features that one model needs",
    body: contract.DefineFeatureService.omit({ name: true, feastMessage: true }),
    response: contract.FeatureService,
  };
  route(
    app,
    { method: "PUT", ...one, ...define },
    async ({ ctx, params, body }) =>
      (await defineFeatureService(ctx, { name: params.featureService, ...body })).definition,
  );
  const remove = { summary: "Delete a feature service" };
  route(app, { method: "DELETE", ...one, ...remove }, ({ ctx, params }) =>
    deleteFeatureService(ctx, { name: params.featureService }),
  );
}

function sources(app: FastifyInstance): void {
  const one = { path: "/feature-sources/:featureSource", params: z.object({ featureSource: z.string() }) };
  const list = {
    summary: "List sources of features by name",
    response: z.object({ sources: z.array(contract.ViewSource) }),
  };
  route(app, { method: "GET", path: "/feature-sources", ...list }, async ({ ctx }) => ({
    sources: await listViewSources(ctx),
  }));
  const show = { summary: "Get a source of features", response: contract.ViewSource };
  route(app, { method: "GET", ...one, ...show }, ({ ctx, params }) => getViewSource(ctx, params.featureSource));
  const define = {
    summary: "Define a source of features, such as a push source",
    body: contract.DefineViewSource.omit({ name: true, feastMessage: true }),
    response: contract.ViewSource,
  };
  route(
    app,
    { method: "PUT", ...one, ...define },
    async ({ ctx, params, body }) => (await defineViewSource(ctx, { name: params.featureSource, ...body })).definition,
  );
  const remove = { summary: "Delete a source of features", query: Deletion };
  route(app, { method: "DELETE", ...one, ...remove }, ({ ctx, params, query }) =>
    deleteViewSource(ctx, { name: params.featureSource, ...query }),
  );
}

function freshness(app: FastifyInstance): void {
  const params = z.object({ featureView: z.string().max(limits.nameLength) });
  const range = watch.ListViewWatch;
  route(
    app,
    {
      method: "GET",
      path: "/feature-freshness",
      summary: "List freshness and look-ups of feature views in a time range",
      query: range,
      response: z.object({ views: z.array(watch.ViewWatchSummary) }),
    },
    ({ ctx, query }) => listViewWatch(ctx, query),
  );
  route(
    app,
    {
      method: "GET",
      path: "/feature-views/:featureView/freshness",
      summary: "Get ages, results and consumers of the look-ups of a feature view, and the delay of its rows",
      params,
      query: range,
      response: watch.ViewWatch,
    },
    ({ ctx, params, query }) => getViewWatch(ctx, { view: params.featureView, ...query }),
  );
  route(
    app,
    {
      method: "GET",
      path: "/feature-views/:featureView/freshness/limit",
      summary: "Propose a limit for the lag of a view, or for the age of its rows at look-up",
      params,
      query: watch.ProposeViewLimit.omit({ viewId: true }),
      response: watch.ViewLimitProposal,
    },
    async ({ ctx, params, query }) => {
      const { id: viewId } = await getFeatureView(ctx, params.featureView);
      return proposeViewLimit(ctx, { viewId, ...query });
    },
  );
}

function viewFindings(app: FastifyInstance): void {
  route(
    app,
    {
      method: "GET",
      path: "/feature-findings",
      summary: "List findings of feature views: late sources, failed materialisations, changed values",
      query: watch.ListViewFindings.omit({ limit: true }),
      response: z.object({ findings: z.array(watch.ViewFinding) }),
    },
    ({ ctx, query }) => listViewFindings(ctx, query),
  );
}

function expressions(app: FastifyInstance): void {
  const check = {
    summary: "Check a feature expression over columns, and evaluate it for a row",
    body: CheckExpression,
    response: z.object({
      type: contract.FeatureType,
      reads: z.array(z.string()).describe("Columns used."),
      result: z
        .object({
          value: Cell,
          isNullOperand: z.boolean().describe("Null because of an operand that is not tested for null."),
          problem: z.string().nullable().describe("Why it failed: at arrival the row would be rejected."),
        })
        .nullable()
        .describe("Result for the row; null without a row."),
    }),
  };
  route(app, { method: "POST", path: "/features/expressions/check", ...check }, async ({ ctx, body }) => {
    const { type, reads, outcome } = checkFeatureExpression(ctx, body);
    const result = outcome && {
      value: toJsonCell(type, outcome.kind === "value" ? outcome.value : null),
      isNullOperand: outcome.kind === "null-operand",
      problem: outcome.kind === "failed" ? outcome.reason : null,
    };
    return { type, reads: [...reads], result: result ?? null };
  });
}

function lookUps(app: FastifyInstance, counts: Counts): void {
  const lookUp = {
    summary: "Look up the newest values of features by key",
    body: contract.LookUpFeatures,
    response: FeatureAnswer,
  };
  route(app, { method: "POST", path: "/features/lookup", ...lookUp }, async ({ ctx, body }) => {
    const answer = await lookUpFeatures(ctx, body);
    counts?.lookedUp(ctx.actor.workspaceId, answer);
    return toFeatureAnswer(answer);
  });
}

function rows(app: FastifyInstance, counts: Counts): void {
  const write = {
    summary: "Write rows of a feature view, or of every view of a push source",
    body: z.object({
      view: z.string().max(limits.nameLength).optional(),
      pushSource: z.string().max(limits.nameLength).optional(),
      columns: contract.WrittenColumns,
    }),
    response: contract.WrittenFeatures,
    isRepeatable: true,
  };
  route(app, { method: "POST", path: "/features/rows", ...write }, ({ ctx, body, idempotencyKey }) =>
    writeFeatures(ctx, body, {
      idempotencyKey,
      onRejected: (viewId, rows) => counts?.rejected(ctx.actor.workspaceId, viewId, rows),
    }),
  );
}
