import { eq } from "drizzle-orm";
import { expect, test, vi } from "vitest";
import { predictions, servingWindows } from "#db/schema/index.ts";
import { freshDatabase } from "#db/testing.ts";
import { createTokenFor } from "#server/platform/identity/tokens/create-token.ts";
import { deployVersion } from "#server/release/endpoints/deploy-version.ts";
import { createEndpoint } from "#server/serve/endpoints/create-endpoint.ts";
import { Protection } from "#server/serve/protection/contract.ts";
import { setProtection } from "#server/serve/protection/set-protection.ts";
import { newTestGateway, newToken } from "#server/testing/fixtures/serving/router/testing.ts";
import { newVersion } from "#server/testing/fixtures/serving/testing.ts";
import { newWorkspace } from "#server/testing/testing.ts";
import { serveInference } from "../../testing/fixtures/http/inference/testing.ts";

const { db } = await freshDatabase();
const ctx = await newWorkspace(db);
const gateway = newTestGateway(db);
await newVersion(ctx, {}, gateway.models);
const endpoints: Record<string, string> = {};
for (const [name, protection] of Object.entries({
  open: {},
  rated: { requestsPerSecond: 0.01, burst: 2 },
  small: { bodyLimitBytes: 200 },
  checked: {
    fields: [
      { input: "x", column: 0, name: "width", minimum: 0, maximum: 10, onOutside: "clip" },
      { input: "x", column: 1, name: "age", minimum: 0 },
    ],
  },
})) {
  const { id: endpointId } = await createEndpoint(ctx, { name, captureShare: 0 });
  endpoints[name] = endpointId;
  await setProtection(ctx, { endpointId, protection: Protection.parse(protection) });
  await deployVersion(ctx, { endpointId, model: "digits", version: 1 });
}
const token = await newToken(ctx);
const limited = (await createTokenFor(ctx, ctx.actor.id, { name: "one", scopes: ["infer"], endpoints: ["open"] }))
  .secret;

const app = await serveInference(gateway, { MAX_REQUEST_BYTES: "1024" });

const infer = (name: string, data: (number | null)[] = [1, 2, 3, 4], secret = token) =>
  app.inject({
    method: "POST",
    url: `/v2/models/${name}/infer`,
    headers: { authorization: `Bearer ${secret}` },
    payload: JSON.stringify({ inputs: [{ name: "x", shape: [1, 4], datatype: "FP32", data }] }),
  });

/** Returns Postgres' counts of an endpoint. */
async function countBytes(name: string) {
  await gateway.core.flush();
  const rows = await db
    .select()
    .from(servingWindows)
    .where(eq(servingWindows.endpointId, endpoints[name] as string));
  return rows.reduce(
    (sum, row) => ({
      requests: sum.requests + row.requests,
      failures: { ...sum.failures, ...(row.failures as object) },
      violations: { ...sum.violations, ...(row.violations as object) },
    }),
    { requests: 0, failures: {}, violations: {} },
  );
}

test("returns 429 with Retry-After above the rate limit, and counts but does not log these requests", async () => {
  const results = [await infer("rated"), await infer("rated"), await infer("rated")];
  expect(results.map(({ statusCode }) => statusCode)).toEqual([200, 200, 429]);
  expect(Number(results[2]?.headers["retry-after"])).toBeGreaterThan(90);
  expect(results[2]?.json()).toEqual({ error: expect.stringContaining("0.01 requests/s") });
  expect((await infer("rated", undefined, await newToken(ctx))).statusCode).not.toBe(429);
  expect(await countBytes("rated")).toMatchObject({ requests: 4, failures: { 429: 1 } });
  expect(
    await db
      .select()
      .from(predictions)
      .where(eq(predictions.endpointId, endpoints.rated as string)),
  ).toEqual([]);
});

test("frees a place in the quota after each response", async () => {
  const endpointId = endpoints.open as string;
  await setProtection(ctx, { endpointId, protection: Protection.parse({ concurrentRequests: 1 }) });
  gateway.emit("missed");
  await vi.waitFor(() =>
    expect(gateway.core.version(ctx, "open").endpoint.route.protection.concurrentRequests).toBe(1),
  );
  const release = gateway.core.admit(ctx, "open", undefined, undefined);
  expect(() => gateway.core.admit(ctx, "open", undefined, undefined)).toThrow("limit of concurrent requests (1)");
  release?.();
  for (let sent = 0; sent < 3; sent += 1) expect((await infer("open")).statusCode).toBe(200);
});

test("returns 413 for a body over the endpoint's limit, before and after reading it", async () => {
  const response = await infer(
    "small",
    Array.from({ length: 100 }, () => 1.5),
  );
  expect(response.statusCode).toBe(413);
  expect(response.json().error).toMatch(/The request body has \d+ bytes; the limit of this endpoint is 200\./);
  expect((await infer("small")).statusCode).toBe(200);
  const attempt = gateway.core.startRequest(ctx, "small", undefined, "chunked");
  expect(() => attempt.checkBody(201)).toThrow(expect.objectContaining({ code: "too-large" }));
  await attempt.settle({ status: 413, reason: "too-large" });
  expect(await countBytes("small")).toMatchObject({ requests: 3, failures: { 413: 2 } });
});

test("names field, expected and actual value of a contract violation, flags clipped inputs, and counts both", async () => {
  const refused = await infer("checked", [1, -5, 3, 4]);
  expect(refused.statusCode).toBe(400);
  expect(refused.json().error).toBe("input 'x', field 'age', row 0: expected a number of at least 0, got -5");
  const [clipped, bound] = [await infer("checked", [99, 2, 3, 4]), await infer("checked", [10, 2, 3, 4])];
  expect(clipped.statusCode).toBe(200);
  expect(clipped.headers["leeway-input-flags"]).toBe("width=range");
  expect(clipped.json().outputs[0].data).toEqual(bound.json().outputs[0].data);
  expect(bound.headers["leeway-input-flags"]).toBeUndefined();
  expect((await infer("checked", [1, null, 3, 4])).json().error).toContain("field 'age'");
  expect(await countBytes("checked")).toEqual({
    requests: 4,
    failures: { 400: 2 },
    violations: {
      '["age","range","rejected"]': 1,
      '["width","range","clipped"]': 1,
      '["age","missing","rejected"]': 1,
    },
  });
  const exposed = await gateway.registry.getSingleMetricAsString("leeway_input_violations_total");
  expect(exposed).toMatch(/endpoint="checked".*field="width",kind="range",outcome="clipped"} 1/);
});

test("limits a token restricted to one endpoint to that endpoint", async () => {
  expect((await infer("open", undefined, limited)).statusCode).toBe(200);
  const refused = await infer("checked", undefined, limited);
  expect(refused.statusCode).toBe(403);
  expect(refused.json().error).toContain('limited to "open"');
  const headers = { authorization: `Bearer ${limited}` };
  expect((await app.inject({ url: "/v2/models/checked", headers })).statusCode).toBe(403);
  expect((await app.inject({ url: "/v2/models", headers })).json()).toEqual({ models: ["open"] });
});
