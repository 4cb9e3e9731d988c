import { sql } from "drizzle-orm";
import { expect, test } from "vitest";
import { freshDatabase } from "#db/testing.ts";
import { hourMs } from "#server/base/durations.ts";
import { as, inWorkspace, newWorkspace } from "#server/testing/testing.ts";
import { auditActions, modelWithVersions } from "../../../testing/fixtures/registry/testing.ts";
import { deleteRegisteredModel } from "../models/delete-registered-model.ts";
import { setPolicy } from "../policy/set-policy.ts";
import { deleteModelVersion } from "../versions/delete-model-version.ts";
import { getVersionByAlias } from "../versions/queries.ts";
import { transitionStage } from "../versions/transition-stage.ts";
import { deleteAlias } from "./delete-alias.ts";
import { getAliasAt, listAliasChanges } from "./queries.ts";
import { setAlias } from "./set-alias.ts";

const champion = { name: "a", alias: "champion" };
const protectChampion = { name: "a", policy: { protectedAliases: ["champion"] }, reason: "four eyes" };

test(
  "records every alias move with user, reason, source and target, and returns the target at any time",
  inWorkspace(async (ctx) => {
    await modelWithVersions(ctx, "a", 2);
    await setAlias(ctx, { ...champion, version: 1, reason: "first" });
    await setAlias(ctx, { ...champion, version: 1 });
    await setAlias(ctx, { ...champion, version: 2, reason: "better" });
    await deleteAlias(ctx, { ...champion, reason: "too early" });
    await setAlias(ctx, { ...champion, version: 2 });
    await deleteModelVersion(ctx, { name: "a", version: 2 });
    const changes = await listAliasChanges(ctx, { name: "a" });
    expect(changes.map(({ fromVersion, toVersion, cause, reason }) => [fromVersion, toVersion, cause, reason])).toEqual(
      [
        [2, null, "deletion", null],
        [null, 2, "direct", null],
        [2, null, "direct", "too early"],
        [1, 2, "direct", "better"],
        [null, 1, "direct", "first"],
      ],
    );
    expect(changes[0]?.actorName).toBe(ctx.actor.name);
    const past = new Date(Date.now() - hourMs);
    expect(await getAliasAt(ctx, { ...champion, at: past })).toMatchObject({ version: null, since: null });
    const at = new Date(Date.now() + 1000);
    expect(await getAliasAt(ctx, { ...champion, at })).toMatchObject({ version: null, since: { cause: "deletion" } });
    expect(await listAliasChanges(ctx, { name: "a", alias: "challenger" })).toEqual([]);
    await expect(listAliasChanges(await newWorkspace(ctx.db), { name: "a" })).rejects.toMatchObject({
      code: "not-found",
    });
  }),
);

test(
  "returns the newest move up to and including the given time",
  inWorkspace(async (ctx) => {
    await modelWithVersions(ctx, "a", 2);
    await setAlias(ctx, { ...champion, version: 1 });
    await setAlias(ctx, { ...champion, version: 2 });
    const [second, first] = await listAliasChanges(ctx, { name: "a" });
    if (!second || !first) throw new Error("Two moves were expected.");
    const before = await getAliasAt(ctx, { ...champion, at: new Date(first.at.getTime() - 1) });
    expect(before.version).toBeNull();
    expect(await getAliasAt(ctx, { ...champion, at: second.at })).toMatchObject({
      version: 2,
      since: { id: second.id },
    });
  }),
);

test.each([
  ["changed", sql`update alias_changes set to_version = 9`],
  ["deleted", sql`delete from alias_changes`],
])("prevents history from being %s, but deletes it with its model", async (_what, statement) =>
  inWorkspace(async (ctx) => {
    await modelWithVersions(ctx, "a", 1);
    await setAlias(ctx, { ...champion, version: 1 });
    const change = ctx.db.transaction((db) => db.execute(statement));
    await expect(change).rejects.toMatchObject({ cause: { message: expect.stringContaining("only added to") } });
    await deleteRegisteredModel(ctx, { name: "a" });
    await modelWithVersions(ctx, "a", 1);
    expect(await listAliasChanges(ctx, { name: "a" })).toEqual([]);
  })(),
);

