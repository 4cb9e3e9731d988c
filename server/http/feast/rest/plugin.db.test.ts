import { gzipSync } from "node:zlib";
import { afterAll, expect, onTestFinished, test } from "vitest";
import { openDatabase } from "#db/client.ts";
import { freshDatabase } from "#db/testing.ts";
import { readConfig } from "#server/admin/settings/config.ts";
import type { Context } from "#server/base/context.ts";
import { defineFeatureEntity } from "#server/develop/features/definitions/define-feature-entity.ts";
import { defineFeatureView } from "#server/develop/features/definitions/define-feature-view.ts";
import { defineViewSource } from "#server/develop/features/definitions/define-view-source.ts";
import { createServer } from "#server/http/server.ts";
import type { ChangeMessage } from "#server/platform/events/listen.ts";
import { contextOfToken } from "#server/platform/identity/tokens/identify-token.ts";
import { OnlineFeatures } from "#server/serve/features/online-features.ts";
import { newToken } from "#server/testing/fixtures/serving/router/testing.ts";
import { newMember, newWorkspace } from "#server/testing/testing.ts";
import { feastPlugin } from "./plugin.ts";

const fresh = await freshDatabase();
const { db } = fresh;
const ctx = await newWorkspace(db);
const listeners = new Set<(message: ChangeMessage) => void>();
const feed = {
  subscribe: (listener: (message: ChangeMessage) => void) => {
    listeners.add(listener);
    return () => listeners.delete(listener);
  },
};
const app = await serve(new OnlineFeatures({ db, feed, cacheBytes: 2 ** 20 }));
const token = await newToken(ctx, ["features:read", "features:write"]);
await defineDrivers(ctx);

async function serve(features: OnlineFeatures) {
  const server = createServer(readConfig({}));
  await feastPlugin(server, {
    features,
    authenticate: ({ headers, ip }, workspace) =>
      contextOfToken(db, headers.authorization?.slice("Bearer ".length) ?? "", { address: ip, workspace }),
  });
  afterAll(async () => {
    features.close();
    await server.close();
  });
  return server;
}

async function defineDrivers(of: Context, name = "drivers"): Promise<void> {
  await defineFeatureEntity(of, { name: "driver", joinKey: "driver_id", type: "int64" });
  await defineFeatureView(of, {
    name,
    entities: ["driver"],
    features: [
      { name: "trips", type: "int64" },
      { name: "rate", type: "float64" },
    ],
  });
}

const post = (url: string, payload: unknown, headers: Record<string, string> = {}, server = app) =>
  server.inject({
    method: "POST",
    url,
    headers: { authorization: `Bearer ${token}`, ...headers },
    payload: typeof payload === "string" || payload instanceof Buffer ? payload : JSON.stringify(payload),
  });
const wanted = (id: unknown = 1) => ({ features: ["drivers:trips", "drivers:rate"], entities: { driver_id: [id] } });
const rows = (trips: number, minutes = 0, id = 1) => ({
  feature_view_name: "drivers",
  df: {
    driver_id: [id],
    event_timestamp: [new Date(Date.now() - 3_600_000 + minutes * 60_000).toISOString()],
    trips: [trips],
    rate: [2],
  },
});
const errorOf = (body: string) => JSON.parse(JSON.parse(body)) as { module: string; class: string; message: string };

test("looks up what was written a moment ago, with ages", async () => {
  const written = await post("/feast/write-to-online-store", rows(7));
  expect([written.statusCode, written.json()]).toEqual([200, { written: 1, older: 0 }]);
  const found = await post("/feast/get-online-features", wanted());
  expect(found.headers["content-type"]).toMatch(/^application\/json/);
  expect(found.body).toContain('"values":[2.0]');
  expect(Number(found.headers["leeway-feature-age-ms"])).toBeGreaterThanOrEqual(3_600_000);
  const { results, metadata } = found.json();
  expect(metadata.feature_names).toEqual(["driver_id", "trips", "rate"]);
  expect(results[1]).toMatchObject({ values: [7], statuses: ["PRESENT"], ages_ms: [expect.any(Number)] });
  for (const trips of [8, 9]) {
    await post("/feast/write-to-online-store", rows(trips, trips));
    const [, column] = (await post("/feast/get-online-features", wanted())).json().results;
    expect(column.values).toEqual([trips]);
  }
  const older = await post("/feast/write-to-online-store", rows(1, -60));
  expect(older.json()).toEqual({ written: 0, older: 1 });
  const [, kept] = (await post("/feast/get-online-features", wanted())).json().results;
  expect(kept.values).toEqual([9]);
});

test("finds a view that was defined after the others had been read", async () => {
  await post("/feast/get-online-features", wanted());
  await new Promise((resolve) => setTimeout(resolve, 300));
  await defineDrivers(ctx, "later");
  const found = await post("/feast/get-online-features", { features: ["later:trips"], entities: { driver_id: [1] } });
  expect([found.statusCode, found.json().results[1].statuses]).toEqual([200, ["NOT_FOUND"]]);
});

