import { trainingAttempts } from "#db/schema/index.ts";
import type { Context } from "#server/base/context.ts";
import { createEngine } from "#server/improve/training/engines/create-engine.ts";
import { submitJob } from "#server/improve/training/jobs/submit-job.ts";
import { startSweep } from "#server/improve/training/sweeps/start-sweep.ts";
import { saveTemplate } from "#server/improve/training/templates/save-template.ts";
import type { ArtifactStore } from "#server/platform/artifacts/store.ts";

/** Creates an engine, a template, and a job that waits. */
export async function train(ctx: Context, store: ArtifactStore, secret: string) {
  const [trainingEngine, jobTemplate] = ["an-engine", "a template"];
  await createEngine(
    ctx,
    { name: trainingEngine, settings: { kind: "ray", address: `http://${secret}.test` }, secret },
    { allowsLocal: false },
  );
  const spec = { command: [secret], parameters: { secret } };
  await saveTemplate(ctx, { name: jobTemplate, description: secret, spec: { job: spec } });
  const job = { name: secret, engine: trainingEngine, spec };
  const { id: trainingJobId } = await submitJob(ctx, job, { artifacts: store });
  const trainingAttempt = 1;
  await ctx.db
    .insert(trainingAttempts)
    .values({ workspaceId: ctx.actor.workspaceId, jobId: trainingJobId, number: trainingAttempt, launch: 1 });
  const space = { [secret]: { kind: "values" as const, values: [secret] } };
  const { id: sweepId } = await startSweep(
    ctx,
    { ...job, sweep: { kind: "grid", space, metric: secret, goal: "min" } },
    { artifacts: store },
  );
  return { trainingEngine, jobTemplate, trainingJobId, trainingAttempt, sweepId };
}
