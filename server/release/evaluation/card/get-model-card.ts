import { and, eq } from "drizzle-orm";
import { evaluationRuns, modelVersions, registeredModels } from "#db/schema/index.ts";
import type { Context } from "#server/base/context.ts";
import { loadVersionFacts } from "#server/develop/registry/gates/version-facts.ts";
import { loadVersionDetails } from "#server/develop/registry/versions/lineage-queries.ts";
import { permit } from "#server/platform/permissions/permit.ts";
import { loadRobustness } from "../robustness/robustness-queries.ts";
import { loadEvaluation, readRuns, runFields } from "../runs/run-queries.ts";
import { loadEvaluationSet } from "../sets/set-queries.ts";
import { writeModelCard } from "./write-model-card.ts";

const maxSets = 10;
const maxRuns = 100;

/** Returns the model card of a version as Markdown, with its newest evaluation on each set, one of its present file first. @throws DomainError "not-found" */
export async function getModelCard(ctx: Context, key: { name: string; version: number }): Promise<string> {
  permit(ctx, "getModelCard");
  const version = await loadVersionDetails(ctx, key);
  const [facts] = await loadVersionFacts(ctx, [version]);
  const isOfVersion = and(
    eq(registeredModels.name, key.name),
    eq(modelVersions.version, key.version),
    eq(evaluationRuns.state, "done"),
  );
  const runs = await readRuns(ctx, isOfVersion, maxRuns, "none");
  const ofSets = Map.groupBy(
    runs.filter(({ run }) => run.kind === "evaluation"),
    ({ set }) => set.id,
  );
  const evaluations = [];
  for (const ofSet of [...ofSets.values()].slice(0, maxSets)) {
    // A file that was changed back has a current result that is not the newest one.
    const chosen = ofSet.find((one) => !runFields(one).isStale) ?? ofSet[0];
    if (!chosen) continue;
    const set = await loadEvaluationSet(ctx, chosen.set.id);
    evaluations.push({ run: await loadEvaluation(ctx, chosen.run.id), set });
  }
  const robust = runs.find(({ run }) => run.kind === "robustness");
  return writeModelCard({
    version,
    owner: facts?.metadata.owner ?? null,
    licence: facts?.metadata.licence ?? null,
    evaluations,
    robustness: robust ? await loadRobustness(ctx, robust.run.id) : null,
    writtenAt: new Date(),
  });
}
