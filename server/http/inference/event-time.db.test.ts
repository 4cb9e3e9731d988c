import { expect, test } from "vitest";
import { freshDatabase } from "#db/testing.ts";
import { configureLog } from "#server/base/log.ts";
import { deployVersion } from "#server/release/endpoints/deploy-version.ts";
import { createEndpoint } from "#server/serve/endpoints/create-endpoint.ts";
import { newTestGateway, newToken } from "#server/testing/fixtures/serving/router/testing.ts";
import { newVersion } from "#server/testing/fixtures/serving/testing.ts";
import { newWorkspace } from "#server/testing/testing.ts";
import { serveInference } from "../../testing/fixtures/http/inference/testing.ts";

configureLog({ role: "test", level: "silent" });

test("logs the event time from the header or the parameter, and ignores invalid times", async () => {
  const { db } = await freshDatabase();
  const ctx = await newWorkspace(db);
  const gateway = newTestGateway(db);
  await newVersion(ctx, {}, gateway.models);
  const { id: endpointId } = await createEndpoint(ctx, { name: "open", captureShare: 1 });
  await deployVersion(ctx, { endpointId, model: "digits", version: 1 });
  const token = await newToken(ctx);
  const app = await serveInference(gateway);
  const call = (headers: Record<string, string>, parameters = {}) =>
    app.inject({
      method: "POST",
      url: "/v2/models/open/infer",
      headers: { authorization: `Bearer ${token}`, ...headers },
      payload: JSON.stringify({
        parameters,
        inputs: [{ name: "x", shape: [1, 4], datatype: "FP32", data: [1, 2, 3, 4] }],
      }),
    });
  expect((await call({ "leeway-event-at": "2026-05-04T11:59:00+02:00" })).statusCode).toBe(200);
  expect((await call({}, { event_at: "2026-05-04T12:00:00Z" })).statusCode).toBe(200);
  expect((await call({ "leeway-event-at": "yesterday" })).statusCode).toBe(200);
  await gateway.core.flush();
  const { rows } = await db.execute("select event_at::text as at from predictions order by event_at");
  expect(rows.map(({ at }) => at && new Date(at as string).toISOString())).toEqual([
    "2026-05-04T09:59:00.000Z",
    "2026-05-04T12:00:00.000Z",
    null,
  ]);
});
