import { spawn } from "node:child_process";
import { randomUUID } from "node:crypto";
import { once } from "node:events";
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { eq } from "drizzle-orm";
import { afterAll, expect, onTestFinished, test, vi } from "vitest";
import { predictions, servingWindows } from "#db/schema/index.ts";
import { freshDatabase } from "#db/testing.ts";
import { dayMs, minuteMs } from "#server/base/durations.ts";
import { newWorkspace } from "#server/testing/testing.ts";
import { openFeatureStates } from "#server/watch/monitoring/collect/open-feature-states.ts";
import { createEndpoint } from "../endpoints/create-endpoint.ts";
import type { LoggedPrediction } from "../predictions/logged-prediction.ts";
import { Telemetry } from "./telemetry.ts";
import { WindowSpool } from "./window-spool.ts";

const { db, url } = await freshDatabase();
const root = mkdtempSync(join(tmpdir(), "leeway-poison-"));
afterAll(() => rmSync(root, { recursive: true }));

const ctx = await newWorkspace(db);
const { id: endpointId } = await createEndpoint(ctx, { name: "digits" });
const newKey = () => ({
  workspaceId: ctx.actor.workspaceId,
  endpointId,
  versionId: randomUUID(),
  arm: "stable" as const,
  provider: "cpu",
});
const ok = { status: 200, rows: 1, latencyMs: 12, queueMs: 1, computeMs: 10 };
const start = 1_700_000_000_000;
const windowsOf = (versionId: string) =>
  db.select().from(servingWindows).where(eq(servingWindows.versionId, versionId)).orderBy(servingWindows.windowStart);
const options = (name: string) => ({
  db,
  folder: join(root, name),
  flushSeconds: 3600,
  openStates: openFeatureStates,
  served: () => [],
});

test("stores all counts but those that Postgres rejects, which are set aside once their window is over", async () => {
  const folder = join(root, "rejected");
  let now = start;
  const spool = new WindowSpool(folder, "rejected", { now: () => now, machine: "m1" });
  const [good, other] = [newKey(), newKey()];
  for (const key of [good, { ...newKey(), versionId: "no uuid" }, other]) await spool.add(key, ok);
  await spool.flush(db);
  expect(await windowsOf(good.versionId)).toMatchObject([{ requests: 1, machine: "m1" }]);
  now += 10_000;
  await spool.add(good, ok);
  await spool.flush(db);
  expect(spool.isEmpty).toBe(true);
  expect(spool.dropped).toBe(1);
  expect(readFileSync(join(folder, "aside", `${start}.log`), "utf8")).toContain("no uuid");
  expect(await windowsOf(other.versionId)).toMatchObject([{ requests: 1 }]);
  expect(await windowsOf(good.versionId)).toHaveLength(2);
});

test("keeps the machine that counted a window, although the gateway has another name when it stores it", async () => {
  const folder = join(root, "machine");
  const key = newKey();
  const spool = new WindowSpool(folder, "machine", { now: () => start, machine: "before" });
  await spool.add(key, ok);
  await spool.flush(db);
  spool.close();
  const next = new WindowSpool(folder, "machine", { now: () => start + 5000, machine: "after" });
  await next.add(key, ok);
  await next.flush(db);
  expect(await windowsOf(key.versionId)).toMatchObject([{ requests: 2, machine: "before" }]);
});

test("stores windows and predictions despite states that cannot be read, and starts despite them", async () => {
  const states = join(root, "states", "0", "states");
  mkdirSync(states, { recursive: true });
  const minute = Math.floor(Date.now() / minuteMs) * minuteMs;
  for (const at of [minute - 2 * minuteMs, minute])
    writeFileSync(join(states, `${at}.states`), "\u00ff\u00ff no states");
  const telemetry = new Telemetry(options("states"));
  const key = newKey();
  const sampled = { ...logged(key), loggedReason: "sampled" as const };
  telemetry.keep(sampled);
  await telemetry.observe(key, ok);
  await telemetry.flush();
  expect(telemetry.state.behindSeconds).toBe(0);
  expect(await windowsOf(key.versionId)).toMatchObject([{ requests: 1, sampled: 1 }]);
  expect(await db.$count(predictions, eq(predictions.id, sampled.id))).toBe(1);
  expect(readdirSync(join(states, "aside")).sort()).toEqual([`${minute - 2 * minuteMs}.states`, `${minute}.states`]);
  await telemetry.close();
});

