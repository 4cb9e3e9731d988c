import { expect, test } from "vitest";
import { getKeyRows, type ReadKeyRows } from "#server/develop/features/keys/get-key-rows.ts";
import type { ArtifactStore } from "#server/platform/artifacts/store.ts";
import { inWorkspace } from "#server/testing/testing.ts";
import { clientOf } from "../../testing/fixtures/http/v1/testing.ts";

const event = "2026-03-01T12:00:00.123456Z";
const features = [
  { name: "trips", type: "int64", rules: { min: 0 } },
  { name: "rate", type: "float64" },
  { name: "tags", type: "list<string>" },
];

test(
  "defines a view, writes rows, and looks them up",
  inWorkspace(async (ctx) => {
    const call = await clientOf(ctx);
    const entity = await call("PUT", "/feature-entities/driver", { joinKey: "driver_id", type: "int64" });
    expect(entity).toMatchObject({ status: 200, body: { name: "driver", joinKey: "driver_id" } });
    const source = await call("PUT", "/feature-sources/driver_push", { kind: "push" });
    expect(source).toMatchObject({ status: 200, body: { eventTimeColumn: "event_timestamp" } });
    const view = { entities: ["driver"], source: "driver_push", ttlUs: null, features };
    const defined = await call("PUT", "/feature-views/stats", view);
    expect(defined).toMatchObject({ status: 200, body: { name: "stats", current: { version: 1, features } } });
    expect((await call("PUT", "/feature-views/stats", view)).body.current.version).toBe(1);
    const more = { ...view, features: [...features, { name: "note", type: "string" }] };
    expect((await call("PUT", "/feature-views/stats", more)).body.current.version).toBe(2);
    const { versions } = (await call("GET", "/feature-views/stats/versions")).body;
    expect(versions.map(({ version }: { version: number }) => version)).toEqual([2, 1]);
    expect((await call("GET", "/feature-views")).body.views).toMatchObject([{ name: "stats" }]);
    expect((await call("GET", "/feature-entities")).body.entities).toMatchObject([{ name: "driver" }]);
    expect((await call("GET", "/feature-sources/driver_push")).body).toMatchObject({ kind: "push" });
    const projections = [{ view: "stats", features: ["trips", "rate", "tags"] }];
    expect((await call("PUT", "/feature-services/eta", { projections })).status).toBe(200);
    expect((await call("GET", "/feature-services")).body.services).toMatchObject([{ name: "eta" }]);

    const columns = {
      driver_id: [1, "9007199254740993"],
      event_timestamp: [event, event],
      trips: ["9007199254740993", 2],
      rate: ["NaN", null],
      tags: [["a", "b"], []],
      note: [null, null],
    };
    const written = await call("POST", "/features/rows", { pushSource: "driver_push", columns });
    expect(written).toMatchObject({ status: 200, body: { written: 2, older: 0 } });
    const keys = { driver_id: [1, "9007199254740993", 3] };
    const { status, body } = await call("POST", "/features/lookup", {
      service: "eta",
      entities: keys,
      fullNames: true,
    });
    expect(status).toBe(200);
    expect(body.keys).toEqual([{ name: "driver_id", values: [1, "9007199254740993", 3] }]);
    const [trips, rate, tags] = body.features;
    expect(trips).toMatchObject({
      name: "stats__trips",
      view: "stats",
      version: 2,
      type: "int64",
      values: ["9007199254740993", 2, null],
      statuses: ["PRESENT", "PRESENT", "NOT_FOUND"],
      eventAt: [event, event, null],
    });
    expect(trips.ageMs[0]).toBeGreaterThan(0);
    expect(rate).toMatchObject({ values: ["NaN", null, null], statuses: ["PRESENT", "NULL_VALUE", "NOT_FOUND"] });
    expect(tags).toMatchObject({ values: [["a", "b"], null, null] });

    const used = await call("DELETE", "/feature-entities/driver");
    expect(used).toMatchObject({ status: 409, body: { error: { message: expect.stringContaining("stats") } } });
    expect((await call("DELETE", "/feature-services/eta")).status).toBe(204);
    expect((await call("DELETE", "/feature-views/stats")).status).toBe(204);
    expect((await call("DELETE", "/feature-entities/driver")).status).toBe(204);
    expect((await call("DELETE", "/feature-sources/driver_push?force=gone")).status).toBe(204);
    expect((await call("GET", "/feature-views/stats")).status).toBe(404);
  }),
);

