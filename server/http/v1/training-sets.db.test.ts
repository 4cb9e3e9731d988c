import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { readDataset } from "#server/develop/datasets/read-dataset.ts";
import { openLocalStore } from "#server/platform/artifacts/local-store.ts";
import { newDriverStats } from "#server/testing/fixtures/features/testing.ts";
import { inWorkspace } from "#server/testing/testing.ts";
import { clientOf } from "../../testing/fixtures/http/v1/testing.ts";

const folder = mkdtempSync(join(tmpdir(), "leeway-training-sets-v1-"));
afterAll(() => rmSync(folder, { recursive: true }));
const artifacts = await openLocalStore(folder);

test(
  "creates, shows, lists and cancels a training set, for tokens that may read features",
  inWorkspace(async (ctx) => {
    await newDriverStats(ctx);
    const call = await clientOf(ctx, { artifacts });
    const rows = Buffer.from("driver_id,event_timestamp\n1001,2026-03-01T12:00:00Z\n");
    const upload = await call("POST", "/datasets/trips/uploads?fileName=a.csv", rows);
    await readDataset(ctx, upload.body.id, artifacts);
    const { digest } = (await call("GET", `/datasets/trips/uploads/${upload.body.id}`)).body;
    const asked = { name: "set", rows: { dataset: "trips", digest }, features: ["driver_stats:conv_rate"] };

    const limited = (scopes: string[]) => ({ ...ctx, actor: { ...ctx.actor, kind: "token" as const, scopes } });
    for (const scopes of [["tracking"], ["features:read"]]) {
      const token = await clientOf(limited(scopes), { artifacts });
      expect((await token("POST", "/training-sets", asked)).status).toBe(403);
    }
    const token = await clientOf(limited(["tracking", "features:read"]), { artifacts });
    const created = await token("POST", "/training-sets", asked);
    expect(created).toMatchObject({ status: 202, body: { name: "set", state: "waiting", digest: null } });
    const path = `/training-sets/${created.body.id}`;
    expect((await call("GET", path)).body).toMatchObject({
      request: {
        views: [{ view: "driver_stats", version: 1, cutoff: "created" }],
        features: [{ feature: "conv_rate" }],
      },
    });
    expect((await call("GET", "/training-sets?name=set")).body.trainingSets).toHaveLength(1);
    expect((await call("POST", `${path}/cancellation`)).body).toMatchObject({ state: "cancelled" });
    expect((await call("POST", `${path}/cancellation`)).status).toBe(409);
    expect((await call("POST", "/training-sets", { ...asked, features: undefined })).status).toBe(400);
  }),
);
