import { expect, test } from "vitest";
import { disableMembership } from "#server/platform/identity/memberships/disable-membership.ts";
import { createToken } from "#server/platform/identity/tokens/create-token.ts";
import { as, inWorkspace, newWorkspace } from "#server/testing/testing.ts";
import { colleague } from "../../../testing/fixtures/registry/requests/testing.ts";
import { lastAudit, modelWithVersions } from "../../../testing/fixtures/registry/testing.ts";
import { getMetadata } from "../policy/metadata-queries.ts";
import { setPolicy } from "../policy/set-policy.ts";
import { createRegisteredModel } from "./create-registered-model.ts";
import { setModelOwner } from "./set-model-owner.ts";

test(
  "assigns a model to the user who created it, in the console or by token",
  inWorkspace(async (ctx) => {
    const own = { ownerId: ctx.actor.id, ownerName: ctx.actor.name };
    expect(await createRegisteredModel(ctx, { name: "a" })).toMatchObject(own);
    const { token } = await createToken(ctx, { name: "ci", scopes: ["registry"] });
    const byToken = { ...ctx, actor: { ...ctx.actor, kind: "token" as const, id: token.id, name: "ci" } };
    expect(await createRegisteredModel(byToken, { name: "b" })).toMatchObject(own);
    const system = { ...ctx, actor: { ...ctx.actor, kind: "system" as const, id: "leeway", name: "Leeway" } };
    expect(await createRegisteredModel(system, { name: "c" })).toMatchObject({ ownerId: null, ownerName: "Leeway" });
  }),
);

test(
  "transfers a model to another user of the workspace, and records the previous owner",
  inWorkspace(async (ctx) => {
    await modelWithVersions(ctx, "a", 1);
    const other = await colleague(ctx);
    const given = await setModelOwner(as(ctx, "member"), { name: "a", ownerId: other.actor.id });
    expect(given).toMatchObject({ ownerId: other.actor.id, ownerName: other.actor.name });
    expect(await lastAudit(ctx)).toMatchObject({
      action: "model.owner-changed",
      before: { owner: ctx.actor.name },
      after: { owner: other.actor.name },
    });
    await expect(setModelOwner(as(ctx, "viewer"), { name: "a", ownerId: other.actor.id })).rejects.toMatchObject({
      code: "forbidden",
    });
  }),
);

test(
  "rejects owners from outside the workspace, and former members",
  inWorkspace(async (ctx) => {
    await modelWithVersions(ctx, "a", 1);
    const outsider = (await newWorkspace(ctx.db)).actor.id;
    const refused = { code: "not-found" };
    await expect(setModelOwner(ctx, { name: "a", ownerId: outsider })).rejects.toMatchObject(refused);
    await expect(setModelOwner(ctx, { name: "none", ownerId: ctx.actor.id })).rejects.toMatchObject(refused);
    const other = await colleague(ctx, "member");
    await disableMembership(ctx, { userId: other.actor.id });
    await expect(setModelOwner(ctx, { name: "a", ownerId: other.actor.id })).rejects.toMatchObject(refused);
  }),
);

test(
  "lists required metadata with its value, or how to add it",
  inWorkspace(async (ctx) => {
    await modelWithVersions(ctx, "a", 1);
    expect(await getMetadata(ctx, { name: "a", version: 1 })).toEqual([]);
    const required = { items: ["owner" as const, "source-run" as const], metrics: ["accuracy"] };
    await setPolicy(ctx, { name: "a", policy: { required }, reason: "known origin" });
    expect(await getMetadata(ctx, { name: "a", version: 1 })).toEqual([
      { item: "owner", isPresent: true, words: ctx.actor.name },
      { item: "source-run", isPresent: false, words: expect.stringContaining("Register the version from a run") },
      { item: "metric:accuracy", isPresent: false, words: "Log the metric accuracy in the run." },
    ]);
    await expect(getMetadata(await newWorkspace(ctx.db), { name: "a", version: 1 })).rejects.toMatchObject({
      code: "not-found",
    });
  }),
);
