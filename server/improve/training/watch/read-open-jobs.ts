import { and, asc, eq, inArray, sql } from "drizzle-orm";
import { trainingJobs } from "#db/schema/index.ts";
import type { Context } from "#server/base/context.ts";
import { hourMs } from "#server/base/durations.ts";
import { JobSpec, openJobStates } from "../contract.ts";

type OpenRow = Pick<
  typeof trainingJobs.$inferSelect,
  | "id"
  | "name"
  | "engineId"
  | "teamId"
  | "priority"
  | "state"
  | "waiting"
  | "stopRequest"
  | "notBefore"
  | "submittedAt"
  | "estimate"
>;

/** What admission asks of a specification, which may have megabytes of environment and parameters besides. */
const AdmissionSpec = JobSpec.pick({ resources: true, datasets: true, limits: true });
type AdmissionSpec = ReturnType<typeof AdmissionSpec.parse>;

export interface OpenJob {
  job: OpenRow;
  spec: AdmissionSpec;
  /** Hours that its attempts took so far. */
  usedHours: number;
}

/** By workspace, those of the jobs that were open at its last look. Specifications never change: each is read once. */
const knownSpecs = new Map<string, ReadonlyMap<string, AdmissionSpec>>();

/** Reads the open jobs of the workspace in the order of their ids, with what admission asks of them. */
export async function readOpenJobs(ctx: Context): Promise<OpenJob[]> {
  const { workspaceId } = ctx.actor;
  // Hours count against the limit of what runs.
  const used = sql<number>`case when ${trainingJobs.state} in ('waiting', 'resuming') and ${trainingJobs.stopRequest} is null then 0 else (
    select coalesce(sum(extract(epoch from coalesce(attempt.ended_at, attempt.heartbeat_at, attempt.started_at) - attempt.started_at)), 0)
    from training_attempts as attempt where attempt.job_id = training_jobs.id and attempt.started_at is not null) end::float8`;
  const { id, name, engineId, teamId, priority, state, waiting, stopRequest, notBefore, submittedAt, estimate } =
    trainingJobs;
  const rows = await ctx.db
    .select({
      job: { id, name, engineId, teamId, priority, state, waiting, stopRequest, notBefore, submittedAt, estimate },
      used,
    })
    .from(trainingJobs)
    .where(and(eq(trainingJobs.workspaceId, workspaceId), inArray(trainingJobs.state, [...openJobStates])))
    .orderBy(asc(trainingJobs.id));
  const known = knownSpecs.get(workspaceId);
  const unknown = rows.flatMap(({ job }) => (known?.has(job.id) ? [] : [job.id]));
  const read = await readSpecs(ctx, unknown);
  const open = rows.flatMap(({ job, used }) => {
    const spec = known?.get(job.id) ?? read.get(job.id);
    return spec ? [{ job, spec, usedHours: (used * 1000) / hourMs }] : [];
  });
  knownSpecs.set(workspaceId, new Map(open.map(({ job, spec }) => [job.id, spec])));
  return open;
}

async function readSpecs(ctx: Context, ids: readonly string[]): Promise<Map<string, AdmissionSpec>> {
  if (ids.length === 0) return new Map();
  const part = (name: "resources" | "datasets" | "limits") => sql<unknown>`${trainingJobs.spec} -> ${name}`;
  const rows = await ctx.db
    .select({
      id: trainingJobs.id,
      resources: part("resources"),
      datasets: part("datasets"),
      limits: part("limits"),
    })
    .from(trainingJobs)
    .where(and(eq(trainingJobs.workspaceId, ctx.actor.workspaceId), inArray(trainingJobs.id, [...ids])));
  return new Map(
    rows.map(({ id, resources, datasets, limits }) => [
      id,
      // Jobs of an earlier release may lack a part.
      AdmissionSpec.parse({
        resources: resources ?? undefined,
        datasets: datasets ?? undefined,
        limits: limits ?? undefined,
      }),
    ]),
  );
}
