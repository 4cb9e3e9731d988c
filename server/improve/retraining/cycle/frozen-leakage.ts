import { and, desc, eq, gte, sql } from "drizzle-orm";
import { datasetVersions, evaluationSets, leakageChecks } from "#db/schema/index.ts";
import type { Context } from "#server/base/context.ts";
import { formatCount } from "#server/base/format-number.ts";
import { type LeakageCheck, LeakageQuestion } from "#server/develop/datasets/leakage/contract.ts";
import { toLeakageCheck } from "#server/develop/datasets/leakage/queries.ts";
import { requestLeakageCheck } from "#server/develop/datasets/leakage/request-leakage-check.ts";
import { findVersion } from "#server/develop/registry/lookups.ts";
import { EvaluationSetDefinition } from "#server/release/evaluation/contract.ts";
import { inputColumns } from "#server/release/evaluation/runs/plan-inputs.ts";
import { versionSides } from "#server/watch/monitoring/profiles/version-sides.ts";
import type { DataPart } from "../contract.ts";
import type { FoundCycle } from "./lock-cycle.ts";

type Version = NonNullable<DataPart["version"]>;

/** Whether training data shares rows with the frozen set of a cycle. */
type FrozenLeakage =
  | { state: "clean" }
  /** The question, where no check of this cycle has been asked for yet. */
  | { state: "unasked"; question: LeakageQuestion }
  | { state: "checking" }
  | { state: "found"; problem: string };

/**
 * Finds whether training data shares rows with the frozen set, by the inputs of the champion: labels and numbers of rows say nothing about a row. A set
 * of some rows of a file, or without a common column, cannot be compared before the training; its evaluation compares it afterwards. A set that is
 * retired or gone is a problem, too.
 * @throws DomainError "conflict" while the champion's signature is unknown
 */
export async function readFrozenLeakage(ctx: Context, cycle: FoundCycle, version: Version): Promise<FrozenLeakage> {
  const frozen = await findFrozenSet(ctx, cycle.plan.compare.frozenSet);
  // Known before a training that nothing could accept.
  if (!frozen || frozen.isRetired) {
    return { state: "found", problem: "The frozen set of the policy is retired or deleted. Choose another one." };
  }
  if (frozen.definition.filter !== null) return { state: "clean" };
  if (frozen.dataset.id === version.id) {
    return { state: "found", problem: `The training data is the file of the frozen set "${frozen.name}".` };
  }
  const question = await questionOf(ctx, cycle, version, frozen);
  if (!question) return { state: "clean" };
  const check = await findCheck(ctx, cycle, question);
  if (!check) return { state: "unasked", question };
  if (check.state === "waiting" || check.state === "running") return { state: "checking" };
  const shared = check.result?.sharedRows ?? 0;
  if (shared === 0) return { state: "clean" };
  const rows = shared === 1 ? "1 row" : `${formatCount(shared)} rows`;
  const problem = `${rows} of the frozen set "${frozen.name}" are in the training data. Remove them from it first.`;
  return { state: "found", problem };
}

/** Asks for the check of a cycle's training data; a job makes it. */
export async function askFrozenLeakage(ctx: Context, question: LeakageQuestion): Promise<void> {
  await requestLeakageCheck(ctx, { name: question.left.name, question });
}

type FrozenSet = NonNullable<Awaited<ReturnType<typeof findFrozenSet>>>;

async function findFrozenSet(ctx: Context, id: string) {
  const [found] = await ctx.db
    .select({ set: evaluationSets, dataset: datasetVersions })
    .from(evaluationSets)
    .innerJoin(datasetVersions, eq(datasetVersions.id, evaluationSets.datasetVersionId))
    .where(and(eq(evaluationSets.workspaceId, ctx.actor.workspaceId), eq(evaluationSets.id, id)));
  if (!found) return undefined;
  const { set, dataset } = found;
  return {
    name: set.name,
    isRetired: set.retiredAt !== null,
    definition: EvaluationSetDefinition.parse(set.definition),
    dataset,
  };
}

async function questionOf(
  ctx: Context,
  { model, championVersion }: FoundCycle,
  version: Version,
  { dataset, definition }: FrozenSet,
): Promise<LeakageQuestion | null> {
  const [training] = await ctx.db
    .select({ columns: datasetVersions.columns })
    .from(datasetVersions)
    .where(and(eq(datasetVersions.workspaceId, ctx.actor.workspaceId), eq(datasetVersions.id, version.id)));
  const known = new Set(training?.columns.map(({ name }) => name));
  const sides = versionSides(await findVersion(ctx, { name: model, version: championVersion }));
  const names = dataset.columns.map(({ name }) => name);
  const columns = inputColumns(sides, names, definition.columns).filter((name) => known.has(name));
  if (columns.length === 0) return null;
  const sideOf = ({ name, digest }: { name: string; digest: string }) => ({ name, digest });
  return LeakageQuestion.parse({ left: sideOf(version), right: sideOf(dataset), columns });
}

/** Finds the check that this cycle has asked for. */
async function findCheck(
  ctx: Context,
  { startedAt }: FoundCycle,
  question: LeakageQuestion,
): Promise<LeakageCheck | undefined> {
  const [row] = await ctx.db
    .select()
    .from(leakageChecks)
    .where(
      and(
        eq(leakageChecks.workspaceId, ctx.actor.workspaceId),
        eq(leakageChecks.name, question.left.name),
        gte(leakageChecks.createdAt, startedAt),
        sql`${leakageChecks.question} = ${JSON.stringify(question)}::jsonb`,
      ),
    )
    .orderBy(desc(leakageChecks.createdAt))
    .limit(1);
  return row && toLeakageCheck(row);
}
