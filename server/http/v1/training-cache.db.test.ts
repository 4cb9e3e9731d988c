import { execFile } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import Fastify from "fastify";
import { afterAll, expect, test } from "vitest";
import { freshDatabase } from "#db/testing.ts";
import type { Context } from "#server/base/context.ts";
import { configureLog } from "#server/base/log.ts";
import type { WebDependencies } from "#server/http/server.ts";
import { listTrainingCache } from "#server/improve/training/cache/queries.ts";
import { openLocalStore } from "#server/platform/artifacts/local-store.ts";
import { contextOfToken } from "#server/platform/identity/tokens/identify-token.ts";
import { launchJob, newTrainingJob, startAttempt } from "#server/testing/fixtures/training/testing.ts";
import { newWorkspace } from "#server/testing/testing.ts";
import { v1Plugin } from "./plugin.ts";

configureLog({ role: "test", level: "silent" });
const { db } = await freshDatabase();
const folder = mkdtempSync(join(tmpdir(), "leeway-cache-http-"));
const app = Fastify();
const dependencies = {
  db,
  artifacts: await openLocalStore(join(folder, "artifacts")),
  config: { publicUrl: "http://leeway.test", maxUploadBytes: 100_000, engines: {}, notifications: { rules: {} } },
  authenticate: ({ headers }: { headers: { authorization?: string } }) =>
    contextOfToken(db, headers.authorization?.split(" ")[1] ?? ""),
} as unknown as WebDependencies;
await app.register((scope) => v1Plugin(scope, dependencies), { prefix: "/api/v1" });
await app.listen({ port: 0, host: "127.0.0.1" });
const url = `http://127.0.0.1:${(app.server.address() as AddressInfo).port}`;
afterAll(async () => {
  await app.close();
  rmSync(folder, { recursive: true, force: true });
});

const wrapperFolder = fileURLToPath(new URL("../../improve/training/wrapper", import.meta.url));
const script = join(folder, "train.py");
writeFileSync(
  script,
  `import os, sys
from leeway_run import cached

def make(folder):
    os.makedirs(os.path.join(folder, "part"))
    with open(os.path.join(folder, "part", "a.txt"), "w") as file:
        file.write("made by " + os.environ["LEEWAY_JOB_ID"])
    if "fail" in sys.argv:
        raise ValueError("no data")
    print("made")

folder = cached("prepare", make, parameters={"length": int(sys.argv[1])}, inputs=["d1"])
print(open(os.path.join(folder, "part", "a.txt")).read())
`,
);

/** Runs the program of a new job. */
async function runProgram(ctx: Context, ...more: string[]) {
  const { id } = await newTrainingJob(ctx);
  const { environment } = await startAttempt(ctx, await launchJob(ctx, id));
  const env = {
    NODE_ENV: "test" as const,
    PATH: process.env.PATH ?? "",
    PYTHONPATH: wrapperFolder,
    PYTHONDONTWRITEBYTECODE: "1",
    TMPDIR: folder,
    LEEWAY_JOB_ID: id,
    ...environment,
    MLFLOW_TRACKING_URI: url,
  };
  const { stdout, stderr } = await promisify(execFile)("python3", [script, ...more], { env, timeout: 60_000 });
  return { id, lines: stdout.trim().split("\n"), stderr };
}

test("a program asks for a result in one line, and the next one gets its files", async () => {
  const ctx = await newWorkspace(db);
  const first = await runProgram(ctx, "128");
  expect(first.lines).toEqual(["made", `made by ${first.id}`]);
  const second = await runProgram(ctx, "128");
  expect(second.lines).toEqual([`made by ${first.id}`]);
  expect(second.stderr).toContain(`prepare is from job ${first.id}`);
  const other = await runProgram(ctx, "256");
  expect(other.lines).toEqual(["made", `made by ${other.id}`]);
  expect((await listTrainingCache(ctx)).map(({ uses }) => uses).toSorted()).toEqual([0, 1]);
});

test("a failure of the program is its own, and nothing of it is kept", async () => {
  const ctx = await newWorkspace(db);
  await expect(runProgram(ctx, "128", "fail")).rejects.toThrow("no data");
  expect(await listTrainingCache(ctx)).toEqual([]);
  expect((await runProgram(ctx, "128")).lines[0]).toBe("made");
});
