import { expect } from "vitest";
import { auditEvents } from "#db/schema/index.ts";
import type { Context } from "#server/base/context.ts";
import { createExperiment } from "../../../develop/tracking/experiments/create-experiment.ts";
import type { Point } from "../../../develop/tracking/log-contract.ts";
import { createRun } from "../../../develop/tracking/runs/create-run.ts";

/** A run in an experiment of its own. */
export async function newRun(ctx: Context, name = "run"): Promise<{ runId: string; experimentId: number }> {
  const experimentId = await createExperiment(ctx, { name: `experiment of ${name}` });
  const { id } = await createRun(ctx, { experimentId, name });
  return { runId: id, experimentId };
}

/** A metric point. */
export function point(key: string, value: number, step = 0, more: Partial<Point> = {}): Point {
  return { key, value, step, timestamp: 1, ...more };
}

/** What the audit log says was done, oldest first. */
export async function auditedActions(ctx: Context): Promise<string[]> {
  const events = await ctx.db.select().from(auditEvents).orderBy(auditEvents.id);
  return events.filter((event) => event.workspaceId === ctx.actor.workspaceId).map((event) => event.action);
}

/** Expects a refusal by its code, and that its message holds some text. */
export async function expectRefusal(work: Promise<unknown>, code: string, text = ""): Promise<void> {
  await expect(work).rejects.toMatchObject({ code, message: expect.stringContaining(text) });
}
