import { featureTrainingSets } from "#db/schema/index.ts";
import { type Context, transact } from "#server/base/context.ts";
import { record } from "#server/platform/audit/record.ts";
import { publish } from "#server/platform/events/publish.ts";
import { enqueue } from "#server/platform/jobs/queue.ts";
import { permit, requireScope } from "#server/platform/permissions/permit.ts";
import { findUploadedVersion } from "../../datasets/lookups.ts";
import { loadDefinitions } from "../definitions/definitions.ts";
import { restoredTest, stateOfOtherCluster } from "../history/restored-history.ts";
import { CreateTrainingSet, type TrainingSet, type TrainingSetRequest } from "./contract.ts";
import { loadTrainingSet } from "./queries.ts";
import { pinSelections, selectionsOfReferences, selectionsOfService } from "./select-features.ts";

/**
 * Asks for a training set: rows of a dataset version, joined to features as of their time. A job makes it a version of a dataset. Views are
 * pinned to versions now; the history is read when the job begins, or as it was for the training set that this one repeats.
 * @throws FeatureError for views and features that do not exist; DomainError "not-found" for rows that Leeway does not have
 */
export async function createTrainingSet(ctx: Context, input: CreateTrainingSet): Promise<TrainingSet> {
  permit(ctx, "createTrainingSet");
  const parsed = CreateTrainingSet.parse(input);
  const { name, note, rows } = parsed;
  return transact(ctx, async (ctx) => {
    await findUploadedVersion(ctx, { name: rows.dataset, digest: rows.digest });
    // A token that may only write datasets must not read features through one.
    requireScope(ctx, "features:read");
    const request: TrainingSetRequest = {
      note,
      rows,
      ...(await chosen(ctx, parsed)),
      labelTime: parsed.labelTime ?? null,
      split: parsed.split ?? null,
    };
    const { workspaceId, name: createdBy } = ctx.actor;
    const [row] = await ctx.db
      .insert(featureTrainingSets)
      .values({ workspaceId, name, request, createdBy })
      .returning({ id: featureTrainingSets.id });
    if (!row) throw new Error("The training set was not written down.");
    const views = request.views.map(({ view, version }) => `${view}@v${version}`);
    await record(ctx, "training-set.requested", { subject: `dataset/${name}`, after: { rows, views } });
    await enqueue(ctx, "make-training-set", { trainingSetId: row.id });
    await publish(ctx, "features", row.id);
    return loadTrainingSet(ctx, row.id);
  });
}

type Chosen = Pick<TrainingSetRequest, "views" | "features" | "fullNames" | "horizon">;

async function chosen(ctx: Context, input: ReturnType<typeof CreateTrainingSet.parse>): Promise<Chosen> {
  const { features, service, fullNames, cutoff, repeats } = input;
  if (repeats !== undefined) {
    const repeated = await loadTrainingSet(ctx, repeats);
    if ((await restoredTest(ctx.db))(repeated)) throw stateOfOtherCluster();
    const { request, record } = repeated;
    const { views, features, fullNames } = request;
    return { views, features, fullNames, horizon: record?.horizon ?? request.horizon };
  }
  const definitions = await loadDefinitions(ctx.db, ctx.actor.workspaceId);
  const selections =
    service === undefined ? selectionsOfReferences(features ?? []) : selectionsOfService(definitions, service);
  return { ...pinSelections(definitions, selections, cutoff), fullNames, horizon: null };
}
