import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Readable } from "node:stream";
import { eq, sql } from "drizzle-orm";
import { expect, onTestFinished, test } from "vitest";
import {
  endpoints,
  loadTests,
  modelVersions,
  referenceProfiles,
  registeredModels,
  rollouts,
} from "#db/schema/index.ts";
import { collectArtifacts } from "#server/admin/collection/collect-artifacts.ts";
import { findHolders } from "#server/admin/collection/find-holders.ts";
import { sweepArtifacts } from "#server/admin/collection/sweep-artifacts.ts";
import { listTrash } from "#server/admin/trash/list-trash.ts";
import { purgeTrash } from "#server/admin/trash/purge-trash.ts";
import { previewPurge } from "#server/admin/trash/queries.ts";
import { requestPurge } from "#server/admin/trash/request-purge.ts";
import { restore } from "#server/admin/trash/restore.ts";
import type { Context } from "#server/base/context.ts";
import { openLocalStore } from "#server/platform/artifacts/local-store.ts";
import { expectRefusal } from "#server/testing/fixtures/tracking/testing.ts";
import { as, inWorkspace, newWorkspace } from "#server/testing/testing.ts";
import { requestPromotion } from "../../../release/promotion/request-promotion.ts";
import { auditActions, modelWithVersions, serve, waitingJobs } from "../../../testing/fixtures/registry/testing.ts";
import { getAliasAt, listAliasChanges } from "../aliases/queries.ts";
import { setAlias } from "../aliases/set-alias.ts";
import { createRegisteredModel } from "../models/create-registered-model.ts";
import { deleteRegisteredModel } from "../models/delete-registered-model.ts";
import { setPolicy } from "../policy/set-policy.ts";
import { setModelTag } from "../tags/set-model-tag.ts";
import { setVersionTag } from "../tags/set-version-tag.ts";
import { createModelVersion } from "../versions/create-model-version.ts";
import { deleteModelVersion } from "../versions/delete-model-version.ts";
import { getVersion, getVersionByAlias } from "../versions/queries.ts";
import { notStored } from "./stored-rows.ts";

const name = "digits";

async function newModel(ctx: Context): Promise<void> {
  await modelWithVersions(ctx, name, 2);
  await setModelTag(ctx, { name, key: "team", value: "depots" });
  await setVersionTag(ctx, { name, version: 2, key: "kind", value: "small" });
  await setAlias(ctx, { name, version: 1, alias: "champion" });
  await setAlias(ctx, { name, version: 2, alias: "champion" });
  await setAlias(ctx, { name, version: 2, alias: "canary" });
}

/** Returns everything that refers to the models of a workspace, as text. */
async function everything(ctx: Context): Promise<[string, unknown][]> {
  const tables = [
    "registered_models",
    "model_versions",
    "registered_model_tags",
    "model_version_tags",
    "model_aliases",
  ];
  const more = ["alias_changes", "registry_policies", "promotion_requests", "deployments", "gate_runs"];
  const rows: [string, unknown][] = [];
  for (const table of [...tables, ...more]) {
    const t = sql.identifier(table);
    const found = await ctx.db.execute(
      sql`select to_jsonb(t) - 'updated_at' as row from ${t} as t where workspace_id = ${ctx.actor.workspaceId} order by 1`,
    );
    rows.push([table, found.rows]);
  }
  return rows;
}

const only = async (ctx: Context) => {
  const [item] = (await listTrash(ctx, {})).items;
  if (!item) throw new Error("The trash is empty.");
  return item;
};

test(
  "restores a deleted model with ids, tags, aliases, history, policy and requests",
  inWorkspace(async (ctx) => {
    await newModel(ctx);
    await setPolicy(ctx, { name, policy: {}, reason: "ours" });
    await requestPromotion(ctx, { name, version: 1, alias: "challenger", reason: "better" });
    const before = await everything(ctx);
    await deleteRegisteredModel(ctx, { name });
    expect(await only(ctx)).toMatchObject({
      kind: "model",
      name,
      parts: 2,
      deletedBy: ctx.actor.name,
      experiment: null,
    });
    await createRegisteredModel(ctx, { name });
    await expectRefusal(restore(ctx, await only(ctx)), "conflict", "Another model is now named digits");
    await ctx.db.delete(registeredModels).where(eq(registeredModels.name, name));
    await restore(ctx, await only(ctx));
    expect(await everything(ctx)).toEqual(before);
    expect((await getAliasAt(ctx, { name, alias: "champion", at: new Date() })).version).toBe(2);
    expect((await listTrash(ctx, {})).items).toEqual([]);
    expect(await auditActions(ctx)).toContain("model.restored");
    expect((await createModelVersion(ctx, { name, source: "s3://b/3" })).version).toBe(3);
  }),
);

