import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { eq } from "drizzle-orm";
import { afterAll, expect, test } from "vitest";
import { gatewayHeartbeats } from "#db/schema/index.ts";
import { freshDatabase } from "#db/testing.ts";
import { readAuditLog } from "#server/admin/audit-log/queries.ts";
import { newWorkspace } from "#server/testing/testing.ts";
import { deployVersion } from "../../release/endpoints/deploy-version.ts";
import { addWindow, newVersion } from "../../testing/fixtures/serving/testing.ts";
import { createEndpoint } from "../endpoints/create-endpoint.ts";
import { LoadTestSettings } from "./contract.ts";
import { getLoadTest } from "./queries.ts";
import { runLoadTest } from "./run-load-test.ts";
import { startLoadTest } from "./start-load-test.ts";

const { db } = await freshDatabase();

/** Counts what the load test sends, and says when the first request is there; the version itself is not the question. */
let sent = 0;
let onFirst: () => void = () => {};
const inference = createServer((request, response) => {
  if (request.url?.endsWith("/infer")) {
    sent += 1;
    if (sent === 1) onFirst();
  }
  request.resume().on("end", () => response.end("{}"));
});
await new Promise<void>((resolve) => inference.listen(0, "127.0.0.1", resolve));
afterAll(() => inference.close());
const gatewayUrl = `http://127.0.0.1:${(inference.address() as AddressInfo).port}`;

/** Creates an endpoint with live traffic from some minutes ago, and a gateway that has loaded the tested version. */
async function fixture(latencyMs = 20) {
  const ctx = await newWorkspace(db);
  const { id: live } = await newVersion(ctx);
  const { id: versionId } = await newVersion(ctx, { version: 2 });
  const { id: endpointId } = await createEndpoint(ctx, { name: "digits" });
  await deployVersion(ctx, { endpointId, model: "digits", version: 1 });
  const loaded = { endpointId, versionId, state: "ready", isServing: false };
  await db.insert(gatewayHeartbeats).values({
    gatewayId: endpointId,
    address: gatewayUrl,
    startedAt: new Date(),
    seenAt: new Date(),
    state: { isDraining: false, versions: [loaded] } as never,
  });
  const window = { endpointId, versionId: live, gatewayId: "g1" };
  const before = { windowStart: new Date(Date.now() - 120_000), latenciesMs: Array(100).fill(latencyMs) };
  await addWindow(ctx, { ...window, ...before });
  return { ctx, endpointId, window };
}

type Suffering = Pick<Parameters<typeof addWindow>[1], "latenciesMs" | "failures">;

/** Runs a load test with the given live traffic from its first request on. */
async function runBeside(
  { ctx, endpointId, window }: Awaited<ReturnType<typeof fixture>>,
  now: Suffering,
  seconds = 5,
) {
  const settings = LoadTestSettings.parse({ rates: [20], stepSeconds: seconds, arrivals: "constant" });
  const { id } = await startLoadTest(ctx, { endpointId, version: 2, settings });
  sent = 0;
  const received = new Promise<void>((resolve, reject) => {
    onFirst = () => void addWindow(ctx, { ...window, windowStart: new Date(), ...now }).then(resolve, reject);
  });
  await runLoadTest(ctx, id, { gatewayUrl });
  await received;
  await db.delete(gatewayHeartbeats);
  return getLoadTest(ctx, { endpointId, id });
}

test("stops a load test within seconds when live requests fail more often, with a reason and an audit event", async () => {
  const set = await fixture();
  const done = await runBeside(set, { latenciesMs: Array(90).fill(20), failures: { 503: 10 } }, 60);
  expect(done).toMatchObject({
    state: "stopped",
    message: 'Live requests of "digits" failed more often: 0.0% before the test, 10.0% during it.',
    steps: [],
  });
  expect(sent).toBeLessThan(20 * 30);
  const { events } = await readAuditLog(set.ctx, { limit: 1 });
  expect(events).toMatchObject([{ action: "load-test.stopped", after: { message: done.message } }]);
}, 90_000);

test("stops a load test when live requests get slower", async () => {
  const done = await runBeside(await fixture(), { latenciesMs: Array(100).fill(100) }, 60);
  expect(done).toMatchObject({ state: "stopped", message: expect.stringContaining("p99 was 20\u00a0ms before") });
}, 90_000);

test("does not stop a load test for unchanged live traffic or for traffic of another workspace", async () => {
  const set = await fixture();
  const other = await fixture();
  await db.delete(gatewayHeartbeats).where(eq(gatewayHeartbeats.gatewayId, other.endpointId));
  const suffering = { ...other.window, windowStart: new Date(Date.now() + 2_000), failures: { 500: 100 } };
  await addWindow(other.ctx, suffering);
  const done = await runBeside(set, { latenciesMs: Array(100).fill(20), failures: { 400: 50 } });
  expect(done).toMatchObject({ state: "done", message: null, steps: [{ requestsPerSecond: 20 }] });
}, 60_000);
