import { and, desc, eq, isNull, sql } from "drizzle-orm";
import { loggedModels, registeredModels } from "#db/schema/index.ts";
import { type Context, systemContext } from "#server/base/context.ts";
import { DomainError } from "#server/base/errors.ts";
import { createRegisteredModel } from "#server/develop/registry/models/create-registered-model.ts";
import { createModelVersion } from "#server/develop/registry/versions/create-model-version.ts";
import { once } from "#server/platform/idempotency/once.ts";
import type { Round } from "#server/platform/jobs/watcher.ts";

/** Of the record that says that a job was registered. */
const [actorName, command, jobMark] = ["training", "registerFinished", "training-job/"];

interface Finished extends Record<string, unknown> {
  id: string;
  workspaceId: string;
  runId: string;
  name: string;
  submittedByName: string;
  registerAs: string;
}

/**
 * Registers what finished jobs have made, where they say so: the newest model that its run has logged becomes a version, with the run as its
 * origin, and goes to its gates. A job is done once it was registered, whatever became of the version since, or where its program registered it; one
 * that logged no model has none. Looked at for a day after the end.
 */
export async function registerFinished(round: Round): Promise<void> {
  const { actor } = systemContext(round.db, "", actorName);
  const { rows } = await round.db.execute<Finished>(sql`
    select job.id, job.workspace_id as "workspaceId", job.run_id as "runId", job.name,
      job.submitted_by_name as "submittedByName", job.spec ->> 'registerAs' as "registerAs"
    from training_jobs as job
    where job.state = 'finished' and job.ended_at > now() - interval '1 day' and job.spec ->> 'registerAs' is not null
      and exists (select from logged_models as model where model.source_run_id = job.run_id
        and model.workspace_id = job.workspace_id and model.status = 'LOGGED_MODEL_READY' and model.deleted_at is null)
      and not exists (select from model_versions as version join registered_models as model on model.id = version.model_id
        where version.run_id = job.run_id and version.workspace_id = job.workspace_id and model.name = job.spec ->> 'registerAs')
      and not exists (select from idempotency_records as done where done.workspace_id = job.workspace_id
        and done.command = ${command} and done.key = ${`${actor.kind}/${actor.id}/`} || ${jobMark} || job.id)
    order by job.id limit 100`);
  for (const job of rows) {
    if (round.isStopping()) return;
    const ctx = systemContext(round.db, job.workspaceId, actorName);
    await round.attempt({ id: `version of ${job.id}`, workspaceId: job.workspaceId }, () => register(ctx, job));
  }
}

async function register(ctx: Context, { id, runId, name, submittedByName, registerAs }: Finished): Promise<void> {
  const [model] = await ctx.db
    .select({ id: loggedModels.id })
    .from(loggedModels)
    .where(
      and(
        eq(loggedModels.workspaceId, ctx.actor.workspaceId),
        eq(loggedModels.sourceRunId, runId),
        eq(loggedModels.status, "LOGGED_MODEL_READY"),
        isNull(loggedModels.deletedAt),
      ),
    )
    .orderBy(desc(loggedModels.createdAt), desc(loggedModels.id))
    .limit(1);
  if (!model) return;
  const version = {
    name: registerAs,
    source: `models:/${model.id}`,
    loggedModelId: model.id,
    runId,
    description: `Created by the training job ${name} of ${submittedByName}.`,
    tags: [{ key: "leeway.job", value: id }],
  };
  // Once for a job: another worker waits, and finds it done although the run may have a newer model by then.
  await once(ctx, command, `${jobMark}${id}`, {}, async (ctx) => {
    await ensureModel(ctx, registerAs);
    await createModelVersion(ctx, version);
    return {};
  });
}

async function ensureModel(ctx: Context, name: string): Promise<void> {
  const isThis = and(eq(registeredModels.workspaceId, ctx.actor.workspaceId), eq(registeredModels.name, name));
  if ((await ctx.db.$count(registeredModels, isThis)) > 0) return;
  await createRegisteredModel(ctx, { name }).catch((error: unknown) => {
    if (!(error instanceof DomainError) || error.code !== "conflict") throw error;
  });
}
