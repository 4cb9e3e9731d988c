import { describe, expect, test } from "vitest";
import { deployments } from "#db/schema/index.ts";
import { freshDatabase } from "#db/testing.ts";
import { inWorkspace, newWorkspace } from "#server/testing/testing.ts";
import {
  auditActions,
  lastAudit,
  loggedModel,
  modelWithVersions,
  serve,
  waitingJobs,
} from "../../../testing/fixtures/registry/testing.ts";
import { deleteAlias } from "../aliases/delete-alias.ts";
import { setAlias } from "../aliases/set-alias.ts";
import { createRegisteredModel } from "../models/create-registered-model.ts";
import { getModel } from "../models/queries.ts";
import { deleteVersionTag } from "../tags/delete-version-tag.ts";
import { setVersionTag } from "../tags/set-version-tag.ts";
import { createModelVersion } from "./create-model-version.ts";
import { deleteModelVersion } from "./delete-model-version.ts";
import { getLatestVersions, getVersion, getVersionByAlias, listVersions } from "./queries.ts";
import { transitionStage } from "./transition-stage.ts";
import { updateModelVersion } from "./update-model-version.ts";

const notFound = (message: string) =>
  expect.objectContaining({ code: "not-found", message: expect.stringContaining(message) });

describe("new version", () => {
  test(
    "is pending until inspected by the job that is enqueued with it",
    inWorkspace(async (ctx) => {
      await createRegisteredModel(ctx, { name: "a" });
      const tags = [{ key: "q", value: "1" }];
      const version = await createModelVersion(ctx, { name: "a", source: "s3://b/p", runId: "anything", tags });
      expect(version).toMatchObject({
        modelName: "a",
        version: 1,
        source: "s3://b/p",
        storageLocation: "s3://b/p",
        runId: "anything",
        description: "",
        userName: ctx.actor.name,
        stage: "None",
        inspection: "pending",
        signature: null,
        tags,
      });
      expect(await waitingJobs(ctx)).toEqual([
        { name: "inspect-version", data: { workspaceId: ctx.actor.workspaceId, versionId: version.id } },
        { name: "scan-version", data: { workspaceId: ctx.actor.workspaceId, versionId: version.id } },
      ]);
      expect(await auditActions(ctx)).toEqual(["model.created", "version.created"]);
    }),
  );

  test(
    "inherits the run and location of its logged model",
    inWorkspace(async (ctx) => {
      await createRegisteredModel(ctx, { name: "a" });
      await loggedModel(ctx, "m-1", "run1");
      expect(await createModelVersion(ctx, { name: "a", source: "models:/m-1" })).toMatchObject({
        source: "models:/m-1",
        storageLocation: "mlflow-artifacts:/77/models/m-1/artifacts",
        runId: "run1",
        loggedModelId: "m-1",
      });
    }),
  );

  test(
    "keeps the location of its source version, even if the source alias moves",
    inWorkspace(async (ctx) => {
      await modelWithVersions(ctx, "a", 2);
      await createRegisteredModel(ctx, { name: "copy" });
      await setAlias(ctx, { name: "a", version: 1, alias: "champion" });
      const copy = await createModelVersion(ctx, { name: "copy", source: "models:/a@champion" });
      await setAlias(ctx, { name: "a", version: 2, alias: "champion" });
      expect(await createModelVersion(ctx, { name: "copy", source: "models:/a/2" })).toMatchObject({
        storageLocation: "s3://bucket/1",
      });
      expect(await getVersion(ctx, { name: "copy", version: copy.version })).toMatchObject({
        source: "models:/a@champion",
        storageLocation: "s3://bucket/0",
      });
    }),
  );

  test(
    "is rejected if its model or source does not exist",
    inWorkspace(async (ctx) => {
      const create = (source: string, more = {}) => createModelVersion(ctx, { name: "a", source, ...more });
      await expect(create("s3://b")).rejects.toEqual(notFound("Registered Model with name=a not found"));
      await createRegisteredModel(ctx, { name: "a" });
      await expect(create("models:/a/99")).rejects.toEqual(notFound("(name=a, version=99)"));
      await expect(create("models:/a/99999999999")).rejects.toEqual(notFound("version=99999999999"));
      await expect(create("models:/a@none")).rejects.toEqual(notFound("alias none"));
      await expect(create("models:/m-none")).rejects.toEqual(notFound("'m-none'"));
      await expect(create("s3://b", { loggedModelId: "m-none" })).rejects.toEqual(notFound("'m-none'"));
      await expect(create("/etc/passwd")).rejects.toMatchObject({ code: "invalid" });
      expect(await waitingJobs(ctx)).toEqual([]);
      expect(await listVersions(ctx, { name: "a" })).toEqual([]);
    }),
  );

  test(
    "never reuses a version number",
    inWorkspace(async (ctx) => {
      await modelWithVersions(ctx, "a", 2);
      await deleteModelVersion(ctx, { name: "a", version: 2 });
      expect(await createModelVersion(ctx, { name: "a", source: "s3://b" })).toMatchObject({ version: 3 });
    }),
  );

  test("gets a unique number during concurrent creation", async () => {
    const { db } = await freshDatabase();
    const ctx = await newWorkspace(db);
    await createRegisteredModel(ctx, { name: "a" });
    const versions = await Promise.all(
      Array.from({ length: 8 }, () => createModelVersion(ctx, { name: "a", source: "s3://b" })),
    );
    expect(versions.map(({ version }) => version).sort()).toEqual([1, 2, 3, 4, 5, 6, 7, 8]);
  });
});

