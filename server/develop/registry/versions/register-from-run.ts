import { and, eq } from "drizzle-orm";
import { registeredModels, runs } from "#db/schema/index.ts";
import { type Context, transact } from "#server/base/context.ts";
import { DomainError } from "#server/base/errors.ts";
import { noRun } from "#server/develop/tracking/runs/lock-run.ts";
import { permit } from "#server/platform/permissions/permit.ts";
import { createRegisteredModel } from "../models/create-registered-model.ts";
import { type ModelVersion, RegisterFromRun } from "./contract.ts";
import { createModelVersion } from "./create-model-version.ts";

/**
 * Registers a model that a run logged, or a file of its artifacts, as a version; the model is created if it does not exist. A job inspects
 * the files afterwards.
 * @throws DomainError "not-found" for the run or the logged model, "invalid" for a path outside of the run's artifacts
 */
export async function registerFromRun(ctx: Context, input: RegisterFromRun): Promise<ModelVersion> {
  permit(ctx, "registerFromRun");
  const { name, description, runId, loggedModelId, path } = RegisterFromRun.parse(input);
  if ((loggedModelId === undefined) === (path === undefined))
    throw new DomainError("invalid", "Choose a logged model or a file of the run.");
  if (path?.split("/").some((part) => part === ".." || part === "."))
    throw new DomainError("invalid", "The path leads outside of the run's artifacts.");
  return transact(ctx, async (ctx) => {
    await requireRun(ctx, runId);
    await ensureModel(ctx, name);
    const source = loggedModelId === undefined ? `runs:/${runId}/${path}` : `models:/${loggedModelId}`;
    return createModelVersion(ctx, { name, description, runId, source, loggedModelId });
  });
}

/** @throws DomainError "not-found" */
async function requireRun(ctx: Context, runId: string): Promise<void> {
  const isThis = and(eq(runs.workspaceId, ctx.actor.workspaceId), eq(runs.id, runId));
  if ((await ctx.db.$count(runs, isThis)) === 0) throw noRun(runId);
}

async function ensureModel(ctx: Context, name: string): Promise<void> {
  const isThis = and(eq(registeredModels.workspaceId, ctx.actor.workspaceId), eq(registeredModels.name, name));
  if ((await ctx.db.$count(registeredModels, isThis)) > 0) return;
  await createRegisteredModel(ctx, { name }).catch((error: unknown) => {
    // Someone else created it in this moment.
    if (!(error instanceof DomainError) || error.code !== "conflict") throw error;
  });
}
