import { and, eq, type SQL, sql } from "drizzle-orm";
import { trainingEngines } from "#db/schema/index.ts";
import type { Context } from "#server/base/context.ts";
import { DomainError } from "#server/base/errors.ts";
import { permit } from "#server/platform/permissions/permit.ts";
import type { TrainingEngine } from "./contract.ts";

/** Lists the engines of the workspace by name, with their open jobs. */
export async function listEngines(ctx: Context): Promise<TrainingEngine[]> {
  permit(ctx, "listEngines");
  return loadEngines(ctx);
}

/** Loads one engine, for a caller that has checked permissions. @throws DomainError "not-found" */
export async function loadEngine(ctx: Context, id: string): Promise<TrainingEngine> {
  const [engine] = await loadEngines(ctx, eq(trainingEngines.id, id));
  if (!engine) throw noEngine();
  return engine;
}

/** Finds an engine by its name. @throws DomainError "not-found" */
export async function findEngine(ctx: Context, name: string, { isLocked = false } = {}) {
  const found = ctx.db
    .select()
    .from(trainingEngines)
    .where(and(eq(trainingEngines.workspaceId, ctx.actor.workspaceId), eq(trainingEngines.name, name)));
  const [engine] = await (isLocked ? found.for("no key update") : found);
  if (!engine) throw noEngine();
  return engine;
}

/** Loads the engine that a template names. @throws DomainError "not-found", also for a template that names none */
export async function loadEngineRow(ctx: Context, id: string | null) {
  if (id === null) throw new DomainError("invalid", "Choose an engine.", { field: "engine" });
  const [engine] = await ctx.db
    .select()
    .from(trainingEngines)
    .where(and(eq(trainingEngines.workspaceId, ctx.actor.workspaceId), eq(trainingEngines.id, id)));
  if (!engine) throw noEngine();
  return engine;
}

const noEngine = () => new DomainError("not-found", "Training engine not found.", { field: "engine" });

const openOf = (condition: SQL) =>
  sql<number>`(select count(*)::int from training_jobs as job where job.engine_id = training_engines.id and ${condition})`;

/** One that resumes has no place on its engine until it is submitted again, as in readAdmission. */
const waits = sql`(job.state = 'waiting' or (job.state = 'resuming' and job.stop_request is null))`;

/** Lists engines for a caller that has checked permissions. */
export async function loadEngines(ctx: Context, where?: SQL): Promise<TrainingEngine[]> {
  const rows = await ctx.db
    .select({
      engine: trainingEngines,
      waiting: openOf(waits),
      running: openOf(sql`job.state in ('submitting', 'running', 'resuming') and not ${waits}`),
    })
    .from(trainingEngines)
    .where(and(eq(trainingEngines.workspaceId, ctx.actor.workspaceId), where))
    .orderBy(trainingEngines.name);
  return rows.map(({ engine: { workspaceId: _, secret, ...engine }, ...counts }) => ({
    ...engine,
    hasSecret: secret !== null,
    ...counts,
  }));
}
