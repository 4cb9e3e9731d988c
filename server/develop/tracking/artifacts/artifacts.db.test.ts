import { createHash } from "node:crypto";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Readable } from "node:stream";
import { text } from "node:stream/consumers";
import { eq, sql } from "drizzle-orm";
import { expect, onTestFinished, test } from "vitest";
import type { Database } from "#db/client.ts";
import { artifactFiles, modelVersions } from "#db/schema/index.ts";
import { freshDatabase } from "#db/testing.ts";
import type { Context } from "#server/base/context.ts";
import { createRegisteredModel } from "#server/develop/registry/models/create-registered-model.ts";
import { createModelVersion } from "#server/develop/registry/versions/create-model-version.ts";
import { deleteModelVersion } from "#server/develop/registry/versions/delete-model-version.ts";
import { openLocalStore } from "#server/platform/artifacts/local-store.ts";
import { maxReplacements } from "#server/platform/artifacts/replace-files.ts";
import type { ArtifactStore } from "#server/platform/artifacts/store.ts";
import { inWorkspace, newWorkspace } from "#server/testing/testing.ts";
import { auditedActions, expectRefusal, newRun } from "../../../testing/fixtures/tracking/testing.ts";
import { createExperiment } from "../experiments/create-experiment.ts";
import { createRun } from "../runs/create-run.ts";
import { deleteRun } from "../runs/delete-run.ts";
import { pathInRoot } from "./locate.ts";
import { listArtifacts, openArtifact } from "./queries.ts";
import { removeArtifact } from "./remove-artifact.ts";
import { storeArtifact } from "./store-artifact.ts";

async function newStore(): Promise<ArtifactStore> {
  const folder = await mkdtemp(join(tmpdir(), "leeway-artifacts-"));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  return openLocalStore(folder);
}

const put = (ctx: Context, store: ArtifactStore, path: string, content = "x", maxBytes = 100) =>
  storeArtifact(ctx, store, { path, body: Readable.from([Buffer.from(content)]), maxBytes });

test(
  "stores, lists, opens and removes the files of a run under its own root",
  inWorkspace(async (ctx) => {
    const store = await newStore();
    const { runId, experimentId } = await newRun(ctx);
    const root = `${experimentId}/${runId}/artifacts`;
    await put(ctx, store, `${root}/dir/a.txt`, "hello");
    expect(await listArtifacts(ctx, store, root)).toEqual([{ name: "dir", isFolder: true }]);
    const file = await openArtifact(ctx, store, `${root}/dir/a.txt`);
    expect([file.name, file.sizeBytes, await text(await file.open())]).toEqual(["a.txt", 5, "hello"]);
    await removeArtifact(ctx, store, `${root}/dir`);
    await expectRefusal(openArtifact(ctx, store, `${root}/dir/a.txt`), "not-found");
    expect(await auditedActions(ctx)).toContain("artifact.removed");
  }),
);

test(
  "finds a root below a custom location, even if it contains the word artifacts",
  inWorkspace(async (ctx) => {
    const store = await newStore();
    const artifactLocation = "mlflow-artifacts:/shared/artifacts/team";
    const experimentId = await createExperiment(ctx, { name: "own", artifactLocation });
    const { id } = await createRun(ctx, { experimentId });
    await put(ctx, store, `shared/artifacts/team/${id}/artifacts/a`);
    expect(await listArtifacts(ctx, store, `shared/artifacts/team/${id}/artifacts`)).toHaveLength(1);
  }),
);

test(
  "rejects a path without an owner, or of another workspace",
  inWorkspace(async (ctx) => {
    const store = await newStore();
    const { runId, experimentId } = await newRun(ctx);
    const root = `${experimentId}/${runId}/artifacts`;
    await put(ctx, store, `${root}/a`);
    for (const path of [
      "",
      "a",
      `${experimentId}/${runId}`,
      `other/${runId}/artifacts/a`,
      `${experimentId}/x/artifacts/a`,
    ]) {
      await expectRefusal(put(ctx, store, path), "not-found");
      await expectRefusal(listArtifacts(ctx, store, path), "not-found");
    }
    const outsider = await newWorkspace(ctx.db);
    await expectRefusal(openArtifact(outsider, store, `${root}/a`), "not-found");
    await expectRefusal(put(outsider, store, `${root}/a`), "not-found");
    await expectRefusal(removeArtifact(outsider, store, `${root}/a`), "not-found");
    await expectRefusal(put(ctx, store, `${root}/../x`), "invalid", "Invalid path");
  }),
);

