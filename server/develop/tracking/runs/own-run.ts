import { and, eq, inArray, isNull, sql } from "drizzle-orm";
import { apiTokens, loggedModels, runs } from "#db/schema/index.ts";
import type { Context } from "#server/base/context.ts";
import { DomainError } from "#server/base/errors.ts";

/** Runs within runs that are followed to find the run of a token. */
const maxDepth = 16;

/**
 * Checks that the caller may reach a run: a token of a training job reaches its own run and those nested in it; any other caller reaches all of
 * its workspace. An unknown run passes, since what follows says that there is none. @throws DomainError "forbidden"
 */
export async function requireOwnRun({ actor, db }: Context, id: string): Promise<void> {
  if (!actor.run || actor.run.id === id) return;
  const { rows } = await db.execute<{ id: string }>(sql`
    with recursive above as (
      select id, parent_run_id, 0 as depth from runs where workspace_id = ${actor.workspaceId} and id = ${id}
      union all
      select parent.id, parent.parent_run_id, depth + 1 from above
      join runs as parent on parent.id = above.parent_run_id and parent.workspace_id = ${actor.workspaceId}
      where depth < ${maxDepth}
    )
    select id from above`);
  if (rows.length === 0 || rows.some((row) => row.id === actor.run?.id)) return;
  throw ofAnother(`run ${id}`);
}

/**
 * Locks of tokens stand in a line: behind one who waits to revoke a token, no further write begins. Locks of its row would let each next write
 * pass, so that a program that writes without a pause could never be fenced.
 */
const lineOf = (tokenId: string) => sql`hashtextextended(${`run-token ${tokenId}`}, 0)`;

/**
 * Keeps the token of a training job valid until the transaction of the caller ends, as the first statement of each that writes: a job that is
 * fenced waits for it, and none begins afterwards. So nothing that an attempt writes is stored once another one has taken its place.
 * @throws DomainError "forbidden" for a token that is no longer valid
 */
export async function holdToken({ actor, db }: Context): Promise<void> {
  if (!actor.run) return;
  await db.execute(sql`select pg_advisory_xact_lock_shared(${lineOf(actor.id)})`);
  const [held] = await db
    .select({ id: apiTokens.id })
    .from(apiTokens)
    .where(and(eq(apiTokens.workspaceId, actor.workspaceId), eq(apiTokens.id, actor.id), isNull(apiTokens.revokedAt)));
  if (!held)
    throw new DomainError("forbidden", "This attempt of the training job has ended, or another one has replaced it.");
}

/** Revokes tokens of training jobs in the transaction of the caller, once the writes that hold them have ended. */
export async function revokeRunTokens({ actor, db }: Context, ids: readonly string[]): Promise<void> {
  if (ids.length === 0) return;
  for (const id of ids.toSorted()) await db.execute(sql`select pg_advisory_xact_lock(${lineOf(id)})`);
  await db
    .update(apiTokens)
    .set({ revokedAt: sql`coalesce(${apiTokens.revokedAt}, now())` })
    .where(and(eq(apiTokens.workspaceId, actor.workspaceId), inArray(apiTokens.id, ids)));
}

/** Checks that the caller may reach a logged model: for a token of a training job, one of its runs. @throws DomainError "forbidden" */
export async function requireOwnModels(ctx: Context, ids: readonly string[]): Promise<void> {
  const { run, workspaceId } = ctx.actor;
  if (!run || ids.length === 0) return;
  const models = await ctx.db
    .select({ id: loggedModels.id, runId: loggedModels.sourceRunId })
    .from(loggedModels)
    .where(and(eq(loggedModels.workspaceId, workspaceId), inArray(loggedModels.id, [...new Set(ids)])));
  for (const { id, runId } of models) {
    if (runId === "") throw ofAnother(`logged model ${id}`);
    await requireOwnRun(ctx, runId);
  }
}

/** Checks that the caller may reach an experiment: for a token of a training job, that of its run. @throws DomainError "forbidden" */
export async function requireOwnExperiment({ actor, db }: Context, id: number): Promise<void> {
  if (!actor.run) return;
  const [run] = await db
    .select({ experimentId: runs.experimentId })
    .from(runs)
    .where(and(eq(runs.workspaceId, actor.workspaceId), eq(runs.id, actor.run.id)));
  if (run?.experimentId !== id) throw ofAnother(`experiment ${id}`);
}

/** The error for what does not belong to the run of a token. */
const ofAnother = (what: string) =>
  new DomainError("forbidden", `This token is for one run of a training job, to which ${what} does not belong.`);