test(
  "rejects moving a protected alias by a member or without a reason, and marks an override",
  inWorkspace(async (ctx) => {
    await modelWithVersions(ctx, "a", 2);
    await setAlias(ctx, { ...champion, version: 1 });
    await setPolicy(ctx, protectChampion);
    const move = { ...champion, version: 2 };
    await expect(setAlias(as(ctx, "member"), { ...move, reason: "please" })).rejects.toMatchObject({
      code: "forbidden",
      message: expect.stringContaining("promotion request"),
    });
    await expect(deleteAlias(as(ctx, "member"), champion)).rejects.toMatchObject({ code: "forbidden" });
    await expect(setAlias(as(ctx, "operator"), move)).rejects.toMatchObject({ code: "invalid" });
    await expect(deleteAlias(as(ctx, "operator"), champion)).rejects.toMatchObject({ code: "invalid" });
    await setAlias(as(ctx, "member"), { ...champion, version: 1 });
    await setAlias(as(ctx, "member"), { ...move, alias: "challenger" });
    expect(await getVersionByAlias(ctx, champion)).toMatchObject({ version: 1 });
    await setAlias(as(ctx, "operator"), { ...move, reason: "v1 answers nonsense" });
    expect(await getVersionByAlias(ctx, champion)).toMatchObject({ version: 2 });
    const [newest] = await listAliasChanges(ctx, { name: "a" });
    expect(newest).toMatchObject({ cause: "override", fromVersion: 1, toVersion: 2, reason: "v1 answers nonsense" });
    expect((await auditActions(ctx)).at(-1)).toBe("alias.overridden");
  }),
);

test(
  "rejects deleting the target of a protected alias, and names the alias",
  inWorkspace(async (ctx) => {
    await modelWithVersions(ctx, "a", 2);
    await setAlias(ctx, { ...champion, version: 1 });
    await setPolicy(ctx, protectChampion);
    const refused = { code: "conflict", message: expect.stringContaining('In use by the protected alias "champion"') };
    await expect(deleteModelVersion(ctx, { name: "a", version: 1 })).rejects.toMatchObject(refused);
    await expect(deleteRegisteredModel(ctx, { name: "a" })).rejects.toMatchObject(refused);
    await deleteModelVersion(ctx, { name: "a", version: 2 });
  }),
);

test("never fails when aliases are set, versions deleted and stages moved at once", async () => {
  const { db } = await freshDatabase();
  const ctx = await newWorkspace(db);
  await modelWithVersions(ctx, "busy", 24);
  const outcomes: PromiseSettledResult<unknown>[] = [];
  // As many at once as there are connections.
  for (let round = 0; round < 8; round += 1) {
    const version = round + 1;
    const atOnce = [
      setAlias(ctx, { name: "busy", version: 20, alias: "a" }),
      setAlias(ctx, { name: "busy", version: 21, alias: "a" }),
      deleteAlias(ctx, { name: "busy", alias: "a" }),
      deleteAlias(ctx, { name: "busy", alias: "last" }),
      deleteModelVersion(ctx, { name: "busy", version }),
      transitionStage(ctx, { name: "busy", version: 10 + round, stage: "Production", archiveExisting: true }),
      transitionStage(ctx, { name: "busy", version: 19, stage: "Production", archiveExisting: true }),
      setAlias(ctx, { name: "busy", version, alias: "last" }).catch((error: { code?: string }) => {
        // Its version may be deleted already.
        if (error.code !== "not-found") throw error;
      }),
    ];
    outcomes.push(...(await Promise.allSettled(atOnce)));
  }
  expect(outcomes.flatMap((outcome) => (outcome.status === "rejected" ? [String(outcome.reason)] : []))).toEqual([]);
});
