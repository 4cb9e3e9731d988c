import { and, desc, eq, isNull, ne, type SQL } from "drizzle-orm";
import {
  datasetVersions,
  evaluationSets,
  featureTrainingSets,
  labelProjects,
  modelVersions,
  slos,
} from "#db/schema/index.ts";
import type { Context } from "#server/base/context.ts";
import { DomainError } from "#server/base/errors.ts";
import { isTimeZone } from "#server/base/time-zone.ts";
import type { EvaluationTaskKind } from "#server/release/evaluation/contract.ts";
import { currentDeployments } from "#server/serve/endpoints/deployment-rows.ts";
import { findTemplate } from "../../training/templates/queries.ts";
import { withParameters } from "../../training/templates/with-parameters.ts";
import type { RetrainingPlan, RetrainingPolicy, RetrainingTrigger } from "../contract.ts";
import { isCron } from "../look/last-slot.ts";

/** Tasks in which a version is right or wrong about a row, which acceptance counts. */
const comparedKinds: readonly EvaluationTaskKind[] = ["classification", "multilabel", "boxes", "spans"];

/** Checks that an endpoint serves a version of a model, which the candidates are compared with. @throws DomainError "invalid" */
export async function requireServed(
  ctx: Context,
  model: { id: string; name: string },
  endpoint: { id: string; name: string },
): Promise<void> {
  const deployed = (await currentDeployments(ctx, [endpoint.id])).get(endpoint.id);
  const isServed =
    deployed !== undefined &&
    (await exists(ctx, modelVersions, [eq(modelVersions.id, deployed.versionId), eq(modelVersions.modelId, model.id)]));
  if (isServed) return;
  throw invalid("endpoint", `"${endpoint.name}" serves no version of ${model.name}. Deploy one first.`);
}

/** Checks that what the rules of a policy name is in the workspace. @throws DomainError "invalid" with the field: "rules.triggers.0.slo" */
export async function checkRules(ctx: Context, { triggers }: RetrainingPolicy): Promise<void> {
  for (const [at, trigger] of triggers.entries()) await checkTrigger(ctx, trigger, `rules.triggers.${at}`);
}

/** Checks that what a plan names is in the workspace and can be used. @throws DomainError "invalid" with the field: "plan.job.template" */
export async function checkPlan(ctx: Context, plan: RetrainingPlan): Promise<void> {
  await checkData(ctx, plan.data);
  await checkJob(ctx, plan.job);
  await checkSets(ctx, plan.compare);
}

/** Whether the workspace has a row that meets conditions. */
async function exists(ctx: Context, table: OwnedTable, conditions: SQL[]): Promise<boolean> {
  const isThere = and(eq(table.workspaceId, ctx.actor.workspaceId), ...conditions);
  const [row] = await ctx.db.select({ id: table.id }).from(table).where(isThere).limit(1);
  return row !== undefined;
}

type OwnedTable =
  | typeof datasetVersions
  | typeof featureTrainingSets
  | typeof labelProjects
  | typeof modelVersions
  | typeof slos;

const invalid = (field: string, message: string) => new DomainError("invalid", message, { field });

async function checkTrigger(ctx: Context, trigger: RetrainingTrigger, field: string): Promise<void> {
  if (trigger.kind === "slo") {
    const isThere = await exists(ctx, slos, [eq(slos.id, trigger.slo), isNull(slos.archivedAt)]);
    if (!isThere) throw invalid(`${field}.slo`, "Unknown SLO. Choose another.");
  }
  if (trigger.kind === "dataset") await requireDataset(ctx, trigger.dataset, `${field}.dataset`);
  if (trigger.kind !== "schedule") return;
  if (!isCron(trigger.cron)) {
    throw invalid(
      `${field}.cron`,
      'Invalid schedule. Enter minute, hour, day, month and weekday, such as "0 6 * * 1".',
    );
  }
  if (!isTimeZone(trigger.timeZone)) {
    throw invalid(`${field}.timeZone`, "Unknown time zone. Use a name such as Europe/Lisbon or UTC.");
  }
}

async function checkData(ctx: Context, data: RetrainingPlan["data"]): Promise<void> {
  if (data.kind === "labels") {
    const isThere = await exists(ctx, labelProjects, [
      eq(labelProjects.id, data.project),
      ne(labelProjects.state, "archived"),
    ]);
    if (!isThere) throw invalid("plan.data.project", "Unknown label project. Choose another.");
  }
  if (data.kind === "training-set") {
    const isThere = await exists(ctx, featureTrainingSets, [eq(featureTrainingSets.name, data.name)]);
    if (!isThere) throw invalid("plan.data.name", `Training set "${data.name}" not found. Create one first.`);
  }
  if (data.kind === "dataset") await requireDataset(ctx, data.name, "plan.data.name");
}

async function requireDataset(ctx: Context, name: string, field: string): Promise<void> {
  if (await exists(ctx, datasetVersions, [eq(datasetVersions.name, name)])) return;
  throw invalid(field, `There is no dataset "${name}" whose rows Leeway has. Upload a version first.`);
}

async function checkJob(ctx: Context, { template, parameters }: RetrainingPlan["job"]): Promise<void> {
  const { spec } = await under("plan.job", () => findTemplate(ctx, template));
  await under("plan.job", () => withParameters(spec, parameters));
}

/** Names the field of an error by its place in the policy. */
async function under<Result>(place: string, work: () => Result | Promise<Result>): Promise<Result> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof DomainError && error.field !== undefined) {
      throw invalid(`${place}.${error.field}`, error.message);
    }
    throw error;
  }
}

async function checkSets(ctx: Context, { frozenSet, freshSet }: RetrainingPlan["compare"]): Promise<void> {
  await requireSet(ctx, eq(evaluationSets.id, frozenSet), "plan.compare.frozenSet");
  if (freshSet !== null) await requireSet(ctx, eq(evaluationSets.name, freshSet), "plan.compare.freshSet");
}

/** Checks the newest evaluation set that meets a condition. */
async function requireSet(ctx: Context, where: SQL, field: string): Promise<void> {
  const [set] = await ctx.db
    .select({
      name: evaluationSets.name,
      state: evaluationSets.state,
      definition: evaluationSets.definition,
    })
    .from(evaluationSets)
    .where(and(eq(evaluationSets.workspaceId, ctx.actor.workspaceId), isNull(evaluationSets.retiredAt), where))
    .orderBy(desc(evaluationSets.createdAt), desc(evaluationSets.id))
    .limit(1);
  if (!set) throw invalid(field, "Evaluation set not found or retired. Choose another.");
  if (set.state !== "ready") {
    const why = set.state === "failed" ? "failed to load" : "are still being read";
    throw invalid(field, `The rows of "${set.name}" ${why}. Choose another set, or try again later.`);
  }
  const { kind } = set.definition.task;
  if (comparedKinds.includes(kind)) return;
  throw invalid(
    field,
    `Sets of kind ${kind} have no correct or incorrect predictions. Choose a set of ${comparedKinds.join(", ")}.`,
  );
}