test(
  "updates and removes the description of a version",
  inWorkspace(async (ctx) => {
    await modelWithVersions(ctx, "a", 1);
    const key = { name: "a", version: 1 };
    expect(await updateModelVersion(ctx, { ...key, description: "x" })).toMatchObject({ description: "x" });
    expect(await updateModelVersion(ctx, { ...key, description: null })).toMatchObject({ description: null });
    await expect(updateModelVersion(ctx, { name: "a", version: 9, description: "" })).rejects.toEqual(
      notFound("Model Version (name=a, version=9) not found"),
    );
  }),
);

describe("deleted version", () => {
  test(
    "is deleted with its aliases, and both are recorded",
    inWorkspace(async (ctx) => {
      await modelWithVersions(ctx, "a", 2);
      await setAlias(ctx, { name: "a", version: 2, alias: "champion" });
      await deleteModelVersion(ctx, { name: "a", version: 2 });
      expect(await lastAudit(ctx)).toMatchObject({
        action: "version.deleted",
        subject: "version/a/2",
        before: { source: "s3://bucket/1", aliases: ["champion"] },
      });
      expect(await getModel(ctx, "a")).toMatchObject({ aliases: [], latestVersions: [{ version: 1 }] });
      await expect(deleteModelVersion(ctx, { name: "a", version: 2 })).rejects.toEqual(notFound("version=2"));
    }),
  );

  test(
    "cannot be deployed, and its past deployments are removed with it",
    inWorkspace(async (ctx) => {
      await modelWithVersions(ctx, "a", 2);
      await serve(ctx, "a", 1, "live");
      await expect(deleteModelVersion(ctx, { name: "a", version: 1 })).rejects.toMatchObject({
        code: "conflict",
        message: 'Version 1 is deployed to the endpoint "live". Deploy another version first.',
      });
      await serve(ctx, "a", 2, "live");
      await deleteModelVersion(ctx, { name: "a", version: 1 });
      expect(await ctx.db.select().from(deployments)).toHaveLength(1);
    }),
  );
});

test(
  "moves, reads and removes a case-sensitive alias",
  inWorkspace(async (ctx) => {
    await modelWithVersions(ctx, "a", 2);
    const alias = { name: "a", alias: "champion" };
    await setAlias(ctx, { ...alias, version: 1 });
    await setAlias(ctx, { ...alias, version: 1 });
    await setAlias(ctx, { ...alias, version: 2 });
    await setAlias(ctx, { name: "a", alias: "Champion", version: 1 });
    expect(await getVersionByAlias(ctx, alias)).toMatchObject({ version: 2, aliases: ["champion"] });
    expect((await auditActions(ctx)).filter((action) => action === "alias.set")).toHaveLength(3);
    await deleteAlias(ctx, alias);
    await deleteAlias(ctx, alias);
    expect(await lastAudit(ctx)).toMatchObject({ action: "alias.deleted", before: { alias: "champion", version: 2 } });
    await expect(getVersionByAlias(ctx, alias)).rejects.toEqual(notFound("alias champion not found"));
  }),
);