test("counts in the database's time once it has responded, whatever the clock of the machine says", async () => {
  const real = Date.now();
  const clock = vi.spyOn(Date, "now").mockReturnValue(real + dayMs);
  onTestFinished(() => clock.mockRestore());
  const telemetry = new Telemetry(options("ahead"));
  const key = newKey();
  await telemetry.observe(key, ok);
  await telemetry.flush();
  for (let request = 0; request < 3; request += 1) await telemetry.observe(key, ok);
  const kept = { ...logged(key), at: new Date(Date.now()).toISOString() };
  telemetry.keep(kept);
  await telemetry.flush();
  const [row] = await db.select().from(predictions).where(eq(predictions.id, kept.id));
  expect(Math.abs((row?.at.getTime() ?? 0) - real)).toBeLessThan(minuteMs);
  await telemetry.close();
  const rows = await windowsOf(key.versionId);
  const [ahead, ...right] = rows.toReversed();
  expect(ahead).toMatchObject({ requests: 1, gatewayId: telemetry.gatewayId });
  expect(right.reduce((sum, { requests }) => sum + requests, 0)).toBe(3);
  expect(rows[0]?.gatewayId).toBe(`${telemetry.gatewayId}~1`);
  expect(Math.abs((rows[0]?.windowStart.getTime() ?? 0) - real)).toBeLessThan(minuteMs);
});

test("takes over the spool of a gateway that dies later, without a restart", async () => {
  const first = new Telemetry(options("later"));
  const script = `import { WindowSpool } from ${urlOf("./window-spool.ts")};
    import { claimSlot } from ${urlOf("./slot.ts")};
    const slot = claimSlot(${JSON.stringify(join(root, "later"))});
    const key = JSON.parse(process.argv.at(-1));
    const spool = new WindowSpool(slot.folder + "/windows", slot.gatewayId, { now: () => ${start} });
    await spool.add(key, ${JSON.stringify(ok)});
    process.stdout.write(slot.gatewayId + "\\n");
    process.kill(process.pid, "SIGKILL");`;
  const key = newKey();
  const child = spawn(process.execPath, ["--input-type=module", "-e", script, JSON.stringify(key)]);
  const [id] = (await once(child.stdout, "data")) as [Buffer];
  await once(child, "exit");
  const elapsed = vi.spyOn(performance, "now");
  const soon = performance.now() + 6 * minuteMs;
  elapsed.mockReturnValue(soon);
  await first.flush();
  elapsed.mockRestore();
  expect(await windowsOf(key.versionId)).toMatchObject([{ requests: 1, gatewayId: id.toString().trim() }]);
  await first.close();
});

test("counts each confirmed request once in Postgres when gateways are killed at any moment", {
  timeout: 120_000,
}, async () => {
  const folder = join(root, "killed");
  const key = newKey();
  const script = `import { openDatabase } from ${urlOf("../../../db/client.ts")};
    import { WindowSpool } from ${urlOf("./window-spool.ts")};
    const [from, url] = process.argv.slice(-2);
    const { db } = openDatabase(url, { max: 2, name: "killed" });
    let now = Number(from);
    const spool = new WindowSpool(${JSON.stringify(folder)}, "killed", { now: () => now });
    const flushing = (async () => { for (;;) await spool.flush(db); })();
    for (let request = 1; ; request += 1) {
      await spool.add(${JSON.stringify(key)}, ${JSON.stringify(ok)});
      process.stdout.write(now + "\\n");
      if (request % 5 === 0) now += 10_000;
      await new Promise((resolve) => setTimeout(resolve, 1));
    }`;
  let [confirmed, now] = [0, start];
  const killAfter = [1, 4, 9, 23, 42, 68, 95, 130];
  for (const lines of killAfter) {
    const child = spawn(process.execPath, ["--input-type=module", "-e", script, String(now), url], {
      stdio: ["ignore", "pipe", "inherit"],
    });
    const ended = once(child, "exit");
    let seen = 0;
    for await (const line of createInterface(child.stdout)) {
      now = Number(line);
      confirmed += 1;
      seen += 1;
      if (seen === lines) child.kill("SIGKILL");
    }
    await ended;
  }
  const last = new WindowSpool(folder, "killed", { now: () => now });
  await last.flush(db);
  const rows = await windowsOf(key.versionId);
  const counted = rows.reduce((sum, { requests }) => sum + requests, 0);
  // A kill may fall between the count on disk and its confirmation.
  expect(counted).toBeGreaterThanOrEqual(confirmed);
  expect(counted).toBeLessThanOrEqual(confirmed + killAfter.length);
  last.close();
});

function urlOf(name: string): string {
  return JSON.stringify(new URL(name, import.meta.url).href);
}

function logged(key: ReturnType<typeof newKey>): LoggedPrediction {
  return {
    id: randomUUID(),
    ...key,
    at: new Date().toISOString(),
    requestId: randomUUID(),
    status: 200,
    error: null,
    latencyMs: 5,
    parts: null,
    batchRows: null,
    source: "model",
    loggedReason: "failed",
    caller: null,
    traceId: null,
    answer: null,
    outputIndex: null,
    confidence: null,
    pipelineDigest: null,
    cascade: null,
    rollout: null,
    cost: null,
    inputs: null,
    outputs: null,
  };
}
