import { and, eq } from "drizzle-orm";
import { trainingJobs } from "#db/schema/index.ts";
import type { Context } from "#server/base/context.ts";
import { formatCount } from "#server/base/format-number.ts";
import { loadTrainingSet } from "#server/develop/features/training-sets/queries.ts";
import { loadVersionDetails } from "#server/develop/registry/versions/lineage-queries.ts";
import { isLost } from "../../labelling/flows/label-exports.ts";
import { findLabelProject } from "../../labelling/projects/find-label-project.ts";
import { JobSpec } from "../../training/contract.ts";
import type { CycleData, DataPart } from "../contract.ts";
import { findDatasetVersion } from "./find-dataset-version.ts";
import type { FoundCycle } from "./lock-cycle.ts";

/** What has become of the export or training set of a cycle. */
type Made =
  | { state: "making" }
  | { state: "failed"; problem: string }
  | { state: "done"; name: string; digest: string };

/**
 * Returns the data of a cycle as it is now: with its version once that is made, or with the problem of what makes it. The same rows as the champion has
 * learned from are a problem, since a candidate would learn nothing new.
 * @throws DomainError "not-found" where the label project or training set is gone
 */
export async function madeVersion(ctx: Context, cycle: FoundCycle, data: DataPart, now: number): Promise<DataPart> {
  if (data.problem !== null) return data;
  const found = data.version ?? (await versionOf(ctx, cycle.plan.data, data.madeBy, now));
  if (found === null) return data;
  if (typeof found === "string") return { ...data, problem: found };
  const digests = await digestsOfChampion(ctx, cycle);
  if (!digests.has(found.digest)) return { ...data, version: found };
  const rows = `${formatCount(found.rows)} rows of "${found.name}"`;
  const problem = `No new data: version ${cycle.championVersion} was trained on the same ${rows}.`;
  return { ...data, version: found, problem };
}

/** The version that was made, null while it is not, or why there will be none. */
async function versionOf(
  ctx: Context,
  plan: CycleData,
  madeBy: string | null,
  now: number,
): Promise<DataPart["version"] | string> {
  const made = madeBy === null ? gone : await whatBecame(ctx, plan, madeBy, now);
  if (made.state === "making") return null;
  if (made.state === "failed") return made.problem;
  return (await findDatasetVersion(ctx, made)) ?? `Version ${made.digest} of "${made.name}" was deleted.`;
}

const gone: Made = { state: "failed", problem: "The source of the training data was removed." };

async function whatBecame(ctx: Context, plan: CycleData, madeBy: string, now: number): Promise<Made> {
  if (plan.kind === "labels") {
    const { progress } = await findLabelProject(ctx, plan.project);
    const made = progress?.exports?.find(({ id }) => id === madeBy);
    if (!made) return gone;
    const { state, problem, digest, dataset: name } = made;
    if (state === "done" && digest !== null) return { state: "done", name, digest };
    if (state === "waiting" && !isLost(made, now)) return { state: "making" };
    return { state: "failed", problem: problem ?? "The export of the labels was lost." };
  }
  const { state, name, digest, problem, unacknowledgedLeaks } = await loadTrainingSet(ctx, madeBy);
  switch (state) {
    case "waiting":
    case "running":
      return { state: "making" };
    case "done":
      return digest === null ? gone : { state: "done", name, digest };
    case "held": {
      const leaks = [...new Set(unacknowledgedLeaks.map(({ kind }) => kind))].join(", ");
      return { state: "failed", problem: `The leak check of training set "${name}" failed: ${leaks}.` };
    }
    default:
      return { state: "failed", problem: problem ?? `Training set "${name}" was cancelled.` };
  }
}

/** Digests of what the champion has learned from, as its run says and its job was given. */
async function digestsOfChampion(ctx: Context, cycle: FoundCycle): Promise<Set<string>> {
  const { model: name, championVersion: version } = cycle;
  const { lineage, runId } = await loadVersionDetails(ctx, { name, version });
  const logged = lineage.datasets.filter(({ context }) => context === "training" || context === "train");
  const digests = new Set(logged.map(({ digest }) => digest));
  if (runId === "") return digests;
  const jobs = await ctx.db
    .select({ spec: trainingJobs.spec })
    .from(trainingJobs)
    .where(and(eq(trainingJobs.workspaceId, ctx.actor.workspaceId), eq(trainingJobs.runId, runId)))
    .limit(1);
  for (const { spec } of jobs) {
    const id = JobSpec.parse(spec).datasets[cycle.plan.job.dataset];
    const given = id === undefined ? null : await findDatasetVersion(ctx, { id });
    if (given) digests.add(given.digest);
  }
  return digests;
}
