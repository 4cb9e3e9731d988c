import { randomUUID } from "node:crypto";
import { loggedModels } from "#db/schema/index.ts";
import { type Context, transact } from "#server/base/context.ts";
import { DomainError } from "#server/base/errors.ts";
import { permit } from "#server/platform/permissions/permit.ts";
import type { KeyValue } from "../contract.ts";
import { lockActiveExperiment } from "../experiments/lock-experiment.ts";
import { checkKey } from "../keys.ts";
import { newName } from "../names.ts";
import { randomName } from "../random-name.ts";
import { announceRun } from "../runs/announce-run.ts";
import { holdToken, requireOwnExperiment, requireOwnRun } from "../runs/own-run.ts";
import type { LoggedModel, LoggedModelStatus } from "./contract.ts";
import { loadLoggedModels } from "./queries.ts";
import { checkParams, storeLoggedModelParams } from "./store-params.ts";
import { storeLoggedModelTags } from "./store-tags.ts";

export interface CreateLoggedModel {
  /** Id of an imported model; a new one is generated when omitted. */
  id?: string | undefined;
  experimentId: number;
  name?: string | undefined;
  modelType?: string | undefined;
  sourceRunId?: string | undefined;
  /** Status and creation time of an imported model; default to pending and now. */
  status?: LoggedModelStatus | undefined;
  createdAt?: number | undefined;
  params: KeyValue[];
  tags: KeyValue[];
}

/**
 * Creates a logged model, whose files are uploaded next. Names need not be unique; without one it gets a random one. @throws DomainError
 * "conflict" for an id that is taken.
 */
export async function createLoggedModel(ctx: Context, input: CreateLoggedModel): Promise<LoggedModel> {
  permit(ctx, "createLoggedModel");
  const { experimentId, modelType = "", sourceRunId = ctx.actor.run?.id ?? "", params, tags } = input;
  const name = newName("name").parse(input.name || randomName());
  if (/[/:.%"']/.test(name)) {
    throw new DomainError(
      "invalid",
      `Invalid model name ('${name}') provided. Model name must be a non-empty string and cannot contain the following characters: ('/', ':', '.', '%', '"', "'")`,
    );
  }
  checkParams(params);
  for (const [index, tag] of tags.entries()) checkKey(tag.key, `tags[${index}].key`);
  const id = input.id ?? `m-${randomUUID().replaceAll("-", "")}`;
  await transact(ctx, async (ctx) => {
    await holdToken(ctx);
    await requireOwnRun(ctx, sourceRunId);
    await requireOwnExperiment(ctx, experimentId);
    const { artifactLocation } = await lockActiveExperiment(ctx, experimentId, "share");
    const now = Date.now();
    const [made] = await ctx.db
      .insert(loggedModels)
      .values({
        id,
        workspaceId: ctx.actor.workspaceId,
        experimentId,
        name,
        modelType,
        sourceRunId,
        artifactUri: `${artifactLocation}/models/${id}/artifacts`,
        status: input.status ?? "LOGGED_MODEL_PENDING",
        createdAt: input.createdAt ?? now,
        updatedAt: now,
      })
      .onConflictDoNothing()
      .returning({ id: loggedModels.id });
    // Without "already": clients of MLflow continue after that error (server/http/mlflow/errors.ts).
    if (!made) throw new DomainError("conflict", `A logged model with id=${id} exists.`);
    await storeLoggedModelParams(ctx, id, params);
    await storeLoggedModelTags(ctx, id, tags);
  });
  if (sourceRunId) announceRun(ctx, sourceRunId);
  const [model] = await loadLoggedModels(ctx, [id]);
  return model as LoggedModel;
}
