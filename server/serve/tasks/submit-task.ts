import { createHash, randomUUID } from "node:crypto";
import { Readable } from "node:stream";
import { and, eq, isNotNull, sql } from "drizzle-orm";
import { inferenceTasks, taskInputs } from "#db/schema/index.ts";
import { type Context, transact } from "#server/base/context.ts";
import { DomainError } from "#server/base/errors.ts";
import type { ArtifactStore } from "#server/platform/artifacts/store.ts";
import { announce } from "#server/platform/events/announce.ts";
import { once } from "#server/platform/idempotency/once.ts";
import { checkAddress } from "#server/platform/network/address.ts";
import type { NetworkRules } from "#server/platform/network/network-rules.ts";
import { covers, permit } from "#server/platform/permissions/permit.ts";
import { readTaskWebhook } from "#server/serve/tasks/callbacks/queries.ts";
import { findLiveEndpoint } from "../endpoints/lookups.ts";
import { checkBodySize } from "../protection/check-body-size.ts";
import { Protection } from "../protection/contract.ts";
import { maxInlineBytes, SubmitTask, type Task, TaskSettings } from "./contract.ts";
import { storeTaskInput } from "./store-task-input.ts";
import { findTask, toTask } from "./task-rows.ts";

export interface TaskIntake {
  artifacts: Pick<ArtifactStore, "put">;
  rules: NetworkRules;
}

interface Input {
  input?: Buffer;
  inputId?: string;
  inputBytes: number;
}

const retryAfterSeconds = 10;

/**
 * Accepts an asynchronous request. It is durable when this resolves. The same request with the same key returns the first task again.
 * @param key of the header Idempotency-Key
 * @throws DomainError "unavailable" when the limit of queued and running tasks is reached, or Postgres is down; "conflict" when the
 * key was used with another request, the endpoint is archived, or nothing would sign its webhook; "invalid", "not-found"
 */
export async function submitTask(
  ctx: Context,
  request: SubmitTask,
  key: string | undefined,
  { artifacts, rules }: TaskIntake,
): Promise<Task> {
  permit(ctx, "submitTask");
  const { body, ...values } = SubmitTask.parse(request);
  const { endpointId } = values;
  if (values.webhookUrl !== undefined) await checkAddress(values.webhookUrl, rules);
  const bodyHash = body && createHash("sha256").update(body).digest("hex");
  const input = await inputOf(ctx, { ...values, body }, artifacts);
  const id = await once(ctx, "submitTask", key, { ...values, bodyHash }, (ctx) => add(ctx, values, input));
  announce(ctx, "tasks", endpointId);
  return toTask(await findTask(ctx, id));
}

/** Stores a task's input. A body that is too large for a row becomes a file, like an uploaded one. */
async function inputOf(ctx: Context, input: SubmitTask, artifacts: TaskIntake["artifacts"]): Promise<Input> {
  const { body, inputId = "" } = input;
  if (body && body.length <= maxInlineBytes) return { input: body, inputBytes: body.length };
  if (body) {
    const stored = await storeTaskInput(ctx, Readable.from([body]), artifacts);
    return { inputId: stored.id, inputBytes: stored.sizeBytes };
  }
  const { id, workspaceId, sizeBytes, expiresAt, createdById } = taskInputs;
  const { actor } = ctx;
  const seesAll = actor.scopes === undefined || covers(actor.scopes, "serving:read");
  const [found] = await ctx.db
    .select({ sizeBytes })
    .from(taskInputs)
    .where(
      and(
        eq(workspaceId, actor.workspaceId),
        eq(id, inputId),
        isNotNull(sizeBytes),
        sql`${expiresAt} > now()`,
        seesAll ? undefined : eq(createdById, actor.id),
      ),
    );
  if (!found) throw new DomainError("not-found", "Uploaded input not found or expired. Upload it again.");
  return { inputId, inputBytes: found.sizeBytes ?? 0 };
}

async function add(ctx: Context, values: Omit<SubmitTask, "body">, input: Input): Promise<string> {
  const { endpointId, version, headerLength, webhookUrl, expirySeconds } = values;
  const endpoint = await findLiveEndpoint(ctx, endpointId);
  const settings = TaskSettings.parse(endpoint.tasks);
  const webhook = await readTaskWebhook(ctx, endpointId);
  checkBodySize(Protection.parse(endpoint.protection), input.inputBytes);
  if (webhookUrl !== undefined && !webhook?.secret) throw unsigned(endpoint.name);
  const { id: submittedById, name: submittedBy, workspaceId } = ctx.actor;
  const id = randomUUID();
  await transact(ctx, async (ctx) => {
    await refuseWhenFull(ctx, endpointId, settings.backlogLimit);
    await ctx.db.insert(inferenceTasks).values({
      id,
      workspaceId,
      endpointId,
      version,
      submittedById,
      submittedBy,
      ...input,
      inputHeaderLength: headerLength,
      webhookUrl: webhookUrl ?? (webhook?.url || null),
      expiresAt: sql`now() + make_interval(secs => ${expirySeconds ?? settings.expirySeconds})`,
    });
  });
  return id;
}

/** Locks the endpoint's queue until the transaction ends, so that no other transaction counts before the new tasks are visible. */
async function refuseWhenFull(ctx: Context, endpointId: string, limit: number): Promise<void> {
  await ctx.db.execute(sql`select pg_advisory_xact_lock(hashtextextended(${`task backlog ${endpointId}`}, 0))`);
  // Counted no further than the limit, along an index of what waits and runs.
  const { rows } = await ctx.db.execute<{ count: number }>(sql`
    select count(*)::int as count from (
      select 1 from inference_tasks where endpoint_id = ${endpointId} and state in ('queued', 'running') limit ${limit}
    ) as open`);
  if ((rows[0]?.count ?? 0) < limit) return;
  const message = `The queue is full (limit ${limit}). Retry in ${retryAfterSeconds} s.`;
  throw new DomainError("unavailable", message, { retryAfterSeconds });
}

function unsigned(endpoint: string): DomainError {
  const way =
    "Operators can create one on the Async page of the endpoint, or with PUT /api/v1/endpoints/{endpoint}/task-webhook.";
  return new DomainError("conflict", `"${endpoint}" has no webhook signing secret yet. ${way}`);
}
