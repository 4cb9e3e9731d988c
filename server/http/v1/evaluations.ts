import type { FastifyInstance } from "fastify";
import { z } from "zod";
import { DomainError } from "#server/base/errors.ts";
import type { WebDependencies } from "#server/http/server.ts";
import { getModelCard } from "#server/release/evaluation/card/get-model-card.ts";
import { compareEvaluations } from "#server/release/evaluation/comparison/compare-evaluations.ts";
import { listChangedRows } from "#server/release/evaluation/comparison/list-changed-rows.ts";
import * as contract from "#server/release/evaluation/contract.ts";
import { listLoggedEvaluations } from "#server/release/evaluation/logged/list-logged-evaluations.ts";
import { requestRobustness } from "#server/release/evaluation/robustness/request-robustness.ts";
import {
  compareRobustness,
  getRobustness,
  listRobustness,
} from "#server/release/evaluation/robustness/robustness-queries.ts";
import { listEvaluatedRows } from "#server/release/evaluation/rows/list-evaluated-rows.ts";
import { cancelEvaluation } from "#server/release/evaluation/runs/cancel-evaluation.ts";
import { requestEvaluation } from "#server/release/evaluation/runs/request-evaluation.ts";
import { getEvaluation, listEvaluations } from "#server/release/evaluation/runs/run-queries.ts";
import { createEvaluationSet } from "#server/release/evaluation/sets/create-evaluation-set.ts";
import { retireEvaluationSet } from "#server/release/evaluation/sets/retire-evaluation-set.ts";
import { getEvaluationSet, listEvaluationSets } from "#server/release/evaluation/sets/set-queries.ts";
import { route } from "./route.ts";

const SetPath = z.object({ set: z.uuid() });
const RunPath = z.object({ evaluation: z.uuid() });

/** Evaluation sets, and evaluations of versions on them. */
export function evaluations(app: FastifyInstance, deps: WebDependencies): void {
  sets(app);
  runs(app, deps);
  comparisons(app, deps);
  robustness(app);
  versions(app);
}

function sets(app: FastifyInstance): void {
  const { EvaluationSet } = contract;
  const list = {
    summary: "List evaluation sets, newest first",
    query: contract.ListEvaluationSets,
    response: z.object({ sets: z.array(EvaluationSet) }),
  };
  route(app, { method: "GET", path: "/evaluation-sets", ...list }, async ({ ctx, query }) => ({
    sets: await listEvaluationSets(ctx, query),
  }));
  const create = {
    summary: "Freeze rows of a dataset version as an evaluation set; a job reads their labels",
    body: contract.CreateEvaluationSet,
    response: EvaluationSet,
    status: 202,
  } as const;
  route(app, { method: "POST", path: "/evaluation-sets", ...create }, ({ ctx, body }) =>
    createEvaluationSet(ctx, body),
  );
  const one = { params: SetPath, response: EvaluationSet };
  const show = { summary: "Get an evaluation set with its classes, segments and use", ...one };
  route(app, { method: "GET", path: "/evaluation-sets/:set", ...show }, ({ ctx, params }) =>
    getEvaluationSet(ctx, params.set),
  );
  const retire = {
    summary: "Retire an evaluation set; its results stay",
    body: contract.RetireEvaluationSet.omit({ id: true }),
    ...one,
  };
  route(app, { method: "POST", path: "/evaluation-sets/:set/retirement", ...retire }, ({ ctx, params, body }) =>
    retireEvaluationSet(ctx, { ...body, id: params.set }),
  );
}

function runs(app: FastifyInstance, { artifacts }: WebDependencies): void {
  const { EvaluationRun } = contract;
  const list = {
    summary: "List evaluations of versions, newest first, with the metrics of all rows",
    query: contract.ListEvaluations,
    response: z.object({ evaluations: z.array(contract.ListedEvaluation) }),
  };
  route(app, { method: "GET", path: "/evaluations", ...list }, async ({ ctx, query }) => ({
    evaluations: await listEvaluations(ctx, query),
  }));
  const create = {
    summary: "Evaluate a version on a set; runs as a job, once per version and set",
    body: contract.RequestEvaluation,
    response: EvaluationRun,
    status: 202,
  } as const;
  route(app, { method: "POST", path: "/evaluations", ...create }, ({ ctx, body }) => requestEvaluation(ctx, body));
  const show = { summary: "Get an evaluation with its progress or result", params: RunPath, response: EvaluationRun };
  route(app, { method: "GET", path: "/evaluations/:evaluation", ...show }, ({ ctx, params }) =>
    getEvaluation(ctx, params.evaluation),
  );
  const cancel = { summary: "Cancel an evaluation; requested again, it continues", params: RunPath };
  route(app, { method: "POST", path: "/evaluations/:evaluation/cancellation", ...cancel }, ({ ctx, params }) =>
    cancelEvaluation(ctx, params.evaluation),
  );
  const rows = {
    summary: "List rows of an evaluation with label and prediction, of a segment or of all",
    params: RunPath,
    query: contract.ListEvaluatedRows.omit({ id: true }),
    response: contract.EvaluatedRows,
  };
  route(app, { method: "GET", path: "/evaluations/:evaluation/rows", ...rows }, ({ ctx, params, query }) =>
    listEvaluatedRows(ctx, { ...query, id: params.evaluation }, artifacts),
  );
}

