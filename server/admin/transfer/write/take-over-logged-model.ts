import { and, eq } from "drizzle-orm";
import { loggedModels } from "#db/schema/index.ts";
import { transact } from "#server/base/context.ts";
import { DomainError } from "#server/base/errors.ts";
import type { KeyValue } from "#server/develop/tracking/contract.ts";
import { appendPoints } from "#server/develop/tracking/metrics/append-points.ts";
import { createLoggedModel } from "#server/develop/tracking/models/create-logged-model.ts";
import { finishLoggedModel } from "#server/develop/tracking/models/finish-logged-model.ts";
import { getLoggedModel } from "#server/develop/tracking/models/queries.ts";
import { setLoggedModelTags } from "#server/develop/tracking/models/set-logged-model-tags.ts";
import { importedName } from "#server/develop/tracking/names.ts";
import { lockActiveRun } from "#server/develop/tracking/runs/lock-run.ts";
import type { SourceLoggedModel } from "../source.ts";
import { sourceTags } from "./fill-run.ts";
import { importFiles } from "./import-files.ts";
import type { Intake } from "./intake.ts";
import { createIdempotent, findEarlier, findItem, finishItem, localIdOf } from "./items.ts";
import { Problems, refusal } from "./problems.ts";

/** Written by registering versions here; those of the source name other versions. */
const versionsTag = "mlflow.modelVersions";

/** Imports a logged model with its files, or skips one that has not changed. It keeps its id if that is free. */
export async function takeOverLoggedModel(
  intake: Intake,
  experimentId: number,
  model: SourceLoggedModel,
): Promise<void> {
  const own = await findItem(intake, "logged-model", model.id);
  if (own?.fingerprint) return;
  intake.signal.throwIfAborted();
  const problems = new Problems();
  let localId = own?.localId ?? null;
  const finish = (outcome: Omit<Parameters<typeof finishItem>[3], "localId">) =>
    finishItem(intake, "logged-model", model.id, { localId, ...outcome });
  try {
    const fingerprint = await model.fingerprint();
    const earlier = own ?? (await findEarlier(intake, "logged-model", model.id));
    const local = earlier?.localId ? await findLocal(intake, earlier.localId) : undefined;
    localId = local?.id ?? null;
    if (local?.deletedAt) {
      return await finish({ fingerprint: "trash", problems: ["It was imported before and then deleted here."] });
    }
    if (local && earlier?.fingerprint === fingerprint) return await finish({ fingerprint, isUnchanged: true });
    localId = local?.id ?? (await make(intake, experimentId, model, problems));
    const total = await fill(intake, localId, model, { problems, isResumed: own !== undefined });
    await finish({ fingerprint, ...total, problems: problems.list });
  } catch (error) {
    const message = refusal(error);
    if (message === undefined) throw error;
    problems.add(message);
    await finish({ fingerprint: "refused", problems: problems.list });
  }
}

async function findLocal({ ctx }: Intake, id: string) {
  const [row] = await ctx.db
    .select({ id: loggedModels.id, deletedAt: loggedModels.deletedAt })
    .from(loggedModels)
    .where(and(eq(loggedModels.workspaceId, ctx.actor.workspaceId), eq(loggedModels.id, id)));
  return row;
}

async function make(
  intake: Intake,
  experimentId: number,
  model: SourceLoggedModel,
  problems: Problems,
): Promise<string> {
  const { modelType, createdAt } = model;
  const sourceRunId = (await localIdOf(intake, "run", model.sourceRunId)) ?? "";
  const params = problems.withUsableKeys("A param", model.params);
  return createIdempotent(intake, "logged-model", model.id, async (ctx) => {
    const input = {
      experimentId,
      name: importedName(model.name),
      modelType,
      sourceRunId,
      createdAt,
      params,
      tags: tagsOf(intake, model, problems),
    };
    if (!/^m-[0-9a-f]{32}$/.test(model.id)) return (await createLoggedModel(ctx, input)).id;
    try {
      return (await createLoggedModel(ctx, { ...input, id: model.id })).id;
    } catch (error) {
      if (!(error instanceof DomainError) || error.code !== "conflict") throw error;
      return (await createLoggedModel(ctx, input)).id;
    }
  });
}

function tagsOf(intake: Intake, model: SourceLoggedModel, problems: Problems): KeyValue[] {
  return [
    ...problems.withUsableKeys("A tag", model.tags).filter(({ key }) => key !== versionsTag),
    { key: sourceTags.model, value: model.id },
    { key: sourceTags.origin, value: intake.origin },
  ];
}

async function fill(
  intake: Intake,
  modelId: string,
  model: SourceLoggedModel,
  how: { problems: Problems; isResumed: boolean },
): Promise<{ points: number; files: number; bytes: number }> {
  const { ctx } = intake;
  await setLoggedModelTags(ctx, { modelId, tags: tagsOf(intake, model, how.problems) });
  let points = 0;
  for (const [sourceRunId, metrics] of Map.groupBy(model.metrics, ({ runId }) => runId)) {
    const runId = await localIdOf(intake, "run", sourceRunId);
    if (!runId) continue;
    await how.problems.attempt("Metrics of the model were not imported", async () => {
      const usable = how.problems.withUsableKeys("A metric", metrics);
      await transact(ctx, async (ctx) => {
        await lockActiveRun(ctx, runId);
        await appendPoints(
          ctx,
          runId,
          usable.map((point) => ({ ...point, modelId })),
        );
      });
      points += usable.length;
    });
  }
  const { artifactUri } = await getLoggedModel(ctx, { modelId });
  const files = model.files((problem) => how.problems.add(problem));
  const stored = await importFiles(intake, artifactUri, files, how);
  // Last step: until then the model is pending, so that no partial model is taken for a complete one.
  await finishLoggedModel(ctx, { modelId, status: model.status });
  return { points, ...stored };
}
