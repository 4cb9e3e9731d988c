import { mkdtemp } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import type { Context } from "#server/base/context.ts";
import { DomainError } from "#server/base/errors.ts";
import type { Signature } from "#server/develop/registry/onnx/contract.ts";
import { openLocalStore } from "#server/platform/artifacts/local-store.ts";
import { uploadRows } from "#server/testing/fixtures/datasets/testing.ts";
import { newVersion } from "#server/testing/fixtures/serving/testing.ts";
import { as, inWorkspace } from "#server/testing/testing.ts";
import { buildProfile } from "./build-profile.ts";
import { activeProfiles, loadProfile } from "./load-profile.ts";
import { markReferenceFailed } from "./mark-reference-failed.ts";
import { getProfile, listProfiles, listReferenceFeatures } from "./queries.ts";
import { requestProfile } from "./request-profile.ts";
import { retireProfile } from "./retire-profile.ts";

const store = await openLocalStore(await mkdtemp(join(tmpdir(), "leeway-profiles-")));
/** A version that cannot be run. */
const models = {
  leaseVersion: async () => {
    throw new DomainError("conflict", "it was not made for this.");
  },
};
const deps = { artifacts: store, models };
const key = { name: "flights", version: 1 };
const signature: Signature = {
  inputs: [
    { name: "delay", datatype: "FP32", shape: ["N"] },
    { name: "carrier", datatype: "BYTES", shape: ["N"] },
  ],
  outputs: [{ name: "late", datatype: "FP32", shape: ["N", 2] }],
  opsets: { "": 13 },
  irVersion: 8,
  producer: "tests",
  metadata: {},
};

async function versionWithRows(ctx: Context, rows: string) {
  const version = await newVersion(ctx, { model: key.name, signature });
  const { digest } = await uploadRows(ctx, store, { name: "train", rows });
  const source = { kind: "dataset" as const, name: "train", digest: digest ?? "" };
  return { versionId: version.id, source };
}

const fine = "delay,carrier,split\n0.1,UA,train\n,AA,train\n3,UA,test\n-2,UA,train\n";

test(
  "builds a reference from dataset rows in request format and activates it",
  inWorkspace(async (ctx) => {
    const { versionId, source } = await versionWithRows(ctx, fine);
    const requested = await requestProfile(ctx, { ...key, source, reason: "first" });
    expect(requested).toMatchObject({ state: "waiting", rowsExpected: 4, reason: "first" });
    expect(await getProfile(ctx, versionId)).toBeNull();
    await buildProfile(ctx, requested.id, deps);
    expect(await getProfile(ctx, versionId)).toMatchObject({
      id: requested.id,
      state: "ready",
      rows: 4,
      problem: null,
    });
    expect((await getProfile(ctx, versionId))?.notes[0]).toContain("cannot be run here");
    const loaded = await loadProfile(ctx.db, requested.id);
    expect(loaded?.features.map(({ name, role }) => [name, role])).toEqual([
      ["delay", "input"],
      ["carrier", "input"],
    ]);
    // Single precision, as in the gateway.
    expect(loaded?.features[0]?.profile).toMatchObject({
      count: 3,
      nulls: 1,
      max: 3,
      values: [
        [-2, 1],
        [Math.fround(0.1), 1],
        [3, 1],
      ],
    });
    expect(loaded?.features[1]?.profile).toMatchObject({
      levels: [
        ["UA", 3],
        ["AA", 1],
      ],
      once: 1,
    });
    expect(await activeProfiles(ctx.db, [versionId])).toEqual(new Map([[versionId, requested.id]]));
    expect(await listReferenceFeatures(ctx, { ...key, profileId: requested.id })).toHaveLength(2);
    // Repeated after a crash of the process that enqueued it: nothing changes.
    await buildProfile(ctx, requested.id, deps);
    expect(await listProfiles(ctx, key)).toHaveLength(1);
  }),
);

test(
  "uses only the rows of the selected split",
  inWorkspace(async (ctx) => {
    const { source } = await versionWithRows(ctx, fine);
    const where = { column: "split", value: "train" };
    const { id, rowsExpected } = await requestProfile(ctx, { ...key, source: { ...source, where } });
    await buildProfile(ctx, id, deps);
    expect([rowsExpected, (await listProfiles(ctx, key))[0]?.rows]).toEqual([null, 3]);
  }),
);

