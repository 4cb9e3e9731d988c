import { eq } from "drizzle-orm";
import { expect, test } from "vitest";
import { openDatabase } from "#db/client.ts";
import { apiTokens, auditEvents, tokenNetworks } from "#db/schema/index.ts";
import { freshDatabase } from "#db/testing.ts";
import type { Context } from "#server/base/context.ts";
import { limits } from "#server/base/limits.ts";
import { newWorkspace } from "#server/testing/testing.ts";
import { createToken } from "./create-token.ts";
import { contextOfToken } from "./identify-token.ts";
import { newNetworkAction, noteNetwork } from "./note-network.ts";

const { db, url } = await freshDatabase();

async function newToken() {
  const ctx = await newWorkspace(db);
  const { token, secret } = await createToken(ctx, { name: "ci", scopes: ["infer"] });
  const { workspaceId } = ctx.actor;
  const used = { id: token.id, workspaceId, prefix: token.prefix, name: "ci", ownerName: token.ownerName };
  return { ctx, secret, used };
}

const entries = async ({ actor }: Context) =>
  (await db.select().from(auditEvents).where(eq(auditEvents.workspaceId, actor.workspaceId))).filter(
    ({ action }) => action === newNetworkAction,
  );

test("records the use of a token from another network in its workspace, once", async () => {
  const { ctx, used } = await newToken();
  for (const address of ["192.0.2.1", "192.0.2.200", "2001:db8:7::1", "192.0.2.3", "2001:db8:7:9::2"]) {
    await noteNetwork(db, used, address);
  }
  expect(await entries(ctx)).toMatchObject([
    {
      actorKind: "token",
      actorId: used.id,
      subject: `token/${used.prefix}`,
      address: "2001:db8:7::1",
      after: { network: "2001:db8:7::/48" },
    },
  ]);
  expect(await db.$count(tokenNetworks, eq(tokenNetworks.tokenId, used.id))).toBe(2);
});

test("looks at the network when the use of a token is stored, at most once a minute", async () => {
  const { ctx, secret, used } = await newToken();
  await contextOfToken(db, secret, { address: "192.0.2.1" });
  expect(await db.$count(tokenNetworks, eq(tokenNetworks.tokenId, used.id))).toBe(1);
  await contextOfToken(db, secret, { address: "198.51.100.1" });
  expect(await db.$count(tokenNetworks, eq(tokenNetworks.tokenId, used.id))).toBe(1);
  await db
    .update(apiTokens)
    .set({ lastUsedAt: new Date(0) })
    .where(eq(apiTokens.id, used.id));
  // Another process, which has nothing cached.
  const other = openDatabase(url, { max: 1, name: "another process" });
  await contextOfToken(other.db, secret, { address: "198.51.100.1" });
  await other.close();
  expect(await entries(ctx)).toMatchObject([{ address: "198.51.100.1", after: { network: "198.51.100.0/24" } }]);
});

test("bounds the networks of a token, and the entries of a day", async () => {
  const { ctx, used } = await newToken();
  for (let place = 0; place < limits.tokenNetworks + 20; place++) await noteNetwork(db, used, `10.1.${place}.1`);
  expect(await entries(ctx)).toHaveLength(limits.tokenNetworkEntries);
  const kept = await db.select().from(tokenNetworks).where(eq(tokenNetworks.tokenId, used.id));
  expect(kept).toHaveLength(limits.tokenNetworks);
  expect(kept.map(({ network }) => network)).toContain(`10.1.${limits.tokenNetworks + 19}.0/24`);
});

test("records one entry for concurrent uses", async () => {
  const { ctx, used } = await newToken();
  await noteNetwork(db, used, "192.0.2.1");
  await Promise.all(Array.from({ length: 10 }, () => noteNetwork(db, used, "203.0.113.5")));
  expect(await entries(ctx)).toHaveLength(1);
});