test("needs a token with the scope and the role", async () => {
  const read = await newToken(ctx, ["features:read"]);
  const infer = await newToken(ctx, ["infer"]);
  const viewer = await newToken(await newMember(ctx, "viewer"), ["features:read", "features:write"]);
  const call = async (secret: string, path: string, body: unknown) => {
    const { statusCode, body: text } = await post(path, body, { authorization: `Bearer ${secret}` });
    return statusCode === 200 ? [200, ""] : [statusCode, errorOf(text).class];
  };
  const lookUp = (secret: string) => call(secret, "/feast/get-online-features", wanted());
  const write = (secret: string) => call(secret, "/feast/write-to-online-store", rows(3));
  expect(await lookUp("lw_unknown")).toEqual([401, "FeastPermissionError"]);
  expect(await lookUp(infer)).toEqual([403, "FeastPermissionError"]);
  expect(await lookUp(read)).toEqual([200, ""]);
  expect(await write(read)).toEqual([403, "FeastPermissionError"]);
  expect(await write(viewer)).toEqual([403, "FeastPermissionError"]);
  expect(await lookUp(viewer)).toEqual([200, ""]);
  expect(await call(read, "/feast/materialize", { disable_event_timestamp: true })).toEqual([
    403,
    "FeastPermissionError",
  ]);
  const anonymous = await app.inject({ method: "POST", url: "/feast/get-online-features", payload: wanted() });
  expect(anonymous.statusCode).toBe(401);
});

test("reaches the token's workspace only, by its slug too", async () => {
  const other = await newWorkspace(db);
  await defineDrivers(other);
  const foreign = await newToken(other, ["features:read", "features:write"]);
  const headers = { authorization: `Bearer ${foreign}` };
  await post("/feast/write-to-online-store", rows(7, 100, 77));
  const { results } = (await post("/feast/get-online-features", wanted(77), headers)).json();
  expect(results[1].statuses).toEqual(["NOT_FOUND"]);
  const hidden = await post("/feast/get-online-features", { ...wanted(), features: ["later:trips"] }, headers);
  expect([hidden.statusCode, errorOf(hidden.body).class]).toEqual([404, "FeatureViewNotFoundException"]);
  const { slug } = await workspaceOf(ctx);
  const own = await post(`/feast/${slug}/get-online-features`, wanted());
  expect(own.statusCode).toBe(200);
  // Feast's configuration allows no hyphens in a project.
  expect(slug).toContain("-");
  const asProject = await post(`/feast/${slug.replaceAll("-", "_")}/get-online-features`, wanted());
  expect(asProject.statusCode).toBe(200);
  const wrong = await post(`/feast/${slug}/get-online-features`, wanted(), headers);
  expect([wrong.statusCode, errorOf(wrong.body).class]).toEqual([404, "FeastObjectNotFoundException"]);
});

test("answers every wrong request with an error that the client decodes", async () => {
  const large = Buffer.alloc(33 * 2 ** 20, " ");
  const cases: [body: unknown, headers: Record<string, string>, status: number, message: RegExp][] = [
    ["", {}, 422, /no body/],
    ["{nope", {}, 422, /not valid JSON/],
    ["[]", {}, 422, /expected object/],
    [Buffer.from([0x7b, 0xff, 0x7d]), {}, 422, /UTF-8/],
    ['{"entities":{"__proto__":[1]}}', {}, 422, /__proto__/],
    [`{"entities":${"[".repeat(5_000)}`, {}, 422, /levels deep/],
    [wanted(), { "content-encoding": "br" }, 415, /gzip or deflate/],
    [wanted(), { "content-encoding": "gzip" }, 422, /not valid gzip/],
    [gzipSync(large), { "content-encoding": "gzip" }, 413, /exceeds/],
    [large, {}, 413, /too large/i],
    [{ ...wanted(), features: ["drivers:none"] }, {}, 422, /trips, rate/],
    [wanted(1.5), {}, 422, /1\.5/],
    [wanted({}), {}, 422, /./],
  ];
  for (const [body, headers, status, message] of cases) {
    const response = await post("/feast/get-online-features", body, headers);
    expect([status, response.statusCode]).toEqual([status, status]);
    expect(response.headers["content-type"]).toBe("application/json");
    expect(errorOf(response.body)).toMatchObject({ module: "feast.errors", message: expect.stringMatching(message) });
    expect(response.headers["retry-after"]).toBeUndefined();
  }
  const method = await app.inject({ method: "DELETE", url: "/feast/push" });
  expect([method.statusCode, method.headers.allow, errorOf(method.body).class]).toEqual([405, "POST", "FeastError"]);
});

test("reads compressed bodies, and integers beyond 2^53 exactly", async () => {
  const text = JSON.stringify(rows(0, 30, 5)).replace('"trips":[0]', '"trips":[9007199254740993]');
  const written = await post("/feast/write-to-online-store", gzipSync(text), { "content-encoding": "gzip" });
  expect(written.json()).toEqual({ written: 1, older: 0 });
  expect((await post("/feast/get-online-features", wanted(5))).body).toContain('"values":[9007199254740993]');
});