test(
  "fails on an invalid cell with its line and column, and leaves the version without a reference",
  inWorkspace(async (ctx) => {
    const { versionId, source } = await versionWithRows(ctx, "delay,carrier\n1,UA\n2,AA\nsoon,UA\n");
    const { id } = await requestProfile(ctx, { ...key, source });
    await buildProfile(ctx, id, deps);
    const [profile] = await listProfiles(ctx, key);
    expect(profile).toMatchObject({
      state: "failed",
      problem: { line: 4, column: "delay", message: 'Line 4: "soon" in column "delay" is not a number.' },
    });
    expect(await getProfile(ctx, versionId)).toBeNull();
  }),
);

test(
  "reports missing dataset columns before creating a job, and accepts a column mapping",
  inWorkspace(async (ctx) => {
    const { source } = await versionWithRows(ctx, "dep_delay,carrier\n1,UA\n");
    await expect(requestProfile(ctx, { ...key, source })).rejects.toMatchObject({
      code: "invalid",
      message: expect.stringContaining('"train" has no column for "delay".'),
    });
    const labelled = { ...source, columns: { delay: "dep_delay" }, labelColumn: "nope" };
    await expect(requestProfile(ctx, { ...key, source: labelled })).rejects.toMatchObject({ code: "invalid" });
    const { id } = await requestProfile(ctx, { ...key, source: { ...source, columns: { delay: "dep_delay" } } });
    await buildProfile(ctx, id, deps);
    expect((await listProfiles(ctx, key))[0]).toMatchObject({ state: "ready" });
    await expect(requestProfile(ctx, { ...key, version: 9, source })).rejects.toMatchObject({ code: "not-found" });
    const gone = { ...source, digest: "0" };
    await expect(requestProfile(ctx, { ...key, source: gone })).rejects.toMatchObject({ code: "not-found" });
  }),
);

test(
  "builds one reference of a version at a time, and reactivates the previous one on retirement",
  inWorkspace(async (ctx) => {
    const { versionId, source } = await versionWithRows(ctx, fine);
    const ids: string[] = [];
    for (const reason of ["one", "two"]) {
      const { id } = await requestProfile(ctx, { ...key, source, reason });
      await expect(requestProfile(ctx, { ...key, source })).rejects.toMatchObject({ code: "conflict" });
      await buildProfile(ctx, id, deps);
      ids.push(id);
    }
    const [first, second = ""] = ids;
    // The rows of one transaction have one time; a moment lies between two references otherwise.
    const inForce = (await getProfile(ctx, versionId))?.id ?? "";
    expect(ids).toContain(inForce);
    await retireProfile(ctx, { ...key, profileId: inForce, reason: "wrong rows" });
    expect((await getProfile(ctx, versionId))?.id).toBe(inForce === second ? first : second);
    const again = retireProfile(ctx, { ...key, profileId: inForce, reason: "wrong rows" });
    await expect(again).rejects.toMatchObject({ code: "conflict" });
  }),
);

test(
  "reports a failed reference and allows a retry, except for viewers, and rejects retirement by a member",
  inWorkspace(async (ctx) => {
    const { source } = await versionWithRows(ctx, fine);
    const { id } = await requestProfile(ctx, { ...key, source });
    await markReferenceFailed(ctx, { profileId: id, reason: "The store is out of reach." });
    expect((await listProfiles(ctx, key))[0]?.problem?.message).toContain("The store is out of reach.");
    await expect(requestProfile(as(ctx, "viewer"), { ...key, source })).rejects.toMatchObject({ code: "forbidden" });
    const { id: next } = await requestProfile(as(ctx, "member"), { ...key, source });
    const retired = retireProfile(as(ctx, "member"), { ...key, profileId: next, reason: "x" });
    await expect(retired).rejects.toMatchObject({ code: "forbidden" });
  }),
);

test(
  "returns not found for a reference of another workspace",
  inWorkspace(async (ctx) => {
    const { source } = await versionWithRows(ctx, fine);
    const { id } = await requestProfile(ctx, { ...key, source });
    const other = { ...ctx, actor: { ...ctx.actor, workspaceId: "00000000-0000-4000-8000-000000000000" } };
    await expect(listReferenceFeatures(other, { ...key, profileId: id })).rejects.toMatchObject({ code: "not-found" });
    await buildProfile(other, id, deps);
    expect((await listProfiles(ctx, key))[0]?.state).toBe("waiting");
  }),
);
