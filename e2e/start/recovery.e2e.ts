import { once } from "node:events";
import { chmod, readdir, readFile, rm, stat } from "node:fs/promises";
import { type IncomingMessage, request } from "node:http";
import { basename, dirname, join } from "node:path";
import { expect, test, vi } from "vitest";
import { roleProcess } from "../load/chaos/faults.ts";
import { exists, firstToken, isReady, launch, newEnvironment, newRun, postgresOf, soon, statusFor } from "./leeway.ts";

test("says where sign-in and token are on the first start, and keeps them and all data when it is stopped or killed", async () => {
  const env = await newEnvironment();
  const first = launch(env);
  await first.running();
  const file = join(env.DATA_DIR as string, "first-sign-in.env");
  expect(first.output()).toContain(`Secrets    ${file}`);
  expect((await stat(file)).mode & 0o077).toBe(0);
  const written = await readFile(file, "utf8");
  expect(written).toMatch(/^EMAIL=admin@leeway\.local\nPASSWORD=\S+\nMLFLOW_TRACKING_TOKEN=\S+$/m);
  for (const [, secret = ""] of written.matchAll(/^(?:PASSWORD|MLFLOW_TRACKING_TOKEN)=(\S+)$/gm)) {
    expect(first.output()).not.toContain(secret);
  }
  expect(first.output()).toContain(`export MLFLOW_TRACKING_URI=http://localhost:${env.PORT}`);
  const token = await firstToken(env);
  expect(await isReady(env)).toBe(true);
  expect(await statusFor(first, token)).toBe(200);
  expect(await statusFor(first, "lw_wrong")).toBe(401);

  first.process.kill("SIGTERM");
  expect(await first.ended()).toBe(0);
  expect(await readdir(env.DATA_DIR as string)).not.toContain("leeway.lock");

  const second = launch(env);
  await second.running();
  expect(second.output()).not.toMatch(/PASSWORD=|TOKEN=|Building/);
  expect(await statusFor(second, token)).toBe(200);
  const postgres = await postgresOf(env);
  second.process.kill("SIGKILL");
  await second.ended();

  // It ends the roles that the killed supervisor left, and takes over immediately.
  const third = launch(env);
  await third.running();
  expect(await statusFor(third, token)).toBe(200);
  expect(exists(postgres)).toBe(false);
});

test("restarts roles and a Postgres that are killed or hang, and rejects a second Leeway on the same folder", async () => {
  const env = await newEnvironment();
  const leeway = launch(env);
  await leeway.running();
  const token = await firstToken(env);
  const processOf = (role: string) => roleProcess(leeway.process.pid ?? 0, role);
  const ready = () => vi.waitFor(async () => expect(await isReady(env)).toBe(true), soon);
  for (const role of ["web", "gateway", "worker"]) {
    const killed = await processOf(role);
    process.kill(killed, "SIGKILL");
    await vi.waitFor(async () => expect(await processOf(role)).not.toBe(killed), soon);
  }
  await ready();
  const postgres = await postgresOf(env);
  process.kill(postgres, "SIGKILL");
  await vi.waitFor(async () => expect(await postgresOf(env)).not.toBe(postgres), soon);
  await ready();
  expect(await statusFor(leeway, token)).toBe(200);

  const hung = await processOf("worker");
  process.kill(hung, "SIGSTOP");
  await vi.waitFor(() => expect(exists(hung)).toBe(false), soon);
  expect(leeway.output()).toMatch(/"child":"worker","silenceMs":\d+,"msg":"role\.unresponsive"/);
  await vi.waitFor(async () => expect(await processOf("worker")).not.toBe(hung), soon);
  await ready();

  const other = await newEnvironment();
  const second = launch({ ...other, DATA_DIR: env.DATA_DIR as string });
  expect(await second.ended()).toBe(1);
  expect(second.output()).toContain(`DATA_DIR: another Leeway process (${leeway.process.pid}`);
  expect(await isReady(env)).toBe(true);
  expect(leeway.process.exitCode).toBeNull();
});

if (process.getuid?.() === 0) {
  test("uses a database folder that the Postgres user can reach if root has a private data folder", async () => {
    const env = await newEnvironment();
    await chmod(dirname(env.DATA_DIR as string), 0o700);
    const leeway = launch(env);
    await leeway.running();
    const where = (await readFile(join(env.DATA_DIR as string, "postgres-place"), "utf8")).trim();
    expect(leeway.output()).toContain(`Using database folder ${where}`);
    leeway.process.kill("SIGTERM");
    expect(await leeway.ended()).toBe(0);
    await rm(dirname(where), { recursive: true });
    const afterLoss = launch(env);
    expect(await afterLoss.ended()).toBe(1);
    expect(afterLoss.output()).toContain(`The database folder ${where} is missing`);
  });
}

test("finishes an upload in progress during shutdown, and accepts no new requests", async () => {
  const env = await newEnvironment();
  const leeway = launch(env);
  await leeway.running();
  const token = await firstToken(env);
  const run = await newRun(leeway, token);
  const upload = request(`${leeway.url}/api/2.0/mlflow-artifacts/artifacts/0/${run}/artifacts/model.bin`, {
    method: "PUT",
    headers: { authorization: `Bearer ${token}`, "content-type": "application/octet-stream" },
  });
  const answered = once(upload, "response");
  await new Promise((resolve) => upload.write("first half, ", resolve));
  // A response to a later request shows that this one's head has been read.
  expect(await statusFor(leeway, token)).toBe(200);
  leeway.process.kill("SIGTERM");
  await vi.waitFor(async () => expect(await statusFor(leeway, token)).toBe(0), soon);
  upload.end("second half");
  const [response] = (await answered) as [IncomingMessage];
  expect(response.statusCode).toBe(200);
  expect(await leeway.ended()).toBe(0);
  const files = await filesIn(env.DATA_DIR as string);
  expect(files.map(({ path }) => basename(path))).toEqual(expect.arrayContaining(["model.bin", "leeway-password"]));
  expect(files.filter(({ mode }) => (mode & 0o077) !== 0)).toEqual([]);
});

/** Lists the files and folders below a folder with their modes. */
async function filesIn(folder: string): Promise<{ path: string; mode: number }[]> {
  const paths = await readdir(folder, { recursive: true });
  return Promise.all(paths.map(async (path) => ({ path, mode: (await stat(join(folder, path))).mode & 0o777 })));
}
