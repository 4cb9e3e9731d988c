import { eq, sql } from "drizzle-orm";
import { auditEvents, deployments, endpoints, experiments, loggedModels } from "#db/schema/index.ts";
import type { Context } from "#server/base/context.ts";
import { findVersion } from "../../../develop/registry/lookups.ts";
import { createRegisteredModel } from "../../../develop/registry/models/create-registered-model.ts";
import { createModelVersion } from "../../../develop/registry/versions/create-model-version.ts";

/** A model with versions 1 to `count`. */
export async function modelWithVersions(ctx: Context, name: string, count: number): Promise<void> {
  await createRegisteredModel(ctx, { name });
  for (let index = 0; index < count; index++) await createModelVersion(ctx, { name, source: `s3://bucket/${index}` });
}

/** Actions of the audit log of this workspace, oldest first. */
export async function auditActions(ctx: Context): Promise<string[]> {
  const rows = await ctx.db
    .select({ action: auditEvents.action })
    .from(auditEvents)
    .where(eq(auditEvents.workspaceId, ctx.actor.workspaceId))
    .orderBy(auditEvents.id);
  return rows.map((row) => row.action);
}

/** The newest entry of the audit log of this workspace. */
export async function lastAudit(ctx: Context) {
  const [entry] = await ctx.db
    .select()
    .from(auditEvents)
    .where(eq(auditEvents.workspaceId, ctx.actor.workspaceId))
    .orderBy(sql`${auditEvents.id} desc`)
    .limit(1);
  return entry;
}

/** Jobs that wait for this workspace, those of one transaction by kind. */
export async function waitingJobs(ctx: Context): Promise<{ name: string; data: unknown }[]> {
  const { rows } = await ctx.db.execute(
    sql`select name, data from pgboss.job where data->>'workspaceId' = ${ctx.actor.workspaceId} order by created_on, name`,
  );
  return rows as { name: string; data: unknown }[];
}

/** Puts a version behind a new endpoint. */
export async function serve(ctx: Context, name: string, version: number, endpointName: string): Promise<string> {
  const { id: versionId } = await findVersion(ctx, { name, version });
  const { workspaceId } = ctx.actor;
  const [endpoint] = await ctx.db
    .insert(endpoints)
    .values({ workspaceId, name: endpointName, createdBy: "test" })
    .onConflictDoUpdate({ target: [endpoints.workspaceId, endpoints.name], set: { description: "" } })
    .returning();
  if (!endpoint) throw new Error("The endpoint was not made.");
  await ctx.db
    .insert(deployments)
    .values({ workspaceId, endpointId: endpoint.id, versionId, providers: ["cpu"], deployedBy: "test" });
  return endpoint.id;
}

/** A logged model of experiment 77, whose files are below "77/models/<id>/artifacts". */
export async function loggedModel(ctx: Context, id: string, sourceRunId = ""): Promise<void> {
  const { workspaceId } = ctx.actor;
  const times = { createdAt: 1, updatedAt: 1 };
  await ctx.db
    .insert(experiments)
    .values({ workspaceId, id: 77, name: "e", artifactLocation: "mlflow-artifacts:/77", ...times })
    .onConflictDoNothing();
  await ctx.db.insert(loggedModels).values({
    id,
    workspaceId,
    experimentId: 77,
    name: "model",
    sourceRunId,
    artifactUri: `mlflow-artifacts:/77/models/${id}/artifacts`,
    status: "LOGGED_MODEL_READY",
    ...times,
  });
}
