import { expect, test } from "vitest";
import { addExperiment, addRun } from "#server/testing/fixtures/tracking/tables/testing.ts";
import { inWorkspace, newWorkspace } from "#server/testing/testing.ts";
import { clientOf } from "../../testing/fixtures/http/v1/testing.ts";

test(
  "returns fields, their values and groups",
  inWorkspace(async (ctx) => {
    const call = await clientOf(ctx);
    await addExperiment(ctx, 900, "parcels");
    for (const acc of [0.5, 0.75]) await addRun(ctx, 900, { params: { lr: "0.1" }, metrics: { acc: [acc] } });
    expect((await call("GET", "/experiments/parcels/fields?kind=metric&words=AC")).body).toEqual({
      fields: [{ key: "acc", runs: 2 }],
      total: 1,
      runs: 2,
    });
    expect((await call("GET", "/experiments/900/values?field=params.lr")).body.values).toEqual([
      { value: "0.1", runs: 2 },
    ]);
    const { groups } = (await call("GET", "/experiments/900/groups?by=params.lr&metrics=acc&sort=-runs")).body;
    expect(groups).toMatchObject([{ value: "0.1", runs: 2, metrics: { acc: { count: 2, median: 0.625 } } }]);
    expect((await call("GET", "/experiments/900/groups?by=color")).status).toBe(400);
    expect((await call("GET", "/experiments/none/groups?by=status")).status).toBe(404);
  }),
);

test(
  "exports runs as files with a name and a content type",
  inWorkspace(async (ctx) => {
    const call = await clientOf(ctx);
    await addExperiment(ctx, 900, "Parcel damage");
    await addRun(ctx, 900, { name: "even-keel", metrics: { acc: [0.5] } });
    const csv = await call("GET", "/experiments/900/runs.csv?columns=metrics.acc&sort=-metrics.acc");
    expect(csv.headers).toMatchObject({
      "content-type": "text/csv; charset=utf-8",
      "content-disposition": 'attachment; filename="Parcel-damage-runs.csv"',
    });
    expect(String(csv.body)).toMatch(/^run_id,run_name,metrics\.acc\r\n[0-9a-f]{32},even-keel,0\.5\r\n$/);
    const parquet = await call("GET", "/experiments/900/runs.parquet");
    expect(parquet.body.subarray(0, 4).toString()).toBe("PAR1");
    expect((await call("GET", "/experiments/900/runs.csv?filter=color%20%3D%201")).status).toBe(400);
    const outsider = await clientOf(await newWorkspace(ctx.db));
    expect((await outsider("GET", "/experiments/900/runs.csv")).status).toBe(404);
  }),
);

test(
  "tags, deletes and restores runs in bulk, and saves, changes and deletes views",
  inWorkspace(async (ctx) => {
    const call = await clientOf(ctx);
    await addExperiment(ctx, 900, "parcels");
    const run = await addRun(ctx, 900);
    const path = "/experiments/900/runs";
    const tagged = await call("POST", `${path}/tagging`, { filter: "", key: "team", value: "depots" });
    expect(tagged.body).toEqual({ changed: [run], left: 0 });
    expect((await call("POST", `${path}/deletion`, { filter: "" })).status).toBe(400);
    expect((await call("POST", `${path}/deletion`, { runIds: [run], reason: "smoke" })).body.changed).toEqual([run]);
    expect((await call("POST", `${path}/restoration`, { runIds: [run] })).body.changed).toEqual([run]);
    const created = await call("POST", "/experiments/900/views", { name: "All", state: { filter: "" } });
    expect(created.status).toBe(201);
    const view = `/views/${created.body.id}`;
    expect((await call("PATCH", view, { name: "Every run" })).body.name).toBe("Every run");
    expect((await call("GET", "/experiments/900/views")).body.views).toHaveLength(1);
    expect((await call("DELETE", view)).status).toBe(204);
    expect((await call("DELETE", view)).status).toBe(404);
  }),
);