test(
  "restores a deleted version with its tags and deployments, and aliases not reassigned",
  inWorkspace(async (ctx) => {
    await newModel(ctx);
    await serve(ctx, name, 2, "sorter");
    await serve(ctx, name, 1, "sorter");
    await requestPromotion(ctx, { name, version: 2, alias: "challenger", reason: "better" });
    const before = await getVersion(ctx, { name, version: 2 });
    await deleteModelVersion(ctx, { name, version: 2 });
    await setAlias(ctx, { name, version: 1, alias: "champion" });
    expect(await only(ctx)).toMatchObject({ kind: "version", name: "digits version 2" });
    await restore(ctx, await only(ctx));
    expect(await getVersion(ctx, { name, version: 2 })).toMatchObject({ ...before, aliases: ["canary"] });
    expect((await getVersionByAlias(ctx, { name, alias: "champion" })).version).toBe(1);
    const rows = new Map(await everything(ctx));
    for (const table of ["promotion_requests", "deployments"])
      expect(JSON.stringify(rows.get(table))).toContain(before.id);
    expect((await listAliasChanges(ctx, { name }))[0]).toMatchObject({ alias: "canary", toVersion: 2 });
  }),
);

test(
  "restores no version before its trashed model, nor an alias that is now protected",
  inWorkspace(async (ctx) => {
    await newModel(ctx);
    await deleteModelVersion(ctx, { name, version: 2 });
    const version = await only(ctx);
    await setPolicy(ctx, { name, policy: { protectedAliases: ["canary"] }, reason: "ours" });
    await deleteRegisteredModel(ctx, { name });
    const model = await only(ctx);
    await expectRefusal(restore(ctx, version), "conflict", "Restore it first");
    await restore(ctx, model);
    await restore(ctx, version);
    await expectRefusal(getVersionByAlias(ctx, { name, alias: "canary" }), "not-found");
    expect((await getVersionByAlias(ctx, { name, alias: "champion" })).version).toBe(2);
  }),
);

test(
  "rejects restoring without permission and from another workspace",
  inWorkspace(async (ctx) => {
    await newModel(ctx);
    await deleteRegisteredModel(ctx, { name });
    const item = await only(ctx);
    await expectRefusal(restore(as(ctx, "viewer"), item), "forbidden");
    await expectRefusal(restore(await newWorkspace(ctx.db), item), "not-found");
    await expectRefusal(restore(ctx, { ...item, id: crypto.randomUUID() }), "not-found");
    await expectRefusal(restore(ctx, { ...item, id: "no-uuid" }), "not-found");
  }),
);

test(
  "keeps files of a trashed model until it is purged, including those of earlier deleted versions",
  inWorkspace(async (ctx) => {
    const folder = await mkdtemp(join(tmpdir(), "leeway-registry-trash-"));
    onTestFinished(() => rm(folder, { recursive: true, force: true }));
    const store = await openLocalStore(folder);
    const digest = "a".repeat(64);
    const key = `${ctx.actor.workspaceId}/models/${digest}/model.onnx`;
    await store.put(key, Readable.from([Buffer.from("12345")]));
    await newModel(ctx);
    await ctx.db
      .update(modelVersions)
      .set({ storageLocation: `mlflow-artifacts:/models/${digest}`, artifactKey: key })
      .where(eq(modelVersions.version, 2));
    await deleteModelVersion(ctx, { name, version: 2 });
    await deleteRegisteredModel(ctx, { name });
    const prefix = `${ctx.actor.workspaceId}/models/${digest}`;
    expect((await findHolders(ctx, [prefix])).get(prefix)).toBe("version 2 of digits, which is in the trash");
    await sweepArtifacts(ctx, store, new Date(0));
    await collectArtifacts(ctx, store);
    expect(await store.stat(key)).toMatchObject({ sizeBytes: 5 });

    const model = (await listTrash(ctx, { kind: "model" })).items[0];
    const version = (await listTrash(ctx, { kind: "version" })).items[0];
    if (!model || !version) throw new Error("Both are in the trash.");
    expect(await previewPurge(ctx, version)).toMatchObject({ versions: 1, usedBy: [] });
    await requestPurge(ctx, { ...model, reason: "over" });
    await expectRefusal(restore(ctx, model), "conflict", "being permanently deleted");
    await purgeTrash(ctx);
    await purgeTrash(ctx);
    expect((await listTrash(ctx, {})).items).toEqual([]);
    await collectArtifacts(ctx, store);
    await expectRefusal(store.stat(key), "not-found");
  }),
);

test(
  "restores a version without what it shared with something that is gone",
  inWorkspace(async (ctx) => {
    await newModel(ctx);
    await serve(ctx, name, 2, "sorter");
    await serve(ctx, name, 1, "sorter");
    const [endpoint] = await ctx.db.select().from(endpoints);
    const { id: versionId } = await getVersion(ctx, { name, version: 2 });
    const { id: stableId } = await getVersion(ctx, { name, version: 1 });
    const { workspaceId } = ctx.actor;
    await ctx.db.execute(sql`
      insert into rollouts (workspace_id, endpoint_id, stable_version_id, stable_deployment_id, canary_version_id, providers, plan,
        frozen, salt, phase, state, reason, started_by)
      values (${workspaceId}, ${endpoint?.id}, ${stableId}, 1, ${versionId}, '{}', '{}', '{}', '', 'rolled-back', '{}', '', '')`);
    await ctx.db.execute(sql`
      insert into load_tests (workspace_id, endpoint_id, version_id, state, settings, is_live, started_by)
      values (${workspaceId}, ${endpoint?.id}, ${versionId}, 'done', '{}', false, '')`);
    await deleteModelVersion(ctx, { name, version: 2 });
    await ctx.db.execute(sql`delete from endpoints`);
    const version = (await listTrash(ctx, { kind: "version" })).items[0];
    if (!version) throw new Error("The version is in the trash.");
    await restore(ctx, version);
    expect((await getVersion(ctx, { name, version: 2 })).id).toBe(versionId);
    expect(await ctx.db.$count(loadTests)).toBe(0);
  }),
);

