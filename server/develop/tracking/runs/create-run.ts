import { randomUUID } from "node:crypto";
import { eq } from "drizzle-orm";
import { runs } from "#db/schema/index.ts";
import { type Context, transact } from "#server/base/context.ts";
import { DomainError } from "#server/base/errors.ts";
import { announce } from "#server/platform/events/announce.ts";
import { once } from "#server/platform/idempotency/once.ts";
import { permit } from "#server/platform/permissions/permit.ts";
import type { KeyValue } from "../contract.ts";
import { lockActiveExperiment } from "../experiments/lock-experiment.ts";
import { randomName } from "../random-name.ts";
import type { Run, RunInfo, RunStatus } from "./contract.ts";
import { insertRun } from "./insert-run.ts";
import { holdToken, requireOwnExperiment, requireOwnRun } from "./own-run.ts";
import { bytesOf, checkRoom } from "./require-room.ts";
import { checkTag, nameTag, parentTag, RunName, RunUserName, storedTags } from "./tags.ts";

export interface CreateRun {
  /** Id of an imported run; a new one is generated when omitted. */
  id?: string | undefined;
  experimentId: number;
  name?: string | undefined;
  userName?: string | undefined;
  startedAt?: number | undefined;
  /** Status of an imported run; RUNNING when omitted. No notification is sent for an end that lies in the past. */
  status?: RunStatus | undefined;
  endedAt?: number | null | undefined;
  tags?: KeyValue[] | undefined;
}

/**
 * Starts a run. Without a name it gets a random one; the tag mlflow.parentRunId makes it a child. What the program of a training job starts is
 * nested in the job's run.
 * @throws DomainError "conflict" when a run already has the requested id.
 * @param idempotencyKey makes a repeated request return the first response again, since a run and its repetition look the same.
 */
export async function createRun(ctx: Context, input: CreateRun, idempotencyKey?: string): Promise<Run> {
  permit(ctx, "createRun");
  const run = await once(ctx, "createRun", idempotencyKey, input, (ctx) => startOwn(ctx, input));
  announce(ctx, "experiment", String(run.experimentId));
  return run;
}

async function startOwn(ctx: Context, input: CreateRun): Promise<Run> {
  const { run } = ctx.actor;
  if (!run) return start(ctx, input);
  const tags = input.tags ?? [];
  const parent = tags.findLast(({ key }) => key === parentTag)?.value ?? run.id;
  return transact(ctx, async (ctx) => {
    await holdToken(ctx);
    await requireOwnRun(ctx, parent);
    await requireOwnExperiment(ctx, input.experimentId);
    return start(ctx, { ...input, tags: [...tags, { key: parentTag, value: parent }] });
  });
}

async function start(ctx: Context, input: CreateRun): Promise<Run> {
  const { experimentId, userName = "", startedAt = Date.now(), status = "RUNNING", endedAt = null } = input;
  RunName.optional().parse(input.name);
  RunUserName.optional().parse(input.userName);
  for (const [index, tag] of (input.tags ?? []).entries()) checkTag(tag, `tags[${index}].key`);
  const tags = storedTags([...(input.tags ?? []), { key: nameTag, value: nameOf(input.name, input.tags ?? []) }]);
  checkRoom("tags", "the new run", { entries: tags.length, bytes: bytesOf(tags.map(({ value }) => value)) });
  const tagValue = (wanted: string) => tags.find(({ key }) => key === wanted)?.value;
  const info = {
    id: input.id ?? randomUUID().replaceAll("-", ""),
    experimentId,
    userName,
    startedAt,
    status,
    endedAt,
    updatedAt: Date.now(),
    name: tagValue(nameTag) ?? "",
    parentRunId: tagValue(parentTag) ?? null,
  };
  const artifactUri = await insert(ctx, info, tags);
  return {
    ...info,
    isDeleted: false,
    artifactUri,
    tags,
    metrics: [],
    params: [],
    datasets: [],
    inputModelIds: [],
    outputModels: [],
  };
}

/** @returns the artifact URI of the run. */
async function insert(
  ctx: Context,
  info: Omit<RunInfo, "artifactUri" | "isDeleted">,
  tags: readonly KeyValue[],
): Promise<string> {
  const columns = { keys: tags.map(({ key }) => key), values: tags.map(({ value }) => value) };
  const [run] = await insertRun(ctx.db, { ...info, workspaceId: ctx.actor.workspaceId, ...columns });
  if (run) return run.artifact_uri;
  await transact(ctx, (ctx) => lockActiveExperiment(ctx, info.experimentId, "share"));
  const known = await ctx.db.$count(runs, eq(runs.id, info.id));
  // Without "already": clients of MLflow continue after that error (server/http/mlflow/errors.ts).
  if (known > 0) throw new DomainError("conflict", `A run with id=${info.id} exists.`);
  // The experiment was restored in between.
  return insert(ctx, info, tags);
}

function nameOf(name: string | undefined, tags: readonly KeyValue[]): string {
  const tag = tags.findLast(({ key, value }) => key === nameTag && value !== "")?.value;
  if (name && tag && name !== tag) {
    throw new DomainError(
      "invalid",
      `Both 'run_name' argument and '${nameTag}' tag are specified, but with different values (run_name='${name}', ${nameTag}='${tag}').`,
    );
  }
  return name || tag || randomName();
}