test("names the bad cells of a write, and writes nothing of it", async () => {
  const { df } = rows(1);
  const bad = { feature_view_name: "drivers", df: { ...df, driver_id: [6], trips: ["many"], rate: [true] } };
  const response = await post("/feast/write-to-online-store", bad);
  expect(response.statusCode).toBe(422);
  expect(errorOf(response.body).message).toMatch(/row 0.*trips.*many.*rate/s);
  const [, trips] = (await post("/feast/get-online-features", wanted(6))).json().results;
  expect(trips.statuses).toEqual(["NOT_FOUND"]);
});

test("pushes to the history alone, which look-ups do not see", async () => {
  await defineViewSource(ctx, { name: "push", kind: "push" });
  await defineFeatureView(ctx, { name: "pushed", source: "push", features: [{ name: "price", type: "float64" }] });
  for (const listener of listeners) listener({ topic: "features", workspaceId: ctx.actor.workspaceId, id: "pushed" });
  const push = (to: string, price: number, minute: number) =>
    post("/feast/push", {
      push_source_name: "push",
      df: { event_timestamp: [`2026-03-01T12:0${minute}:00`], price: [price] },
      to,
    });
  const price = async () => {
    const found = await post("/feast/get-online-features", { features: ["pushed:price"], entities: {} });
    return found.json().results[0].values;
  };
  expect((await push("online", 1, 1)).json()).toEqual({ written: 1, older: 0 });
  expect((await push("offline", 2, 2)).json()).toEqual({ written: 1, older: 0 });
  expect(await price()).toEqual([1]);
  expect((await push("online_and_offline", 3, 3)).json()).toEqual({ written: 1, older: 0 });
  expect(await price()).toEqual([3]);
  const arrivals = await fresh.pool.query(
    "select is_newest from feature_arrivals where origin = 'push' order by event_at",
  );
  expect(arrivals.rows.map(({ is_newest }) => is_newest)).toEqual([true, false, true]);
});

test("materialises nothing for pushed views, and says which source it does not read", async () => {
  await defineViewSource(ctx, { name: "kafka", kind: "stored", options: { kindName: "KafkaSource" } });
  await defineFeatureView(ctx, { name: "streamed", source: "kafka", features: [{ name: "x", type: "bool" }] });
  const pushed = { feature_views: ["drivers"], disable_event_timestamp: true };
  const done = await post("/feast/materialize", pushed);
  expect([done.statusCode, done.body]).toEqual([200, "null"]);
  const later = await post("/feast/materialize?async=true", pushed);
  expect([later.statusCode, later.json()]).toEqual([202, { status: "accepted", feature_views: ["drivers"] }]);
  const refused = await post("/feast/materialize", { ...pushed, feature_views: ["streamed"] });
  expect([refused.statusCode, errorOf(refused.body).message]).toEqual([422, expect.stringContaining("KafkaSource")]);
});

test("serves from memory while Postgres is away, and says 503 for the rest", async () => {
  await post("/feast/write-to-online-store", rows(70, 1, 70));
  const handle = openDatabase(fresh.url, { max: 2, name: "test-away" });
  const features = new OnlineFeatures({ db: handle.db, feed, cacheBytes: 2 ** 20 });
  const server = createServer(readConfig({}));
  const known = await contextOfToken(db, token);
  await feastPlugin(server, { features, authenticate: () => ({ ...known, db: handle.db }) });
  onTestFinished(() => server.close());
  const lookUp = (id: number) => post("/feast/get-online-features", wanted(id), {}, server);
  expect((await lookUp(70)).statusCode).toBe(200);
  await handle.close();
  await new Promise((resolve) => setTimeout(resolve, 1_050));
  const kept = await lookUp(70);
  expect([kept.statusCode, kept.json().results[1]]).toMatchObject([200, { values: [70], statuses: ["PRESENT"] }]);
  expect((await server.inject("/feast/health")).statusCode).toBe(200);
  for (const [url, body] of [
    ["/feast/get-online-features", wanted(71)],
    ["/feast/write-to-online-store", rows(1)],
  ] as const) {
    const refused = await post(url, body, {}, server);
    expect([url, refused.statusCode, errorOf(refused.body).class]).toEqual([url, 503, "FeastError"]);
    expect(Number(refused.headers["retry-after"])).toBeGreaterThan(0);
  }
});

async function workspaceOf({ actor }: Context): Promise<{ slug: string }> {
  const { rows: found } = await fresh.pool.query("select slug from workspaces where id = $1", [actor.workspaceId]);
  return found[0] as { slug: string };
}

test("checks the permission before it reads the body", async () => {
  const reader = await newToken(ctx, ["features:read"]);
  const other = await newToken(ctx, ["registry:read"]);
  const send = (url: string, bearer: string) => post(`/feast${url}`, "{", { authorization: `Bearer ${bearer}` });
  for (const url of ["/write-to-online-store", "/push", "/materialize", "/materialize-incremental"]) {
    expect((await send(url, reader)).statusCode).toBe(403);
  }
  expect((await send("/get-online-features", other)).statusCode).toBe(403);
  expect((await send("/get-online-features", reader)).statusCode).toBe(422);
});
