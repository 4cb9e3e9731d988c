import { and, eq } from "drizzle-orm";
import { endpoints, featureTrainingSets } from "#db/schema/index.ts";
import { type Context, transact } from "#server/base/context.ts";
import { DomainError } from "#server/base/errors.ts";
import { record } from "#server/platform/audit/record.ts";
import { publish } from "#server/platform/events/publish.ts";
import { enqueue } from "#server/platform/jobs/queue.ts";
import { permit, requireScope } from "#server/platform/permissions/permit.ts";
import { findUpload, findUploadedVersion } from "../../datasets/lookups.ts";
import { loadDefinitions } from "../definitions/definitions.ts";
import { restoredTest, stateOfOtherCluster } from "../history/restored-history.ts";
import { CreateTrainingSet, type SpineRows, type TrainingSet, type TrainingSetRequest } from "./contract.ts";
import { requireFrozenSets } from "./frozen-sets.ts";
import { loadTrainingSet } from "./queries.ts";
import { pinSelections, selectionsOfReferences, selectionsOfService } from "./select-features.ts";

/**
 * Asks for a training set: rows joined to features as of their time. A job makes it a version of a dataset. Views are pinned to versions now;
 * the history is read when the job begins, or as it was for the training set that this one repeats.
 * @throws FeatureError for views and features that do not exist; DomainError "not-found" for rows that Leeway does not have
 */
export async function createTrainingSet(ctx: Context, input: CreateTrainingSet): Promise<TrainingSet> {
  permit(ctx, "createTrainingSet");
  const parsed = CreateTrainingSet.parse(input);
  return transact(ctx, async (ctx) => {
    const { name, note } = parsed;
    if (parsed.rows) await requireRows(ctx, parsed.rows);
    // A token that may only write datasets must not read features through one.
    requireScope(ctx, "features:read");
    const chosen = await choose(ctx, parsed);
    const frozenSets = parsed.frozenSets ?? chosen.frozenSets;
    await requireFrozenSets(ctx, frozenSets);
    return requestTrainingSet(ctx, name, {
      note,
      ...chosen,
      label: parsed.label ?? chosen.label,
      labelTime: parsed.labelTime ?? chosen.labelTime,
      split: parsed.splitByTime ? null : (parsed.split ?? chosen.split),
      splitByTime: parsed.split === undefined ? (parsed.splitByTime ?? chosen.splitByTime) : null,
      frozenSets,
      acknowledgedLeaks: [...chosen.acknowledgedLeaks, ...parsed.acknowledgedLeaks],
      isHeld: false,
    });
  });
}

/** Writes a request down, in a transaction, and enqueues the job that makes it. */
export async function requestTrainingSet(
  ctx: Context,
  name: string,
  request: TrainingSetRequest,
): Promise<TrainingSet> {
  const { workspaceId, name: createdBy } = ctx.actor;
  const [row] = await ctx.db
    .insert(featureTrainingSets)
    .values({ workspaceId, name, request, createdBy })
    .returning({ id: featureTrainingSets.id });
  if (!row) throw new Error("The training set was not stored.");
  const views = request.views.map(({ view, version }) => `${view}@v${version}`);
  await record(ctx, "training-set.requested", { subject: `dataset/${name}`, after: { rows: request.rows, views } });
  await enqueue(ctx, "make-training-set", { trainingSetId: row.id });
  await publish(ctx, "features", row.id);
  return loadTrainingSet(ctx, row.id);
}

/** @throws DomainError "not-found" for rows that Leeway does not have; "forbidden" for a token that may not read them */
export async function requireRows(ctx: Context, rows: SpineRows): Promise<void> {
  if ("digest" in rows) {
    await findUploadedVersion(ctx, { name: rows.dataset, digest: rows.digest });
  } else if ("upload" in rows) {
    await findUpload(ctx, { name: rows.dataset, id: rows.upload });
  } else {
    requireScope(ctx, "serving:read");
    if (rows.from >= rows.to && new Date(rows.from) >= new Date(rows.to)) {
      throw new DomainError("invalid", "The time range of the predictions is empty.");
    }
    const [endpoint] = await ctx.db
      .select({ id: endpoints.id })
      .from(endpoints)
      .where(and(eq(endpoints.id, rows.endpoint), eq(endpoints.workspaceId, ctx.actor.workspaceId)));
    if (!endpoint) throw new DomainError("not-found", "Endpoint not found.");
  }
}

type Chosen = Pick<
  TrainingSetRequest,
  | "rows"
  | "resolvedRows"
  | "views"
  | "features"
  | "inputs"
  | "fullNames"
  | "label"
  | "labelTime"
  | "split"
  | "splitByTime"
  | "frozenSets"
  | "horizon"
  | "acknowledgedLeaks"
>;

async function choose(ctx: Context, input: ReturnType<typeof CreateTrainingSet.parse>): Promise<Chosen> {
  const { rows, features, service, fullNames, cutoff, repeats } = input;
  if (repeats !== undefined) {
    const repeated = await loadTrainingSet(ctx, repeats);
    if ((await restoredTest(ctx.db))(repeated)) throw stateOfOtherCluster();
    const { request, record } = repeated;
    const { label, labelTime, split, splitByTime, frozenSets, views, features, inputs, fullNames } = request;
    const horizon = record?.horizon ?? request.horizon;
    const { resolvedRows } = rows ? { resolvedRows: null } : request;
    // The job of this set would read what that of the other one has not.
    if (!rows && !resolvedRows) await requireRows(ctx, request.rows);
    // The same rows leak the same.
    const acknowledgedLeaks = rows ? [] : request.acknowledgedLeaks;
    const chosen = { rows: rows ?? request.rows, resolvedRows, label, labelTime, acknowledgedLeaks };
    return { ...chosen, split, splitByTime, frozenSets, views, features, inputs, fullNames, horizon };
  }
  if (!rows) throw new Error("A request without rows must repeat a training set.");
  const definitions = await loadDefinitions(ctx.db, ctx.actor.workspaceId);
  const selections =
    service === undefined ? selectionsOfReferences(features ?? []) : selectionsOfService(definitions, service);
  const label = "endpoint" in rows ? { label: "label", labelTime: "label_time" } : { label: null, labelTime: null };
  const pinned = pinSelections(definitions, selections, cutoff);
  return {
    rows,
    resolvedRows: null,
    acknowledgedLeaks: [],
    ...label,
    split: null,
    splitByTime: null,
    frozenSets: [],
    ...pinned,
    fullNames,
    horizon: null,
  };
}