test(
  "restores interrupted work as ended, and runs pending checks again",
  inWorkspace(async (ctx) => {
    await newModel(ctx);
    await serve(ctx, name, 1, "sorter");
    const [endpoint] = await ctx.db.select().from(endpoints);
    const { id: versionId } = await getVersion(ctx, { name, version: 2 });
    const { workspaceId } = ctx.actor;
    await requestPromotion(ctx, { name, version: 2, alias: "challenger", reason: "better" });
    await ctx.db.update(modelVersions).set({ inspection: "pending" }).where(eq(modelVersions.id, versionId));
    await ctx.db.execute(sql`
      insert into load_tests (workspace_id, endpoint_id, version_id, state, settings, is_live, started_by, runner, leased_until)
      values (${workspaceId}, ${endpoint?.id}, ${versionId}, 'running', '{}', false, '', gen_random_uuid(), now())`);
    await ctx.db.insert(referenceProfiles).values({
      workspaceId,
      versionId,
      source: {} as never,
      state: "running",
      createdBy: "",
    });
    await deleteModelVersion(ctx, { name, version: 2 });
    await ctx.db.execute(sql`delete from pgboss.job`);
    await restore(ctx, await only(ctx));
    expect(await ctx.db.select().from(loadTests)).toMatchObject([
      { state: "cancelled", runner: null, leasedUntil: null, endedAt: expect.any(Date) },
    ]);
    expect(await ctx.db.select().from(referenceProfiles)).toMatchObject([
      { state: "failed", finishedAt: expect.any(Date) },
    ]);
    expect((await waitingJobs(ctx)).map((job) => job.name).sort()).toEqual([
      "inspect-version",
      "run-gates",
      "scan-version",
    ]);
  }),
);

/** Tables whose rows the trash keeps with a model. */
const stored = [
  "alias_changes",
  "deployments",
  "evaluation_runs",
  "gate_runs",
  "gate_waivers",
  "load_test_steps",
  "load_tests",
  "model_aliases",
  "model_version_tags",
  "model_versions",
  "promotion_decisions",
  "promotion_requests",
  "reference_features",
  "reference_profiles",
  "reference_segments",
  "registered_model_tags",
  "registered_models",
  "registry_policies",
  "retraining_cycles",
  "retraining_decisions",
  "retraining_policies",
  "retraining_steps",
  "rollout_decisions",
  "rollout_evidence",
  "rollouts",
  "team_models",
  "version_blocks",
  "version_bundles",
  "version_scans",
  "version_signatures",
];

test(
  "keeps every table whose rows are deleted with a model, or names it as left out",
  inWorkspace(async (ctx) => {
    const { rows } = await ctx.db.execute<{ name: string }>(sql`
      with recursive below (oid) as (
        select 'registered_models'::regclass::oid
        union select conrelid from pg_constraint join below on confrelid = below.oid where contype = 'f' and confdeltype = 'c'
      )
      select relname as name from below join pg_class using (oid)`);
    expect(rows.map((row) => row.name).sort()).toEqual([...stored, ...notStored].sort());
  }),
);

test(
  "keeps no raw counts of rollouts",
  inWorkspace(async (ctx) => {
    await newModel(ctx);
    await serve(ctx, name, 1, "sorter");
    const [endpoint] = await ctx.db.select().from(endpoints);
    const { id: canary } = await getVersion(ctx, { name, version: 2 });
    const { id: stable } = await getVersion(ctx, { name, version: 1 });
    const { workspaceId } = ctx.actor;
    await ctx.db.execute(sql`
      with rollout as (
        insert into rollouts (workspace_id, endpoint_id, stable_version_id, stable_deployment_id, canary_version_id, providers, plan,
          frozen, salt, phase, state, reason, started_by)
        values (${workspaceId}, ${endpoint?.id}, ${stable}, 1, ${canary}, '{}', '{}', '{}', '', 'rolled-back', '{}', '', '')
        returning id
      )
      insert into rollout_units (workspace_id, rollout_id, unit, arm, step, weight)
      select ${workspaceId}, id, i::text, 'canary', 0, 0.5 from rollout, generate_series(1, 1000) i`);
    await deleteModelVersion(ctx, { name, version: 2 });
    const { rows } = await ctx.db.execute<{ bytes: number }>(
      sql`select length(rows::text) as bytes from trashed_models`,
    );
    expect(rows[0]?.bytes).toBeLessThan(20_000);
    await restore(ctx, await only(ctx));
    expect(await ctx.db.$count(rollouts)).toBe(1);
  }),
);