test(
  "stores nothing when a file exceeds the size limit",
  inWorkspace(async (ctx) => {
    const store = await newStore();
    const { runId, experimentId } = await newRun(ctx);
    const root = `${experimentId}/${runId}/artifacts`;
    await expectRefusal(put(ctx, store, `${root}/a`, "12345", 4), "too-large");
    expect(await listArtifacts(ctx, store, root)).toEqual([]);
  }),
);

test(
  "rejects an oversized announced file before reading it, and names the limit and its setting",
  inWorkspace(async (ctx) => {
    const store = await newStore();
    const { runId, experimentId } = await newRun(ctx);
    const path = `${experimentId}/${runId}/artifacts/a`;
    const body = Readable.from([Buffer.from("x")]);
    const refused = storeArtifact(ctx, store, { path, body, announcedBytes: 3 * 2 ** 20, maxBytes: 2 ** 20 });
    await expect(refused).rejects.toThrow("The file exceeds the limit of 1\u00a0MiB (MAX_UPLOAD_BYTES).");
    expect(body.readableDidRead).toBe(false);
  }),
);

test(
  "allows reading but not writing the files of a deleted run",
  inWorkspace(async (ctx) => {
    const store = await newStore();
    const { runId, experimentId } = await newRun(ctx);
    const path = `${experimentId}/${runId}/artifacts/a`;
    await put(ctx, store, path);
    await deleteRun(ctx, runId);
    expect((await openArtifact(ctx, store, path)).sizeBytes).toBe(1);
    await expectRefusal(put(ctx, store, path), "invalid", "must be in the 'active' state");
    await expectRefusal(removeArtifact(ctx, store, path), "invalid");
  }),
);

test("returns no path for artifacts stored elsewhere", () => {
  expect(pathInRoot("s3://bucket/1/artifacts", "a")).toBeUndefined();
  expect(pathInRoot("mlflow-artifacts:/1/r/artifacts", "a/b")).toBe("1/r/artifacts/a/b");
  expect(pathInRoot("mlflow-artifacts:/1/r/artifacts", "")).toBe("1/r/artifacts");
  expect(() => pathInRoot("", "../x")).toThrow("Invalid path");
});

test(
  "records the digest, size and author of a file, and deletes the record with its folder",
  inWorkspace(async (ctx) => {
    const store = await newStore();
    const { runId, experimentId } = await newRun(ctx);
    const root = `${experimentId}/${runId}/artifacts`;
    await put(ctx, store, `${root}/dir/a.txt`, "hello");
    await put(ctx, store, `${root}/dir0`, "x");
    const rows = () => ctx.db.select().from(artifactFiles).where(eq(artifactFiles.workspaceId, ctx.actor.workspaceId));
    expect((await rows()).find(({ key }) => key.endsWith("a.txt"))).toMatchObject({
      sizeBytes: 5,
      sha256: createHash("sha256").update("hello").digest("hex"),
      storedBy: ctx.actor.name,
    });
    await removeArtifact(ctx, store, `${root}/dir`);
    expect((await rows()).map(({ key }) => key)).toEqual([`${ctx.actor.workspaceId}/${root}/dir0`]);
  }),
);

test(
  "rejects replacing or deleting files of a registered version, but accepts missing ones until it can be served",
  inWorkspace(async (ctx) => {
    const store = await newStore();
    const { runId, experimentId } = await newRun(ctx);
    const root = `${experimentId}/${runId}/artifacts`;
    await put(ctx, store, `${root}/model/MLmodel`);
    await put(ctx, store, `${root}/notes.txt`);
    await createRegisteredModel(ctx, { name: "digits" });
    await createModelVersion(ctx, { name: "digits", source: `runs:/${runId}/model` });
    await expectRefusal(put(ctx, store, `${root}/model/MLmodel`), "invalid", "belong to version 1 of digits");
    for (const path of [root, `${root}/model`, `${root}/model/MLmodel`]) {
      await expectRefusal(removeArtifact(ctx, store, path), "invalid", "belong to version 1 of digits");
    }
    await put(ctx, store, `${root}/notes.txt`, "new");
    await put(ctx, store, `${root}/model/model.onnx`);
    await ctx.db.update(modelVersions).set({ inspection: "servable" });
    await expectRefusal(put(ctx, store, `${root}/model/more.txt`), "invalid", "belong to version 1 of digits");
    await put(ctx, store, `${root}/model2/MLmodel`);
  }),
);