test(
  "rejects an alias without its version or model, or with a reserved name",
  inWorkspace(async (ctx) => {
    await modelWithVersions(ctx, "a", 1);
    const set = (name: string, version: number, alias: string) => setAlias(ctx, { name, version, alias });
    await expect(set("a", 9, "x")).rejects.toEqual(notFound("(name=a, version=9)"));
    await expect(set("none", 1, "x")).rejects.toEqual(notFound("(name=none, version=1)"));
    await expect(set("a", 1, "latest")).rejects.toThrow("reserved");
    await expect(deleteAlias(ctx, { name: "none", alias: "x" })).rejects.toEqual(notFound("name=none"));
  }),
);

test(
  "resolves latest to the version with the highest number",
  inWorkspace(async (ctx) => {
    await createRegisteredModel(ctx, { name: "a" });
    await expect(getVersionByAlias(ctx, { name: "a", alias: "latest" })).rejects.toEqual(notFound("Latest version"));
    for (const source of ["s3://1", "s3://2"]) await createModelVersion(ctx, { name: "a", source });
    expect(await getVersionByAlias(ctx, { name: "a", alias: "LATEST" })).toMatchObject({ version: 2 });
  }),
);

test(
  "sets, updates and deletes a tag of a version",
  inWorkspace(async (ctx) => {
    await modelWithVersions(ctx, "a", 1);
    const tag = { name: "a", version: 1, key: "k" };
    await setVersionTag(ctx, { ...tag, value: "1" });
    await setVersionTag(ctx, { ...tag, value: "2" });
    expect(await getVersion(ctx, tag)).toMatchObject({ tags: [{ key: "k", value: "2" }] });
    await deleteVersionTag(ctx, tag);
    await deleteVersionTag(ctx, tag);
    expect(await getVersion(ctx, tag)).toMatchObject({ tags: [] });
    expect((await auditActions(ctx)).slice(2)).toEqual(["version.tagged", "version.tagged", "version.untagged"]);
    await expect(setVersionTag(ctx, { ...tag, version: 9, value: "" })).rejects.toEqual(notFound("version=9"));
    await expect(deleteVersionTag(ctx, { ...tag, version: 9 })).rejects.toEqual(notFound("version=9"));
  }),
);

test(
  "changes the stage, and archives other versions in it on request",
  inWorkspace(async (ctx) => {
    await modelWithVersions(ctx, "a", 3);
    const move = (version: number, archiveExisting: boolean) =>
      transitionStage(ctx, { name: "a", version, stage: "Production", archiveExisting });
    await move(1, false);
    expect(await move(3, true)).toMatchObject({ version: 3, stage: "Production" });
    expect(await lastAudit(ctx)).toMatchObject({
      before: { stage: "None" },
      after: { stage: "Production", archived: [1] },
    });
    const latest = await getLatestVersions(ctx, { name: "a", stages: [] });
    expect(latest.map(({ version, stage }) => [version, stage])).toEqual([
      [1, "Archived"],
      [2, "None"],
      [3, "Production"],
    ]);
    expect(await getLatestVersions(ctx, { name: "a", stages: ["Production"] })).toMatchObject([{ version: 3 }]);
    const wrong = { name: "a", version: 3, stage: "None", archiveExisting: true } as const;
    await expect(transitionStage(ctx, wrong)).rejects.toMatchObject({ code: "invalid" });
    await expect(transitionStage(ctx, { name: "a", version: 9, stage: "Staging" })).rejects.toEqual(
      notFound("version=9"),
    );
  }),
);

test(
  "lists versions newest first, in pages",
  inWorkspace(async (ctx) => {
    await modelWithVersions(ctx, "a", 3);
    const numbers = async (more: object) =>
      (await listVersions(ctx, { name: "a", ...more })).map(({ version }) => version);
    expect(await numbers({})).toEqual([3, 2, 1]);
    expect(await numbers({ limit: 2 })).toEqual([3, 2]);
    expect(await numbers({ before: 2 })).toEqual([1]);
  }),
);

test(
  "reports a version of another workspace as not found",
  inWorkspace(async (ctx) => {
    await modelWithVersions(ctx, "a", 1);
    await loggedModel(ctx, "m-1");
    const other = await newWorkspace(ctx.db);
    await createRegisteredModel(other, { name: "b" });
    await expect(getVersion(other, { name: "a", version: 1 })).rejects.toEqual(notFound("name=a"));
    for (const source of ["models:/a/1", "models:/m-1"]) {
      await expect(createModelVersion(other, { name: "b", source })).rejects.toEqual(notFound("not found"));
    }
  }),
);
