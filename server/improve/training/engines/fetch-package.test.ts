import { execFile } from "node:child_process";
import { createHash } from "node:crypto";
import { copyFile, mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { buffer } from "node:stream/consumers";
import { promisify } from "node:util";
import { afterAll, expect, test } from "vitest";
import { ZipFile } from "yazl";
import { startReplayServer } from "#server/testing/fixtures/training/replay-server.ts";

const run = promisify(execFile);
const folder = await mkdtemp(join(tmpdir(), "leeway-fetch-package-"));
const server = await startReplayServer();
afterAll(async () => {
  server.close();
  await rm(folder, { recursive: true, force: true });
});
const programs = join(folder, "programs");
await mkdir(programs);
await copyFile(new URL("fetch_package.py", import.meta.url), join(programs, "fetch_package.py"));
await writeFile(
  join(programs, "leeway_run.py"),
  "import os, sys\nprint(open('data/a.txt').read(), [oct(os.lstat(name).st_mode) for name in ('data/a.txt', 'run.sh', 'as-root', 'link')], sorted(os.listdir('.')))\nsys.exit(9)",
);

const zip = new ZipFile();
zip.addBuffer(Buffer.from("words"), "data/a.txt");
zip.addBuffer(Buffer.from("#!/bin/sh"), "run.sh", { mode: 0o100710 });
zip.addBuffer(Buffer.from("#!/bin/sh"), "as-root", { mode: 0o104755 });
zip.addBuffer(Buffer.from("data/a.txt"), "link", { mode: 0o120644 });
zip.addBuffer(Buffer.from("another"), "leeway_run.py");
zip.end();
const bytes = await buffer(zip.outputStream);
const sha256 = createHash("sha256").update(bytes).digest("hex");

/** Fetches in a new folder. @returns exit code and output */
async function fetchPackage(expected: string): Promise<{ code: number; stdout: string; stderr: string }> {
  const cwd = await mkdtemp(join(folder, "work-"));
  const env = { PATH: process.env.PATH, LEEWAY_URL: server.url, LEEWAY_LAUNCH: "tj-a-1", LEEWAY_LAUNCH_TOKEN: "lwl_a" };
  const options = { cwd, env: env as unknown as NodeJS.ProcessEnv };
  const found = run("python3", [join(programs, "fetch_package.py"), expected], options);
  return found.then(
    ({ stdout, stderr }) => ({ code: 0, stdout, stderr }),
    (error) => error,
  );
}

const refusal = (status: number) => ({ status, content_type: "application/json", body: {} });

test("unpacks the package with the rights of its files, and becomes the wrapper beside it", async () => {
  // What comes in pieces or not at all is fetched again.
  server.answerWith(refusal(503), { status: 200, content_type: "application/zip", raw: bytes });
  const { code, stdout } = await fetchPackage(sha256);
  expect(code).toBe(9);
  expect(stdout).toBe("words ['0o100644', '0o100755', '0o100755', '0o100644'] ['as-root', 'data', 'link', 'run.sh']\n");
  expect(server.received[0]).toMatchObject({
    path: "/api/v1/training/launches/tj-a-1/package",
    headers: { authorization: "Bearer lwl_a" },
  });
});

test("fetches other bytes than expected again, and gives up where Leeway refuses", async () => {
  server.answerWith({ status: 200, content_type: "application/zip", raw: bytes }, refusal(404));
  const { code, stderr } = await fetchPackage("00".repeat(32));
  expect(code).toBe(78);
  expect(stderr).toContain("Leeway does not give the package: HTTP Error 404");
  expect(server.received).toHaveLength(2);
});
