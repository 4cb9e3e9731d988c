import { Readable } from "node:stream";
import { and, eq } from "drizzle-orm";
import { expect, onTestFinished, test } from "vitest";
import { importItems, imports } from "#db/schema/index.ts";
import { freshDatabase } from "#db/testing.ts";
import { getImport, listImportItems } from "#server/admin/transfer/imports/queries.ts";
import { runImport } from "#server/admin/transfer/imports/run-import.ts";
import { startImport } from "#server/admin/transfer/imports/start-import.ts";
import { summaryOf } from "#server/admin/transfer/summary.ts";
import type { Context } from "#server/base/context.ts";
import { configureLog } from "#server/base/log.ts";
import { storeArtifact } from "#server/develop/tracking/artifacts/store-artifact.ts";
import { createDefaultExperiment } from "#server/develop/tracking/experiments/create-default-experiment.ts";
import { deleteRun } from "#server/develop/tracking/runs/delete-run.ts";
import { setRunTag } from "#server/develop/tracking/runs/set-run-tag.ts";
import type { ArtifactStore } from "#server/platform/artifacts/store.ts";
import { expectRefusal } from "#server/testing/fixtures/tracking/testing.ts";
import { furnish, newStore } from "#server/testing/fixtures/transfer/testing.ts";
import { newWorkspace } from "#server/testing/testing.ts";
import { mlflowServer } from "../testing/fixtures/http/mlflow/testing.ts";

configureLog({ role: "test", level: "silent" });
const source = await freshDatabase();
const target = await freshDatabase();
const rules = { allowsPrivate: true };

/** Creates a populated Leeway that serves MLflow's API, and an empty one that imports from it. */
async function fixture() {
  const theirs = await newWorkspace(source.db);
  const theirStore = await newStore();
  const made = await furnish(theirs, theirStore);
  const requested: string[] = [];
  const app = await mlflowServer(theirs, { artifacts: theirStore });
  app.addHook("onRequest", async (request) => {
    requested.push(`${request.method} ${request.url} ${request.headers.authorization ?? ""}`);
  });
  const address = await app.listen({ host: "127.0.0.1", port: 0 });
  onTestFinished(() => app.close());
  const ours = await newWorkspace(target.db);
  await createDefaultExperiment(ours);
  const ourStore = await newStore();
  return { theirs, theirStore, made, address, requested, ours, ourStore };
}

async function take(ctx: Context, artifacts: ArtifactStore, address: string) {
  const { id } = await startImport(ctx, { address, token: "secret-token" }, rules);
  await runImport(ctx, id, { artifacts, rules, maxBytes: 1_000_000 });
  return getImport(ctx, id);
}

test("imports everything of another Leeway unchanged, and deletes its token", async () => {
  const { theirs, theirStore, address, requested, ours, ourStore } = await fixture();
  const done = await take(ours, ourStore, address);
  expect(done).toMatchObject({
    state: "done",
    message: null,
    counts: { experiments: 2, runs: 2, loggedModels: 1, versions: 2, unchanged: 0, withProblems: 0, files: 3 },
  });
  expect(await summaryOf(ours, ourStore)).toEqual(await summaryOf(theirs, theirStore));
  expect(requested.every((line) => line.endsWith("Bearer secret-token"))).toBe(true);
  const [row] = await ours.db.select().from(imports).where(eq(imports.id, done.id));
  expect(row?.secret).toBeNull();
});

test("skips unchanged items in a second import, and updates changed ones", async () => {
  const { theirs, theirStore, made, address, ours, ourStore } = await fixture();
  await take(ours, ourStore, address);
  await setRunTag(theirs, { runId: made.parentId, key: "verdict", value: "good" });
  const again = await take(ours, ourStore, address);
  expect(again.counts).toMatchObject({ runs: 2, unchanged: 4, withProblems: 0, points: 0 });
  expect(await summaryOf(ours, ourStore)).toEqual(await summaryOf(theirs, theirStore));
});

