import { randomUUID } from "node:crypto";
import { loggedModels } from "#db/schema/index.ts";
import { type Context, transact } from "#server/context.ts";
import { DomainError } from "#server/errors.ts";
import { permit } from "#server/identity/permit.ts";
import type { KeyValue, LoggedModel } from "../contract.ts";
import { lockActiveExperiment } from "../experiments/lock-experiment.ts";
import { checkKey } from "../keys.ts";
import { randomName } from "../random-name.ts";
import { announceRun } from "../runs/announce-run.ts";
import { loadLoggedModels } from "./queries.ts";
import { checkParams, storeLoggedModelParams } from "./store-params.ts";
import { storeLoggedModelTags } from "./store-tags.ts";

export interface CreateLoggedModel {
  experimentId: number;
  name?: string | undefined;
  modelType?: string | undefined;
  sourceRunId?: string | undefined;
  params: KeyValue[];
  tags: KeyValue[];
}

/** Begins a logged model, whose files are uploaded next. Names need not be unique; without one it gets a random one. */
export async function createLoggedModel(ctx: Context, input: CreateLoggedModel): Promise<LoggedModel> {
  permit(ctx, "createLoggedModel");
  const { experimentId, modelType = "", sourceRunId = "", params, tags } = input;
  const name = input.name || randomName();
  if (/[/:.%"']/.test(name)) {
    throw new DomainError(
      "invalid",
      `Invalid model name ('${name}') provided. Model name must be a non-empty string and cannot contain the following characters: ('/', ':', '.', '%', '"', "'")`,
    );
  }
  checkParams(params);
  for (const [index, tag] of tags.entries()) checkKey(tag.key, `tags[${index}].key`);
  const id = `m-${randomUUID().replaceAll("-", "")}`;
  await transact(ctx, async (ctx) => {
    const { artifactLocation } = await lockActiveExperiment(ctx, experimentId, "share");
    const now = Date.now();
    await ctx.db.insert(loggedModels).values({
      id,
      workspaceId: ctx.actor.workspaceId,
      experimentId,
      name,
      modelType,
      sourceRunId,
      artifactUri: `${artifactLocation}/models/${id}/artifacts`,
      status: "LOGGED_MODEL_PENDING",
      createdAt: now,
      updatedAt: now,
    });
    await storeLoggedModelParams(ctx, id, params);
    await storeLoggedModelTags(ctx, id, tags);
  });
  if (sourceRunId) announceRun(ctx, sourceRunId);
  const [model] = await loadLoggedModels(ctx, [id]);
  return model as LoggedModel;
}
