import { readFileSync } from "node:fs";
import { afterAll, expect, test } from "vitest";
import { freshDatabase } from "#db/testing.ts";
import { readConfig } from "#server/admin/settings/config.ts";
import { createServer } from "#server/http/server.ts";
import { OnlineFeatures } from "#server/serve/features/online-features.ts";
import { defineFixture } from "#server/testing/fixtures/http/feast/golden-fixture.ts";
import { Mutations } from "#server/testing/fixtures/http/feast/mutations.ts";
import { newWorkspace } from "#server/testing/testing.ts";
import { feastPlugin } from "./plugin.ts";

const { db } = await freshDatabase();
const ctx = await newWorkspace(db);
const features = new OnlineFeatures({ db, feed: { subscribe: () => () => {} }, cacheBytes: 2 ** 16 });
await defineFixture(ctx, features);
const app = createServer(readConfig({}));
await feastPlugin(app, { features, authenticate: () => ctx });
afterAll(() => app.close());

const golden = JSON.parse(readFileSync(new URL("golden-exchanges.json", import.meta.url), "utf8")) as {
  exchanges: { exchanges: { path: string; rawRequest?: string }[] }[];
};
const seeds = golden.exchanges.flatMap(({ exchanges }) =>
  exchanges.flatMap(({ path, rawRequest }) => (rawRequest === undefined ? [] : [{ path, text: rawRequest }])),
);
const requests = 1_500;

const mutations = new Mutations(42);

test(`answers ${requests} malformed requests without a server error`, async () => {
  const counts: Record<number, number> = {};
  for (let index = 0; index < requests; index += 1) {
    const { path, text } = mutations.pick(seeds);
    const payload = mutations.body(text);
    const headers: Record<string, string> =
      mutations.random(5) === 0 ? { "content-type": mutations.pick(["", "text/plain", "a/b; c=d", ";"]) } : {};
    const response = await app.inject({ method: "POST", url: `/feast${path}`, headers, payload });
    counts[response.statusCode] = (counts[response.statusCode] ?? 0) + 1;
    const isRefusal = response.statusCode === 501;
    expect([path, payload.slice(0, 500), response.statusCode < 500 || isRefusal, response.body.slice(0, 200)]).toEqual([
      path,
      payload.slice(0, 500),
      true,
      response.body.slice(0, 200),
    ]);
    if (response.statusCode < 400) continue;
    const error = JSON.parse(JSON.parse(response.body));
    expect(error).toEqual({ module: "feast.errors", class: expect.any(String), message: expect.any(String) });
  }
  // Most of both kinds, or it would test only the parser.
  expect(counts[422]).toBeGreaterThan(requests / 4);
  expect(counts[200]).toBeGreaterThan(requests / 50);
});