const ComparisonQuery = z.object({
  model: z.string().describe("Model of the version under evaluation."),
  version: z.coerce.number().int().min(1),
  baseModel: z
    .string()
    .optional()
    .describe("Model of the version that it is compared with; defaults to the same model."),
  baseVersion: z.coerce.number().int().min(1),
  segment: z.string().optional().describe("Id of a segment of the set; defaults to all rows."),
});

const pairOf = (
  setId: string,
  { model, version, baseModel, baseVersion, segment }: z.infer<typeof ComparisonQuery>,
) => ({
  setId,
  first: { name: model, version },
  second: { name: baseModel ?? model, version: baseVersion },
  segment,
});

function comparisons(app: FastifyInstance, { artifacts }: WebDependencies): void {
  const path = "/evaluation-sets/:set" as const;
  const compare = {
    summary: "Compare two versions on a set, row by row",
    params: SetPath,
    query: ComparisonQuery.extend({
      metric: z.string().optional().describe("Metric ID; defaults to all."),
      confidence: z.coerce.number().min(0.5).max(0.999).default(0.95),
    }),
    response: contract.EvaluationComparison,
  };
  route(app, { method: "GET", path: `${path}/comparison`, ...compare }, ({ ctx, params, query }) =>
    compareEvaluations(
      ctx,
      { ...pairOf(params.set, query), metric: query.metric, confidence: query.confidence },
      artifacts,
    ),
  );
  const { change, offset, limit } = contract.ListChangedRows.shape;
  const changed = {
    summary: "List rows on which two versions differ: gained, lost, or incorrect in another way",
    params: SetPath,
    query: ComparisonQuery.extend({ change, offset, limit }),
    response: contract.ChangedRowsPage,
  };
  route(app, { method: "GET", path: `${path}/changed-rows`, ...changed }, ({ ctx, params, query }) =>
    listChangedRows(
      ctx,
      { ...pairOf(params.set, query), change: query.change, offset: query.offset, limit: query.limit },
      artifacts,
    ),
  );
}

function robustness(app: FastifyInstance): void {
  const { RobustnessRun } = contract;
  const list = {
    summary: "List robustness runs of versions, newest first",
    query: contract.ListEvaluations,
    response: z.object({ runs: z.array(RobustnessRun) }),
  };
  route(app, { method: "GET", path: "/robustness-runs", ...list }, async ({ ctx, query }) => ({
    runs: await listRobustness(ctx, query),
  }));
  const create = {
    summary: "Run a version on corrupted rows of a set; runs as a job, once per version, set and settings",
    body: contract.RequestRobustness,
    response: RobustnessRun,
    status: 202,
  } as const;
  route(app, { method: "POST", path: "/robustness-runs", ...create }, ({ ctx, body }) => requestRobustness(ctx, body));
  const path = "/robustness-runs/:robustnessRun" as const;
  const params = z.object({ robustnessRun: z.uuid() });
  const show = { summary: "Get a robustness run with its progress or result", params, response: RobustnessRun };
  route(app, { method: "GET", path, ...show }, ({ ctx, params }) => getRobustness(ctx, params.robustnessRun));
  const cancel = { summary: "Cancel a robustness run; requested again, it continues", params };
  route(app, { method: "POST", path: `${path}/cancellation`, ...cancel }, ({ ctx, params }) =>
    cancelEvaluation(ctx, params.robustnessRun),
  );
  const compare = {
    summary: "Compare what corruptions cost two versions",
    params,
    query: contract.CompareRobustness.pick({ base: true }),
    response: contract.RobustnessComparison,
  };
  route(app, { method: "GET", path: `${path}/comparison`, ...compare }, ({ ctx, params, query }) =>
    compareRobustness(ctx, { id: params.robustnessRun, base: query.base }),
  );
}

const VersionPath = z.object({ model: z.string(), version: z.coerce.number().int().min(1) });

function versions(app: FastifyInstance): void {
  const path = "/models/:model/versions/:version" as const;
  const logged = {
    summary: "List results of a version that MLflow clients logged, and evaluation datasets of its experiment",
    params: VersionPath,
    response: contract.LoggedEvaluations,
  };
  route(app, { method: "GET", path: `${path}/logged-evaluations`, ...logged }, ({ ctx, params }) =>
    listLoggedEvaluations(ctx, { name: params.model, version: params.version }),
  );
  // Does not use route(), which sends JSON.
  const card = {
    path: `${path}/model-card.md`,
    summary: "Get the model card of a version as Markdown",
    params: VersionPath,
  };
  app.operations.push({ method: "GET", ...card, status: 200 });
  app.get(card.path, async (request, reply) => {
    if (!request.caller) throw new Error("The model card was registered outside v1Plugin.");
    const { data } = VersionPath.safeParse(request.params);
    if (!data) throw new DomainError("not-found", "Version not found. Versions are identified by number.");
    const text = await getModelCard(request.caller, { name: data.model, version: data.version });
    const name = `attachment; filename*=UTF-8''${encodeURIComponent(`${data.model}-v${data.version}.md`)}`;
    return reply.type("text/markdown; charset=utf-8").header("content-disposition", name).send(text);
  });
}
