import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { readDataset } from "#server/develop/datasets/read-dataset.ts";
import { materialiseView } from "#server/develop/features/materialisations/materialise-view.ts";
import { openLocalStore } from "#server/platform/artifacts/local-store.ts";
import { newDriverStats } from "#server/testing/fixtures/features/testing.ts";
import { inWorkspace } from "#server/testing/testing.ts";
import { clientOf } from "../../testing/fixtures/http/v1/testing.ts";

const folder = mkdtempSync(join(tmpdir(), "leeway-materialisations-v1-"));
afterAll(() => rmSync(folder, { recursive: true }));
const artifacts = await openLocalStore(folder);

test(
  "starts, shows, lists and cancels materialisations, and lists rejected rows",
  inWorkspace(async (ctx) => {
    const call = await clientOf(ctx, { artifacts });
    const options = { path: "dataset:trips", maxRejectedShare: 0.5 };
    await call("PUT", "/feature-sources/file", { kind: "file", createdTimeColumn: "created", options });
    await newDriverStats(ctx, { source: "file", features: [{ name: "avg_daily_trips", type: "int64" }] });
    const rows =
      "driver_id,event_timestamp,created,avg_daily_trips\n1,2026-03-01,2026-03-01,7\n,2026-03-01,2026-03-01,8\n";
    const upload = await call("POST", "/datasets/trips/uploads?fileName=a.csv", Buffer.from(rows));
    await readDataset(ctx, upload.body.id, artifacts);

    const started = await call("POST", "/materialisations", { view: "driver_stats", from: "2026-01-01" });
    expect(started).toMatchObject({
      status: 202,
      body: { view: "driver_stats", state: "waiting", trigger: "request", input: { dataset: { name: "trips" } } },
    });
    expect((await call("POST", "/materialisations", { view: "driver_stats" })).status).toBe(409);
    const path = `/materialisations/${started.body.id}`;
    await materialiseView(ctx, started.body.id, {
      artifacts,
      scratch: join(folder, "scratch"),
      network: { allowsPrivate: false },
    });
    expect((await call("GET", path)).body).toMatchObject({
      state: "done",
      rowsTotal: 2,
      rowsRead: 2,
      rowsWritten: 1,
      rowsRejected: 1,
      fromEventAt: Date.parse("2026-01-01") * 1000,
    });
    const { rejects } = (await call("GET", `/feature-rejects?materialisation=${started.body.id}`)).body;
    expect(rejects).toMatchObject([{ view: "driver_stats", column: "driver_id", reason: "A key is required." }]);

    const again = await call("POST", "/materialisations", { view: "driver_stats", from: null });
    expect(again.body.fromEventAt).toBeNull();
    expect((await call("POST", `/materialisations/${again.body.id}/cancellation`)).body.state).toBe("cancelled");
    expect((await call("POST", `/materialisations/${again.body.id}/cancellation`)).status).toBe(409);
    expect((await call("GET", "/materialisations?view=driver_stats&state=done")).body.materialisations).toHaveLength(1);
    expect((await call("POST", "/materialisations", { view: "driver_stats", from: "noon" })).status).toBe(400);
    expect((await call("POST", "/materialisations", { view: "none" })).status).toBe(404);
    const reader = await clientOf(
      { ...ctx, actor: { ...ctx.actor, kind: "token", scopes: ["features:read"] } },
      { artifacts },
    );
    expect((await reader("POST", "/materialisations", { view: "driver_stats" })).status).toBe(403);
    expect((await reader("GET", "/materialisations")).body.materialisations).toHaveLength(2);
  }),
);