test(
  "returns a matching status for invalid requests",
  inWorkspace(async (ctx) => {
    const call = await clientOf(ctx);
    await call("PUT", "/feature-views/fuel", { features: [{ name: "price", type: "float64" }] });
    const write = (columns: object, more: object = { view: "fuel" }) =>
      call("POST", "/features/rows", { ...more, columns });
    const bad = await write({ price: ["high"], event_timestamp: [event] });
    expect(bad).toMatchObject({ status: 400, body: { error: { code: "invalid" } } });
    expect(bad.body.error.message).toContain('row 0, column "price": "high" is not a number.');
    expect((await write({ price: 1 })).status).toBe(400);
    expect((await write({ price: [1], event_timestamp: [event] }, {})).status).toBe(400);
    expect((await write({ price: [1], event_timestamp: [event] }, { view: "nope" })).status).toBe(404);
    expect((await call("PUT", "/feature-views/a:b", { features: [{ name: "x", type: "int64" }] })).status).toBe(400);
    expect((await call("PUT", "/feature-views/v", { features: [{ name: "x", type: "decimal" }] })).status).toBe(400);
    expect((await call("POST", "/features/lookup", { features: ["fuel:nope"], entities: {} })).status).toBe(400);
    expect((await call("POST", "/features/lookup", { features: ["nope:x"], entities: {} })).status).toBe(404);
  }),
);

test(
  "shows the row of a key now, as of a time, and its history",
  inWorkspace(async (ctx) => {
    const place = { artifacts: {} as ArtifactStore, scratch: "/nowhere" };
    const readKeyRows: ReadKeyRows = (caller, input) => getKeyRows(caller, input, place);
    const call = await clientOf(ctx, { readKeyRows });
    await call("PUT", "/feature-entities/driver", { joinKey: "driver_id", type: "string" });
    await call("PUT", "/feature-views/stats", { entities: ["driver"], features });
    const columns = {
      driver_id: ["a:b"],
      event_timestamp: [event],
      trips: ["9007199254740993"],
      rate: [2],
      tags: [[]],
    };
    await call("POST", "/features/rows", { view: "stats", columns });
    const { status, body } = await call("GET", "/feature-views/stats/rows?key=driver_id:a:b&at=2026-03-01T12:00:01Z");
    expect(status).toBe(200);
    expect(body).toMatchObject({ view: "stats", keys: [{ name: "driver_id", value: "a:b" }], hasOlder: false });
    expect(body.now).toMatchObject({ eventAt: event, origin: "rows", version: 1 });
    expect(body.now.features).toEqual([
      { name: "trips", type: "int64", value: "9007199254740993", status: "PRESENT", from: "row" },
      { name: "rate", type: "float64", value: 2, status: "PRESENT", from: "row" },
      { name: "tags", type: "list<string>", value: null, status: "NULL_VALUE", from: "row" },
    ]);
    // The row arrived later than that.
    expect(body.asOf).toMatchObject({ at: "2026-03-01T12:00:01Z", eventAt: null, ageMs: null });
    expect(body.knownNow).toMatchObject({ eventAt: event, ageMs: 876.544 });
    expect(body.history).toMatchObject([{ eventAt: event, values: { trips: "9007199254740993", rate: 2, tags: [] } }]);
    const wrong = await call("GET", "/feature-views/stats/rows?key=driver_id");
    expect(wrong.status).toBe(400);
    expect(JSON.stringify(wrong.body)).toContain("<join key>:<value>");
    expect((await call("GET", "/feature-views/stats/rows")).status).toBe(400);
  }),
);

test(
  "proposes limits of a view for what an SLO counts, and has the skew by which alerts go",
  inWorkspace(async (ctx) => {
    const call = await clientOf(ctx);
    await call("PUT", "/feature-entities/driver", { joinKey: "driver_id", type: "int64" });
    await call("PUT", "/feature-views/stats", { entities: ["driver"], features });
    const limit = "/feature-views/stats/freshness/limit";
    const none = { counted: 0, p99Ms: null, limitMs: null };
    expect((await call("GET", limit)).body).toEqual({ indicator: "view-lag", ...none });
    expect((await call("GET", `${limit}?indicator=feature-freshness&endpointId=${crypto.randomUUID()}`)).body).toEqual({
      indicator: "feature-freshness",
      ...none,
    });
    expect((await call("GET", `${limit}?indicator=latency`)).status).toBe(400);
    expect((await call("GET", "/feature-skew?view=stats")).body).toMatchObject({
      recent: { known: null, true: null },
      known: { compared: 0, byRequest: 0 },
    });
  }),
);
