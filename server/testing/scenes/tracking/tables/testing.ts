import { randomUUID } from "node:crypto";
import { experiments, metricPoints, metricSeries, runParams, runs } from "#db/schema/index.ts";
import type { Context } from "#server/base/context.ts";
import type { RunStatus } from "../../../../develop/tracking/runs/contract.ts";

export async function addExperiment(ctx: Context, id: number, name: string): Promise<void> {
  await ctx.db
    .insert(experiments)
    .values({ workspaceId: ctx.actor.workspaceId, id, name, artifactLocation: "", createdAt: 5, updatedAt: 5 });
}

interface RunScene {
  name?: string;
  status?: RunStatus;
  userName?: string;
  startedAt?: number;
  updatedAt?: number;
  deletedAt?: number;
  params?: Record<string, string>;
  /** Values by key; the index is the step. */
  metrics?: Record<string, number[]>;
}

/** A run as it lies in the tables. @returns its id. */
export async function addRun(ctx: Context, experimentId: number, scene: RunScene = {}): Promise<string> {
  const { workspaceId } = ctx.actor;
  const { params = {}, metrics = {}, ...row } = scene;
  const id = randomUUID().replaceAll("-", "");
  await ctx.db.insert(runs).values({
    id,
    workspaceId,
    experimentId,
    name: "run",
    userName: "",
    status: "FINISHED",
    startedAt: 10,
    updatedAt: 20,
    artifactUri: "",
    ...row,
  });
  for (const [key, value] of Object.entries(params))
    await ctx.db.insert(runParams).values({ workspaceId, runId: id, key, value });
  for (const [key, values] of Object.entries(metrics)) {
    const last = values.length - 1;
    const [series] = await ctx.db
      .insert(metricSeries)
      .values({ workspaceId, runId: id, key, step: last, timestamp: last, value: values[last] ?? 0 })
      .returning({ id: metricSeries.id });
    const points = values.map((value, step) => ({ seriesId: series?.id ?? 0, step, timestamp: step, value }));
    if (points.length > 0) await ctx.db.insert(metricPoints).values(points);
  }
  return id;
}
