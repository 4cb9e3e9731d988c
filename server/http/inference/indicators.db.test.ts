import type { AddressInfo } from "node:net";
import { expect, test, vi } from "vitest";
import { freshDatabase } from "#db/testing.ts";
import { configureLog } from "#server/base/log.ts";
import { deployVersion } from "#server/release/endpoints/deploy-version.ts";
import { createEndpoint } from "#server/serve/endpoints/create-endpoint.ts";
import { newTestGateway, newToken } from "#server/testing/fixtures/serving/router/testing.ts";
import { newVersion } from "#server/testing/fixtures/serving/testing.ts";
import { newSlo } from "#server/testing/fixtures/slo/testing.ts";
import { newWorkspace } from "#server/testing/testing.ts";
import { countSeries, dueSeries } from "#server/watch/slo/rollup/count-series.ts";
import { readSeries } from "#server/watch/slo/rollup/read-series.ts";
import { serveInference } from "../../testing/fixtures/http/inference/testing.ts";
import { FastPath } from "./fast-path/fast-path.ts";

configureLog({ role: "test", level: "silent" });
const { db } = await freshDatabase();
const ctx = await newWorkspace(db);
const gateway = newTestGateway(db);
await newVersion(ctx, {}, gateway.models);
const { id: endpointId } = await createEndpoint(ctx, { name: "open", captureShare: 0 });
await deployVersion(ctx, { endpointId, model: "digits", version: 1 });
const token = await newToken(ctx);
const latency = { kind: "latency" as const, endpointId, countsFailures: false };
const slos = {
  available: await newSlo(ctx, { kind: "availability", endpointId }, { name: "available" }),
  slow: await newSlo(ctx, { ...latency, withinMs: 600_000 }, { name: "slow" }),
  quick: await newSlo(ctx, { ...latency, withinMs: 0.1 }, { name: "quick" }),
  fresh: await newSlo(ctx, { kind: "freshness", endpointId, maxAgeMs: 60_000 }, { name: "fresh" }),
};
const app = await serveInference(gateway);
new FastPath(app, gateway.core, false);

const call = (headers: Record<string, string> = {}, parameters = {}, shape = [1, 4]) =>
  app.inject({
    method: "POST",
    url: "/v2/models/open/infer",
    headers: { authorization: `Bearer ${token}`, ...headers },
    payload: JSON.stringify({ parameters, inputs: [{ name: "x", shape, datatype: "FP32", data: [1, 2, 3, 4] }] }),
  });

async function countBytes(seriesId: string) {
  const { good, total } = await readSeries(ctx, seriesId, { from: Date.now() - 3_600_000, to: Date.now() + 60_000 });
  const sum = (counts: Float64Array) => counts.reduce((all, count) => all + count, 0);
  return `${sum(good)}/${sum(total)}`;
}

test("counts latency exactly at the SLO thresholds, and the feature age that callers send", async () => {
  const ago = (seconds: number) => new Date(Date.now() - seconds * 1000).toISOString();
  expect((await call({ "leeway-features-at": ago(10) })).statusCode).toBe(200);
  expect((await call({ "leeway-features-at": ago(100) })).statusCode).toBe(200);
  expect((await call({}, { features_at: ago(30) })).statusCode).toBe(200);
  expect((await call()).statusCode).toBe(200);
  expect((await call({}, {}, [4, 4])).statusCode).toBe(400);
  await gateway.core.flush();
  await vi.waitFor(async () => expect(await countSeries(db, await dueSeries(db, Date.now()), Date.now())).toBe(4));
  expect(await countBytes(slos.available.seriesId)).toBe("4/4");
  expect(await countBytes(slos.slow.seriesId)).toBe("4/4");
  // A tenth of a millisecond is less than a request takes.
  expect(await countBytes(slos.quick.seriesId)).toBe("0/4");
  expect(await countBytes(slos.fresh.seriesId)).toBe("2/3");
  // Calls on both sides of the end of a window are in two of them.
  const { rows } = await db.execute(`
    select sum((indicators #>> '{latency,600000,0}')::int)::int as good, sum((indicators #>> '{latency,600000,1}')::int)::int as total
    from serving_windows where requests > 0`);
  expect(rows).toEqual([{ good: 4, total: 4 }]);
  const { rows: series } = await db.execute(
    `select approximate_until from sli_series where approximate_until is not null`,
  );
  expect(series).toEqual([]);
});

test("counts the same on the fast path, in front of Node's server", async () => {
  let byNode = 0;
  app.server.on("request", () => {
    byNode += 1;
  });
  await app.listen({ port: 0, host: "127.0.0.1" });
  const { port } = app.server.address() as AddressInfo;
  const before = { slow: await countBytes(slos.slow.seriesId), fresh: await countBytes(slos.fresh.seriesId) };
  const response = await fetch(`http://127.0.0.1:${port}/v2/models/open/infer`, {
    method: "POST",
    headers: { authorization: `Bearer ${token}`, "leeway-features-at": new Date(Date.now() - 5000).toISOString() },
    body: JSON.stringify({ inputs: [{ name: "x", shape: [1, 4], datatype: "FP32", data: [1, 2, 3, 4] }] }),
  });
  expect(response.status).toBe(200);
  expect(byNode).toBe(0);
  await gateway.core.flush();
  const later = Date.now() + 10_000;
  await countSeries(db, await dueSeries(db, later), later);
  expect(before).toEqual({ slow: "4/4", fresh: "2/3" });
  expect({ slow: await countBytes(slos.slow.seriesId), fresh: await countBytes(slos.fresh.seriesId) }).toEqual({
    slow: "5/5",
    fresh: "3/4",
  });
});
