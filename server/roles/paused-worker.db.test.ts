import { expect, test, vi } from "vitest";
import { freePort } from "#db/free-port.ts";
import { freshDatabase } from "#db/testing.ts";
import { readConfig } from "../admin/settings/config.ts";
import { configureLog } from "../base/log.ts";
import { writeRestored } from "../platform/installation-state.ts";
import { startPausedWorker } from "./paused-worker.ts";

configureLog({ role: "test", level: "silent" });
const { db, url } = await freshDatabase();
const [PORT, GATEWAY_PORT, WORKER_PORT] = [await freePort(), await freePort(), await freePort()].map(String);
const config = readConfig({ PORT, GATEWAY_PORT, WORKER_PORT });
const at = new Date().toISOString();

test("starts no worker while the installation is paused, and one when it is resumed", async () => {
  const stop = vi.fn(async () => {});
  const startWorker = vi.fn(async () => ({ stop }));
  expect(await startPausedWorker(config, url, startWorker)).toBeUndefined();

  await writeRestored(db, { restoredAt: at, createdAt: at, isPaused: true });
  const role = await startPausedWorker(config, url, startWorker);
  expect((await fetch(`http://127.0.0.1:${WORKER_PORT}/health/live`)).status).toBe(200);
  expect(startWorker).not.toHaveBeenCalled();
  await writeRestored(db, { restoredAt: at, createdAt: at, isPaused: false });
  await vi.waitFor(() => expect(startWorker).toHaveBeenCalledOnce());
  await role?.stop();
  expect(stop).toHaveBeenCalledOnce();
});

test("stops while it is paused, without a worker", async () => {
  const startWorker = vi.fn(async () => ({ stop: async () => {} }));
  await writeRestored(db, { restoredAt: at, createdAt: at, isPaused: true });
  const role = await startPausedWorker(config, url, startWorker);
  await role?.stop();
  expect(startWorker).not.toHaveBeenCalled();
});