test(
  "keeps the files of a version in the trash, because it can be restored",
  inWorkspace(async (ctx) => {
    const store = await newStore();
    const { runId, experimentId } = await newRun(ctx);
    const file = `${experimentId}/${runId}/artifacts/model/MLmodel`;
    await put(ctx, store, file);
    await createRegisteredModel(ctx, { name: "digits" });
    await createModelVersion(ctx, { name: "digits", source: `runs:/${runId}/model` });
    await deleteModelVersion(ctx, { name: "digits", version: 1 });
    const words = "belong to version 1 of digits, which is in the trash";
    await expectRefusal(put(ctx, store, file, "new"), "invalid", words);
    await expectRefusal(removeArtifact(ctx, store, file), "invalid", words);
    await put(ctx, store, `${experimentId}/${runId}/artifacts/model2/MLmodel`);
  }),
);

/** Starts an upload of "new" whose last bytes arrive only when `finish` is called. */
function slowUpload(ctx: Context, store: ArtifactStore, path: string) {
  const body = new Readable({ read() {} });
  body.push("n");
  const upload = storeArtifact(ctx, store, { path, body, maxBytes: 100 });
  upload.catch(() => undefined);
  const finish = () => {
    body.push("ew");
    body.push(null);
    return upload;
  };
  return finish;
}

test("rejects an upload that ends after its folder became a version's, and keeps the file of the version", async () => {
  const { db } = await freshDatabase();
  const ctx = await newWorkspace(db);
  const store = await newStore();
  const { runId, experimentId } = await newRun(ctx);
  const path = `${experimentId}/${runId}/artifacts/model/m.onnx`;
  await put(ctx, store, path, "old");
  const finish = slowUpload(ctx, store, path);
  await createRegisteredModel(ctx, { name: "digits" });
  await createModelVersion(ctx, { name: "digits", source: `runs:/${runId}/model` });
  await ctx.db.update(modelVersions).set({ inspection: "servable" });
  await expectRefusal(finish(), "invalid", "version 1 of digits");
  expect(await text(await (await openArtifact(ctx, store, path)).open())).toBe("old");
  expect(await ctx.db.select().from(artifactFiles)).toMatchObject([{ sizeBytes: 3 }]);
});

test("registers no version while a file of its folder is being replaced", async () => {
  const { db } = await freshDatabase();
  const ctx = await newWorkspace(db);
  const store = await newStore();
  const { runId, experimentId } = await newRun(ctx);
  await createRegisteredModel(ctx, { name: "digits" });
  const path = `${experimentId}/${runId}/artifacts/model/m.onnx`;
  const order: string[] = [];
  let registered: Promise<unknown> = Promise.resolve();
  const slow: ArtifactStore = {
    ...store,
    put: (key, body, replacement) =>
      store.put(key, body, (stored, replace) =>
        Promise.resolve(
          replacement?.(stored, async () => {
            registered = createModelVersion(ctx, { name: "digits", source: `runs:/${runId}/model` }).then(() =>
              order.push("registered"),
            );
            await untilWaiting(db);
            await replace();
            order.push("replaced");
          }),
        ),
      ),
  };
  await put(ctx, slow, path, "new");
  await registered;
  expect(order).toEqual(["replaced", "registered"]);
});

/** Resolves once a session waits for a lock. */
async function untilWaiting(db: Database): Promise<void> {
  for (;;) {
    const { rowCount } = await db.execute(
      sql`select from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`,
    );
    if (rowCount) return;
  }
}

test("replaces few files at once, so that uploads leave connections to others", async () => {
  const { db } = await freshDatabase();
  const ctx = await newWorkspace(db);
  const store = await newStore();
  const { runId, experimentId } = await newRun(ctx);
  let [running, peak] = [0, 0];
  const counting: ArtifactStore = {
    ...store,
    put: (key, body, replacement) =>
      store.put(key, body, async (stored, replace) => {
        await replacement?.(stored, async () => {
          running += 1;
          peak = Math.max(peak, running);
          await db.execute(sql`select 1`);
          await replace();
          running -= 1;
        });
      }),
  };
  const names = Array.from({ length: 30 }, (_, index) => `${experimentId}/${runId}/artifacts/${index}`);
  await Promise.all(names.map((path) => put(ctx, counting, path)));
  expect(peak).toBeLessThanOrEqual(maxReplacements);
  expect(await listArtifacts(ctx, store, `${experimentId}/${runId}/artifacts`)).toHaveLength(30);
});
