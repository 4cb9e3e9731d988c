import { and, desc, eq, getTableColumns, type SQL, sql } from "drizzle-orm";
import { evaluationRuns, evaluationSets, modelVersions, registeredModels } from "#db/schema/index.ts";
import type { Context } from "#server/base/context.ts";
import { DomainError } from "#server/base/errors.ts";
import { permit } from "#server/platform/permissions/permit.ts";
import { EvaluationResult, type EvaluationRun, ListEvaluations, ListedEvaluation } from "../contract.ts";

/** Lists evaluations of versions, newest first. Panels and segments, which may be megabytes each, are left to getEvaluation. */
export async function listEvaluations(ctx: Context, input: ListEvaluations = {}): Promise<ListedEvaluation[]> {
  permit(ctx, "listEvaluations");
  const { setId, name, version, limit } = ListEvaluations.parse(input);
  const found = await readRuns(
    ctx,
    and(
      eq(evaluationRuns.kind, "evaluation"),
      setId === undefined ? undefined : eq(evaluationRuns.setId, setId),
      name === undefined ? undefined : eq(registeredModels.name, name),
      version === undefined ? undefined : eq(modelVersions.version, version),
    ),
    limit,
    "headline",
  );
  return found.map((one) => {
    const { leakage, result } = one.run;
    return { ...runFields(one), leakage, result: result && ListedEvaluation.shape.result.parse(result) };
  });
}

/** Returns one evaluation with its progress or result. @throws DomainError "not-found" */
export async function getEvaluation(ctx: Context, id: string): Promise<EvaluationRun> {
  permit(ctx, "getEvaluation");
  return loadEvaluation(ctx, id);
}

/** Returns an evaluation inside a command. @throws DomainError "not-found" */
export async function loadEvaluation(ctx: Context, id: string): Promise<EvaluationRun> {
  return toEvaluation(await findRun(ctx, id, "evaluation"));
}

/** A run with its set and version. */
export type FoundRun = Awaited<ReturnType<typeof readRuns>>[number];

/** Finds a run of either kind, or of one. @throws DomainError "not-found" */
export async function findRun(ctx: Context, id: string, kind?: "evaluation" | "robustness"): Promise<FoundRun> {
  const isKind = kind && eq(evaluationRuns.kind, kind);
  const [found] = await readRuns(ctx, and(eq(evaluationRuns.id, id), isKind), 1);
  if (!found) throw new DomainError("not-found", "Evaluation not found. See the evaluation of a version.");
  return found;
}

/** How much of results is read: everything, what a list shows, or nothing. */
type ReadResult = "all" | "headline" | "none";

const { result: wholeResult, ...runColumns } = getTableColumns(evaluationRuns);
const resultColumns: Record<ReadResult, SQL<typeof evaluationRuns.$inferSelect.result>> = {
  all: sql`${wholeResult}`,
  headline: sql`${wholeResult} - array['failures', 'panels', 'segments', 'groups']`,
  none: sql`null`,
};

/** Reads runs of this workspace, newest first. */
export function readRuns(ctx: Context, where: SQL | undefined, limit: number, results: ReadResult = "all") {
  return ctx.db
    .select({
      run: { ...runColumns, result: resultColumns[results] },
      set: {
        id: evaluationSets.id,
        name: evaluationSets.name,
        digest: evaluationSets.digest,
        definition: evaluationSets.definition,
      },
      model: registeredModels.name,
      version: modelVersions.version,
      sha256: modelVersions.sha256,
      pipelineDigestNow: modelVersions.pipelineDigest,
    })
    .from(evaluationRuns)
    .innerJoin(evaluationSets, eq(evaluationSets.id, evaluationRuns.setId))
    .innerJoin(modelVersions, eq(modelVersions.id, evaluationRuns.versionId))
    .innerJoin(registeredModels, eq(registeredModels.id, modelVersions.modelId))
    .where(and(eq(evaluationRuns.workspaceId, ctx.actor.workspaceId), where))
    .orderBy(desc(evaluationRuns.createdAt), desc(evaluationRuns.id))
    .limit(limit);
}

/** What evaluations and robustness runs have in common. */
export function runFields({ run, set, model, version, sha256, pipelineDigestNow }: FoundRun) {
  const { id, versionId, modelDigest, pipelineDigest, provider, ranOn, state, rowsDone, rowsTotal } = run;
  const { problem, createdBy, createdAt, startedAt, finishedAt } = run;
  return {
    id,
    set: { id: set.id, name: set.name, digest: set.digest, taskKind: set.definition.task.kind },
    model,
    version,
    versionId,
    modelDigest,
    pipelineDigest,
    provider: provider === "" ? null : provider,
    ranOn,
    state,
    rowsDone,
    rowsTotal,
    isStale: sha256 !== modelDigest || (pipelineDigestNow ?? "") !== pipelineDigest,
    problem,
    createdBy,
    createdAt,
    startedAt,
    finishedAt,
  };
}

function toEvaluation(found: FoundRun): EvaluationRun {
  const { leakage, result } = found.run;
  return { ...runFields(found), leakage, result: result === null ? null : EvaluationResult.parse(result) };
}