test("resumes an interrupted import without creating duplicates", async () => {
  const { theirs, theirStore, address, ours, ourStore } = await fixture();
  const { id } = await startImport(ours, { address }, rules);
  let stored = 0;
  const dying: ArtifactStore = {
    ...ourStore,
    put: (key, body) => {
      stored += 1;
      if (stored === 2) return new Promise(() => undefined);
      return ourStore.put(key, body);
    },
  };
  const killed = runImport(ours, id, { artifacts: dying, rules, maxBytes: 1_000_000 });
  await expect.poll(() => stored).toBe(2);
  // Simulates a dead runner: nothing renews the lease, and it lapses.
  await ours.db
    .update(imports)
    .set({ leasedUntil: new Date(0) })
    .where(eq(imports.id, id));
  await runImport(ours, id, { artifacts: ourStore, rules, maxBytes: 1_000_000 });
  expect(await getImport(ours, id)).toMatchObject({ state: "done", counts: { runs: 2, files: 3 } });
  expect(await summaryOf(ours, ourStore)).toEqual(await summaryOf(theirs, theirStore));
  void killed;
});

test("gives a run with an existing ID a new one, and updates its children and versions", async () => {
  const { theirs, made, address, theirStore } = await fixture();
  // The ids are taken: the same database holds them.
  const other = await newWorkspace(source.db);
  const store = await newStore();
  const done = await take(other, store, address);
  expect(done).toMatchObject({ state: "done", counts: { runs: 2, withProblems: 0 } });
  const { items } = await listImportItems(other, { importId: done.id });
  const local = new Map(items.map(({ sourceId, localId }) => [sourceId, localId]));
  expect(local.get(made.childId)).not.toBe(made.childId);
  const plain = async (ctx: Context, store: ArtifactStore) => JSON.stringify(await summaryOf(ctx, store));
  let expected = await plain(theirs, theirStore);
  for (const id of [made.parentId, made.childId, made.modelId]) expected = expected.replaceAll(id, local.get(id) ?? "");
  expect(JSON.parse(await plain(other, store))).toEqual(JSON.parse(expected));
});

test("keeps items in the trash here, and reports that in the import", async () => {
  const { made, address, ours, ourStore } = await fixture();
  await take(ours, ourStore, address);
  await deleteRun(ours, made.parentId);
  const again = await take(ours, ourStore, address);
  const { items } = await listImportItems(ours, { importId: again.id, withProblems: true });
  expect(items).toMatchObject([{ sourceId: made.parentId, problems: [expect.stringContaining("is in the trash")] }]);
});

test("ends an import with a message when the server is unreachable or rejects it", async () => {
  const ours = await newWorkspace(target.db);
  const artifacts = await newStore();
  await expectRefusal(
    startImport(ours, { address: "http://127.0.0.1:1" }, { allowsPrivate: false }),
    "invalid",
    "private",
  );
  await expectRefusal(startImport(ours, { address: "ftp://x" }, rules), "invalid", "server URL");
  const app = await mlflowServer(await newWorkspace(source.db), {
    authenticate: () =>
      Promise.reject(Object.assign(new Error("no"), { name: "DomainError", code: "unauthenticated" })),
  });
  const address = await app.listen({ host: "127.0.0.1", port: 0 });
  onTestFinished(() => app.close());
  expect(await take(ours, artifacts, address)).toMatchObject({
    state: "failed",
    message: expect.stringContaining("Check the token"),
  });
});

test("does not change the files of an imported version with a later import", async () => {
  const { theirs, theirStore, made, address, ours, ourStore } = await fixture();
  await take(ours, ourStore, address);
  const path = `${made.experimentId}/${made.childId}/artifacts/more.txt`;
  await storeArtifact(theirs, theirStore, { path, body: Readable.from([Buffer.from("more")]), maxBytes: 10 });
  const again = await take(ours, ourStore, address);
  const [item] = await ours.db
    .select()
    .from(importItems)
    .where(and(eq(importItems.importId, again.id), eq(importItems.sourceId, made.childId)));
  expect(item).toMatchObject({ isUnchanged: false, files: 3, problems: [] });
});
