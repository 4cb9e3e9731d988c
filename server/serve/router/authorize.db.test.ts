import { randomUUID } from "node:crypto";
import { readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, onTestFinished, test } from "vitest";
import { openDatabase } from "#db/client.ts";
import { freshDatabase } from "#db/testing.ts";
import { dayMs } from "#server/base/durations.ts";
import { createToken } from "#server/platform/identity/tokens/create-token.ts";
import { contextOfToken } from "#server/platform/identity/tokens/identify-token.ts";
import { listTokens } from "#server/platform/identity/tokens/queries.ts";
import { revokeToken } from "#server/platform/identity/tokens/revoke-token.ts";
import { newWorkspace } from "#server/testing/testing.ts";
import { newToken } from "../../testing/fixtures/serving/router/testing.ts";
import { InferenceTokens } from "./authorize.ts";

const { db } = await freshDatabase();
const away = openDatabase("postgres://leeway@127.0.0.1:1/none", { max: 1, name: "test-none" });
const path = join(tmpdir(), `leeway-tokens-${randomUUID()}.json`);
afterAll(async () => {
  await away.close();
  rmSync(path, { force: true });
});

test("rejects a revoked token after the next refresh, and never writes its secret to disk", async () => {
  const ctx = await newWorkspace(db);
  const secret = await newToken(ctx);
  const tokens = new InferenceTokens(db, path);
  await tokens.refresh();
  const context = await tokens.contextOf(`Bearer ${secret}`, "10.0.0.1");
  expect(context.actor).toMatchObject({ kind: "token", workspaceId: ctx.actor.workspaceId, address: "10.0.0.1" });
  expect(readFileSync(path, "utf8")).not.toContain(secret);
  const [token] = (await listTokens(ctx, {})).tokens;
  await revokeToken(ctx, { tokenId: token?.id as string });
  await tokens.refresh();
  await expect
    .poll(() => tokens.contextOf(`Bearer ${secret}`, "").catch((error) => error.code), { timeout: 10_000 })
    .toBe("unauthenticated");
});

test("rejects a token after the next refresh when the one that created it is revoked", async () => {
  const ctx = await newWorkspace(db);
  const parent = await createToken(ctx, { name: "parent", scopes: ["settings", "infer"] });
  const creator = await contextOfToken(db, parent.secret);
  const { secret } = await createToken(creator, { name: "child", scopes: ["infer"] });
  const tokens = new InferenceTokens(db, path);
  await tokens.refresh();
  expect(tokens.knownContext(`Bearer ${secret}`, "")).toMatchObject({ actor: { kind: "token" } });
  await revokeToken(ctx, { tokenId: parent.token.id });
  await tokens.refresh();
  expect(tokens.knownContext(`Bearer ${secret}`, "")).toBeUndefined();
});

test("knows tokens for features, and those that read everything", async () => {
  const ctx = await newWorkspace(db);
  const tokens = new InferenceTokens(db, path);
  const knows = async (scope: "features:read" | "features:write" | "read" | "tracking") => {
    const secret = await newToken(ctx, [scope]);
    await tokens.refresh();
    return tokens.knownContext(`Bearer ${secret}`, "") !== undefined;
  };
  expect([await knows("features:read"), await knows("features:write"), await knows("read")]).toEqual([
    true,
    true,
    true,
  ]);
  expect(await knows("tracking")).toBe(false);
});

test("accepts a new token before the next refresh", async () => {
  const ctx = await newWorkspace(db);
  const tokens = new InferenceTokens(db, path);
  await tokens.refresh();
  const secret = await newToken(ctx);
  await expect(tokens.contextOf(`Bearer ${secret}`, "")).resolves.toMatchObject({ actor: { kind: "token" } });
});

test("writes the tokens when they change, and otherwise only that they were confirmed", async () => {
  const ctx = await newWorkspace(db);
  await newToken(ctx);
  const own = join(tmpdir(), `leeway-tokens-${randomUUID()}.json`);
  onTestFinished(() => {
    for (const file of [own, `${own}.confirmed`]) rmSync(file, { force: true });
  });
  let now = Date.now();
  const tokens = new InferenceTokens(db, own, () => now);
  await tokens.refresh();
  const first = readFileSync(own, "utf8");
  now += 5_000;
  await tokens.refresh();
  expect(readFileSync(own, "utf8")).toBe(first);
  expect(JSON.parse(readFileSync(`${own}.confirmed`, "utf8"))).toEqual({ savedAt: now - 5_000, confirmedAt: now });
  const secret = await newToken(ctx);
  now += 5_000;
  await tokens.refresh();
  expect(JSON.parse(readFileSync(own, "utf8")).tokens.length).toBe(JSON.parse(first).tokens.length + 1);
  // Without Postgres, a day counts from the last confirmation.
  now += dayMs - 60_000;
  await tokens.refresh();
  const after = new InferenceTokens(away.db, own, () => now + dayMs - 60_000);
  expect(after.knownContext(`Bearer ${secret}`, "")).toBeDefined();
  const later = new InferenceTokens(away.db, own, () => now + dayMs + 60_000);
  expect(later.knownContext(`Bearer ${secret}`, "")).toBeUndefined();
});

test("does not keep headers of callers that it does not know", async () => {
  const tokens = new InferenceTokens(db, path);
  await tokens.refresh();
  for (let index = 0; index < 100; index += 1) {
    expect(tokens.knownContext(`Bearer lw_${index}${"x".repeat(8_000)}`, "")).toBeUndefined();
  }
  const kept = (tokens as unknown as { credentials: Map<string, unknown> }).credentials;
  expect(kept.size).toBe(0);
  const secret = await newToken(await newWorkspace(db));
  await tokens.refresh();
  tokens.knownContext(`Bearer ${secret}`, "");
  expect([...kept.keys()]).toEqual([`Bearer ${secret}`]);
});

test("starts without a copy that a crash tore", async () => {
  const own = join(tmpdir(), `leeway-tokens-${randomUUID()}.json`);
  onTestFinished(() => rmSync(own, { force: true }));
  writeFileSync(own, '{"confirmedAt":1,"tok');
  expect(new InferenceTokens(db, own).knownContext("Bearer lw_any", "")).toBeUndefined();
});

test("accepts a known token for one day without Postgres, but never an expired one", async () => {
  const ctx = await newWorkspace(db);
  const secret = await newToken(ctx);
  await new InferenceTokens(db, path).refresh();
  let now = Date.now();
  const tokens = new InferenceTokens(away.db, path, () => now);
  const send = () =>
    tokens.contextOf(`Bearer ${secret}`, "").then(
      () => "in",
      (error) => error.code,
    );
  expect(await send()).toBe("in");
  now += dayMs - 60_000;
  expect(await send()).toBe("in");
  now += 120_000;
  expect(await send()).toBe("unavailable");
});
