import { randomUUID } from "node:crypto";
import { runs } from "#db/schema/index.ts";
import { type Context, transact } from "#server/context.ts";
import { DomainError } from "#server/errors.ts";
import { publish } from "#server/events/publish.ts";
import { once } from "#server/idempotency/once.ts";
import { permit } from "#server/identity/permit.ts";
import type { KeyValue, Run, RunStatus } from "../contract.ts";
import { lockActiveExperiment } from "../experiments/lock-experiment.ts";
import { checkKey } from "../keys.ts";
import { randomName } from "../random-name.ts";
import { loadRuns } from "./load-runs.ts";
import { storeTags } from "./store-tags.ts";
import { nameTag } from "./tags.ts";

export interface CreateRun {
  /** Of a run that is taken over from elsewhere; a new one when left out. */
  id?: string | undefined;
  experimentId: number;
  name?: string | undefined;
  userName?: string | undefined;
  startedAt?: number | undefined;
  /** Of a run that is taken over: RUNNING when left out. Nobody is told of an end that lies in the past. */
  status?: RunStatus | undefined;
  endedAt?: number | null | undefined;
  tags?: KeyValue[] | undefined;
}

/**
 * Starts a run. Without a name it gets a random one; the tag mlflow.parentRunId makes it a child.
 * @throws DomainError "conflict" when a run has the id that is asked for.
 * @param idempotencyKey makes a repeated request give the first answer again, where a run cannot be told from its own repetition.
 */
export async function createRun(ctx: Context, input: CreateRun, idempotencyKey?: string): Promise<Run> {
  permit(ctx, "createRun");
  return once(ctx, "createRun", idempotencyKey, input, (ctx) => start(ctx, input));
}

async function start(ctx: Context, input: CreateRun): Promise<Run> {
  const { experimentId, userName = "", startedAt = Date.now(), status = "RUNNING", endedAt, tags = [] } = input;
  for (const [index, tag] of tags.entries()) checkKey(tag.key, `tags[${index}].key`);
  const name = nameOf(input.name, tags);
  const id = input.id ?? randomUUID().replaceAll("-", "");
  await transact(ctx, async (ctx) => {
    const experiment = await lockActiveExperiment(ctx, experimentId, "share");
    const [made] = await ctx.db
      .insert(runs)
      .values({
        id,
        workspaceId: ctx.actor.workspaceId,
        experimentId,
        name,
        userName,
        status,
        startedAt,
        endedAt,
        artifactUri: `${experiment.artifactLocation}/${id}/artifacts`,
        updatedAt: Date.now(),
      })
      .onConflictDoNothing()
      .returning({ id: runs.id });
    if (!made) throw new DomainError("conflict", `A run with id=${id} exists already.`);
    await storeTags(ctx, id, [...tags, { key: nameTag, value: name }]);
    await publish(ctx, "experiment", String(experimentId));
  });
  const [run] = await loadRuns(ctx, [id]);
  return run as Run;
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
