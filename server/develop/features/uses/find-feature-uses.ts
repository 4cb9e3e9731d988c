import { and, eq, notInArray, sql } from "drizzle-orm";
import {
  featureUses,
  modelVersions,
  modelVersionTags,
  registeredModels,
  runs,
  runTags,
  workspaces,
} from "#db/schema/index.ts";
import { type Context, transact } from "#server/base/context.ts";
import { publish } from "#server/platform/events/publish.ts";
import { isFeastUse } from "#server/platform/feast-use-tags.ts";
import { permit } from "#server/platform/permissions/permit.ts";
import { loadDefinitions } from "../definitions/definitions.ts";
import { featuresOfTags } from "./feast-tags.ts";

/**
 * Reads the tags that Feast's MLflow integration sets on a run or a version of a model into what uses a view. A version without own tags uses
 * what the run used that it came from. Runs as a job, again whenever the tags change.
 */
export async function findFeatureUses(
  ctx: Context,
  user: { runId?: string | undefined; versionId?: string | undefined },
): Promise<void> {
  permit(ctx, "findFeatureUses");
  await transact(ctx, async (ctx) => {
    if (user.runId !== undefined) await ofRun(ctx, user.runId);
    if (user.versionId !== undefined) await ofVersion(ctx, user.versionId);
    await publish(ctx, "features", user.runId ?? user.versionId ?? "");
  });
}

async function ofRun(ctx: Context, runId: string): Promise<void> {
  const [run] = await ctx.db
    .select({ name: runs.name })
    .from(runs)
    .where(and(eq(runs.workspaceId, ctx.actor.workspaceId), eq(runs.id, runId)));
  if (!run) return;
  await record(ctx, { userKind: "run", userId: runId, userName: run.name }, await tagsOfRun(ctx, runId));
  const versions = await ctx.db
    .select({ id: modelVersions.id })
    .from(modelVersions)
    .where(and(eq(modelVersions.workspaceId, ctx.actor.workspaceId), eq(modelVersions.runId, runId)));
  for (const { id } of versions) await ofVersion(ctx, id);
}

async function ofVersion(ctx: Context, versionId: string): Promise<void> {
  const [version] = await ctx.db
    .select({ model: registeredModels.name, version: modelVersions.version, runId: modelVersions.runId })
    .from(modelVersions)
    .innerJoin(registeredModels, eq(registeredModels.id, modelVersions.modelId))
    .where(and(eq(modelVersions.workspaceId, ctx.actor.workspaceId), eq(modelVersions.id, versionId)));
  if (!version) return;
  const own = new Map(
    (
      await ctx.db
        .select({ key: modelVersionTags.key, value: modelVersionTags.value })
        .from(modelVersionTags)
        .where(eq(modelVersionTags.versionId, versionId))
    ).map(({ key, value }) => [key, value]),
  );
  const tags = [...own.keys()].some(isFeastUse) ? own : await tagsOfRun(ctx, version.runId);
  const userName = `${version.model} v${version.version}`;
  await record(ctx, { userKind: "model-version", userId: versionId, userName }, tags);
}

async function tagsOfRun(ctx: Context, runId: string): Promise<Map<string, string>> {
  if (runId === "") return new Map();
  const rows = await ctx.db
    .select({ key: runTags.key, value: runTags.value })
    .from(runTags)
    .where(and(eq(runTags.workspaceId, ctx.actor.workspaceId), eq(runTags.runId, runId)));
  return new Map(rows.map(({ key, value }) => [key, value]));
}

type User = Pick<typeof featureUses.$inferInsert, "userKind" | "userId" | "userName">;

/** A version of a model may use more than its tags say, which stays; of a run, the tags say all. */
async function record(ctx: Context, user: User, tags: ReadonlyMap<string, string>): Promise<void> {
  const { workspaceId } = ctx.actor;
  const [workspace] = await ctx.db
    .select({ slug: workspaces.slug })
    .from(workspaces)
    .where(eq(workspaces.id, workspaceId));
  const uses = featuresOfTags(tags, await loadDefinitions(ctx.db, workspaceId), workspace?.slug ?? "");
  for (const { viewId, version, features } of uses) {
    const merged = sql`(select array_agg(distinct name order by name) from unnest(${featureUses.features} || excluded.features) as name)`;
    await ctx.db
      .insert(featureUses)
      .values({ workspaceId, viewId, version, ...user, features })
      .onConflictDoUpdate({
        target: [featureUses.viewId, featureUses.version, featureUses.userKind, featureUses.userId],
        set: { userName: user.userName, features: user.userKind === "run" ? features : merged },
      });
  }
  if (user.userKind !== "run") return;
  const kept = uses.map(({ viewId, version }) => `${viewId} ${version}`);
  const ofUser = and(
    eq(featureUses.workspaceId, workspaceId),
    eq(featureUses.userKind, user.userKind),
    eq(featureUses.userId, user.userId),
  );
  const place = sql<string>`${featureUses.viewId}::text || ' ' || ${featureUses.version}::text`;
  await ctx.db.delete(featureUses).where(and(ofUser, kept.length > 0 ? notInArray(place, kept) : undefined));
}
