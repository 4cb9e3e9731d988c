import { execFile } from "node:child_process";
import { createHash, randomBytes } from "node:crypto";
import { copyFile, mkdtemp, readdir, rm, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { expect, onTestFinished, test, vi } from "vitest";
import { firstToken, isReady, type Leeway, launch, newEnvironment, newRun, soon } from "./leeway.ts";

/** Runs a command as its users do. @returns what it printed */
async function leeway(env: Record<string, string>, ...args: string[]): Promise<string> {
  const options = { env: { ...process.env, NODE_ENV: "production" as const, ...env }, maxBuffer: 2 ** 26 };
  const { stdout, stderr } = await promisify(execFile)(process.execPath, ["server/main.ts", ...args], options);
  return stdout + stderr;
}

interface Written {
  run: string;
  value: number;
  /** SHA-256 of its file. */
  sha256: string;
  acknowledgedAt: number;
}

function headersOf(token: string) {
  return { authorization: `Bearer ${token}`, "content-type": "application/json" };
}

async function post(url: string, token: string, body: object): Promise<void> {
  const response = await fetch(url, { method: "POST", headers: headersOf(token), body: JSON.stringify(body) });
  if (!response.ok) throw new Error(`${url}: ${response.status} ${await response.text()}`);
}

/** Writes a run with a metric and a file, and notes when all of it was acknowledged. */
async function writeRun(to: Leeway, token: string, value: number): Promise<Written> {
  const run = await newRun(to, token);
  await post(`${to.url}/api/2.0/mlflow/runs/log-batch`, token, {
    run_id: run,
    metrics: [{ key: "loss", value, timestamp: Date.now(), step: value }],
    params: [{ key: "batch", value: String(value) }],
  });
  const file = randomBytes(50_000);
  const stored = await fetch(`${to.url}/api/2.0/mlflow-artifacts/artifacts/0/${run}/artifacts/weights.bin`, {
    method: "PUT",
    headers: { authorization: `Bearer ${token}` },
    body: file,
  });
  if (!stored.ok) throw new Error(`The file was not stored: ${stored.status}`);
  return { run, value, sha256: createHash("sha256").update(file).digest("hex"), acknowledgedAt: Date.now() };
}

/** Writes runs until it is stopped. */
function writeSteadily(to: Leeway, token: string) {
  const written: Written[] = [];
  let isStopping = false;
  const writing = (async () => {
    for (let value = 0; !isStopping; value++) written.push(await writeRun(to, token, value));
  })();
  return {
    written,
    stop: async () => {
      isStopping = true;
      await writing;
    },
  };
}

async function isThere(on: Leeway, token: string, { run, value, sha256 }: Written): Promise<boolean> {
  const headers = headersOf(token);
  const response = await fetch(`${on.url}/api/2.0/mlflow/runs/get?run_id=${run}`, { headers });
  if (!response.ok) return false;
  const { run: found } = (await response.json()) as { run: { data: { metrics: { key: string; value: number }[] } } };
  const file = await fetch(`${on.url}/api/2.0/mlflow-artifacts/artifacts/0/${run}/artifacts/weights.bin`, { headers });
  const bytes = Buffer.from(await file.arrayBuffer());
  return found.data.metrics[0]?.value === value && createHash("sha256").update(bytes).digest("hex") === sha256;
}

test("backs up under load, and restores every write that was acknowledged before, paused beside the original", async () => {
  const env = await newEnvironment();
  const original = launch(env);
  await original.running();
  const token = await firstToken(env);
  const folder = await mkdtemp(join(tmpdir(), "leeway-backups-"));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  const load = writeSteadily(original, token);
  await vi.waitFor(() => expect(load.written.length).toBeGreaterThan(10), soon);

  const startedAt = Date.now();
  expect(await leeway(env, "backup", folder)).toContain("Backup of");
  const endedAt = Date.now();
  await vi.waitFor(() => expect(load.written.at(-1)?.acknowledgedAt).toBeGreaterThan(endedAt), soon);
  await load.stop();
  const [name = "", ...others] = await readdir(folder);
  expect(others).toEqual([]);
  const file = join(folder, name);
  expect((await stat(file)).mode & 0o777).toBe(0o600);
  expect(await leeway(env, "backup", "verify", file)).toContain("is complete");

  const other = await newEnvironment();
  await expect(leeway(other, "restore", file)).rejects.toThrow("Choose --live or --paused");
  expect(await leeway(other, "restore", file, "--paused")).toContain("all digests are equal");
  await expect(leeway(other, "restore", file, "--paused")).rejects.toThrow("The database is not empty");
  await expect(leeway(env, "restore", file, "--paused")).rejects.toThrow("another Leeway process");

  // Keys are apart: without the one of the original, its secrets cannot be read.
  const keyless = launch(other);
  await expect(keyless.running()).rejects.toThrow("secrets in the database are encrypted with a key");
  await copyFile(join(env.DATA_DIR as string, "secrets-key"), join(other.DATA_DIR as string, "secrets-key"));
  const restored = launch(other);
  await restored.running();
  expect(await isReady(other)).toBe(true);
  await vi.waitFor(() => expect(restored.output()).toContain("Paused: restored from the backup of"), soon);
  const before = load.written.filter(({ acknowledgedAt }) => acknowledgedAt < startedAt);
  expect(before.length).toBeGreaterThan(10);
  for (const each of before) expect(await isThere(restored, token, each)).toBe(true);

  expect(await leeway(other, "resume")).toContain("Resumed");
  await vi.waitFor(() => expect(restored.output()).toContain('"msg":"worker.started"'), soon);
  await vi.waitFor(async () => expect(await isReady(other)).toBe(true), soon);
  await expect(writeRun(restored, token, 1)).resolves.toBeDefined();
});

test("backs up a Leeway that is stopped, and refuses a folder without one", async () => {
  const env = await newEnvironment();
  const folder = await mkdtemp(join(tmpdir(), "leeway-backups-"));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  const file = join(folder, "backup.tar");
  await expect(leeway(env, "backup", file)).rejects.toThrow("contains no Leeway data");
  expect(await readdir(folder)).toEqual([]);
  const first = launch(env);
  await first.running();
  first.process.kill("SIGTERM");
  await first.ended();
  expect(await leeway(env, "backup", file)).toContain("Leeway is not running here");
  await expect(leeway(env, "backup", file)).rejects.toThrow("a backup never replaces a file");
  await copyFile(file, join(folder, "copy.tar"));
  expect(await leeway(env, "backup", "verify", join(folder, "copy.tar"))).toContain("is complete");
  expect(await readdir(env.DATA_DIR as string)).not.toContain("leeway.lock");
});
