import { and, asc, eq, gt, sql } from "drizzle-orm";
import {
  apiTokens,
  deployments,
  endpoints,
  modelVersions,
  registeredModels,
  runs,
  servingWindows,
  workspaces,
} from "#db/schema/index.ts";
import type { Context } from "#server/base/context.ts";
import { permit } from "#server/platform/permissions/permit.ts";
import { arrivals } from "./arrivals.ts";
import { type GettingStarted, type GettingStartedStep, gettingStartedSteps } from "./contract.ts";

type Happened = Pick<GettingStartedStep, "doneAt" | "detail">;
const notYet: Happened = { doneAt: null, detail: null };

/** Returns the completed steps to a live prediction, derived from existing data, and information on why one does not arrive. */
export async function getGettingStarted(ctx: Context): Promise<GettingStarted> {
  permit(ctx, "getGettingStarted");
  const [run, version, endpoint] = [await firstRun(ctx), await firstVersion(ctx), await firstDeployment(ctx)];
  return {
    steps: [
      { key: "workspace", ...(await workspaceMade(ctx)) },
      { key: "token", ...(await firstToken(ctx)) },
      { key: "run", ...run },
      { key: "version", ...version.happened },
      { key: "endpoint", ...endpoint.happened },
      { key: "prediction", ...(await firstPrediction(ctx)) },
    ],
    isEmpty: run.doneAt === null && version.happened.doneAt === null && endpoint.happened.doneAt === null,
    arrivals: await arrivals(ctx),
    names: { ...version.names, endpoint: endpoint.name },
  };
}

/** Counts the completed steps in one statement, for the navigation. The same facts complete the steps of getGettingStarted. */
export async function countSetUpSteps(ctx: Context): Promise<{ done: number; total: number }> {
  permit(ctx, "getGettingStarted");
  const { workspaceId } = ctx.actor;
  const { rows } = await ctx.db.execute<{ done: number }>(sql`
    select 1 + exists (select from api_tokens where workspace_id = ${workspaceId})::int
      + exists (select from runs where workspace_id = ${workspaceId})::int
      + exists (select from model_versions where workspace_id = ${workspaceId} and inspection = 'servable')::int
      + exists (select from deployments where workspace_id = ${workspaceId})::int
      + exists (select from serving_windows where workspace_id = ${workspaceId} and rows > 0)::int as done`);
  return { done: rows[0]?.done ?? 0, total: gettingStartedSteps.length };
}

async function workspaceMade({ db, actor }: Context): Promise<Happened> {
  const [row] = await db.select().from(workspaces).where(eq(workspaces.id, actor.workspaceId));
  return row ? { doneAt: row.createdAt, detail: row.name } : notYet;
}

async function firstToken({ db, actor }: Context): Promise<Happened> {
  const [row] = await db
    .select({ doneAt: apiTokens.createdAt, detail: apiTokens.name })
    .from(apiTokens)
    .where(eq(apiTokens.workspaceId, actor.workspaceId))
    .orderBy(asc(apiTokens.createdAt))
    .limit(1);
  return row ?? notYet;
}

async function firstRun({ db, actor }: Context): Promise<Happened> {
  const [row] = await db
    .select({ startedAt: runs.startedAt, detail: runs.name })
    .from(runs)
    .where(eq(runs.workspaceId, actor.workspaceId))
    .orderBy(asc(runs.startedAt))
    .limit(1);
  return row ? { doneAt: new Date(row.startedAt), detail: row.detail } : notYet;
}

async function firstVersion({ db, actor }: Context) {
  const [row] = await db
    .select({ createdAt: modelVersions.createdAt, model: registeredModels.name, version: modelVersions.version })
    .from(modelVersions)
    .innerJoin(registeredModels, eq(registeredModels.id, modelVersions.modelId))
    .where(and(eq(modelVersions.workspaceId, actor.workspaceId), eq(modelVersions.inspection, "servable")))
    .orderBy(asc(modelVersions.createdAt))
    .limit(1);
  if (!row) return { happened: notYet, names: { model: null, version: null } };
  const { createdAt, model, version } = row;
  return { happened: { doneAt: new Date(createdAt), detail: `${model} v${version}` }, names: { model, version } };
}

async function firstDeployment({ db, actor }: Context): Promise<{ happened: Happened; name: string | null }> {
  const [row] = await db
    .select({ name: endpoints.name, doneAt: deployments.deployedAt })
    .from(deployments)
    .innerJoin(endpoints, eq(endpoints.id, deployments.endpointId))
    .where(eq(deployments.workspaceId, actor.workspaceId))
    .orderBy(asc(deployments.id))
    .limit(1);
  return row
    ? { happened: { doneAt: row.doneAt, detail: row.name }, name: row.name }
    : { happened: notYet, name: null };
}

async function firstPrediction({ db, actor }: Context): Promise<Happened> {
  const [row] = await db
    .select({ doneAt: servingWindows.windowStart, detail: endpoints.name })
    .from(servingWindows)
    .innerJoin(endpoints, eq(endpoints.id, servingWindows.endpointId))
    .where(and(eq(servingWindows.workspaceId, actor.workspaceId), gt(servingWindows.rows, 0)))
    .orderBy(asc(servingWindows.windowStart))
    .limit(1);
  return row ?? notYet;
}
