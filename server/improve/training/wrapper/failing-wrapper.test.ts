import { execFile } from "node:child_process";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { promisify } from "node:util";
import { expect, onTestFinished, test } from "vitest";

const run = promisify(execFile);

/** A wrapper whose machine gives it no thread once its command runs. What it and its guard say to Leeway goes into a file. */
const program = `
import json, os, sys, time
sys.path.insert(0, sys.argv[1])
import leeway_run
folder = sys.argv[2]
pid = os.path.join(folder, "pid")
def call(url, token, body=None, **more):
    with open(os.path.join(folder, "calls"), "a") as file:
        file.write("%s %s\\n" % (url.rsplit("/", 1)[1].split("?")[0], (body or {}).get("signal")))
    if url.endswith("/start"):
        command = ["sh", "-c", "echo $$ > %s; exec sleep 60" % pid]
        return {"jobId": "tj-a", "attempt": 1, "token": "lwa_a", "seed": 1, "graceSeconds": 30, "command": command}
    return {}
leeway_run.call = call
def start(self):
    while not (os.path.exists(pid) and os.path.getsize(pid)):
        time.sleep(0.02)
    raise RuntimeError("can't start new thread")
leeway_run.Checkpoints.start = start
leeway_run.main()
`;

const read = (...path: string[]) => readFile(join(...path), "utf8").catch(() => "");
const isThere = async (pid: number) => /^State:\s+[^Z]/m.test(await read("/proc", String(pid), "status"));

test("a wrapper that fails while its command runs leaves the end to its guard, which kills it and reports that", async () => {
  const folder = await mkdtemp(join(tmpdir(), "leeway-failing-"));
  const env = {
    ...process.env,
    LEEWAY_URL: "http://leeway.test",
    LEEWAY_LAUNCH: "tj-a-1",
    LEEWAY_LAUNCH_TOKEN: "lwl_a",
    LEEWAY_STATE_DIR: join(folder, "state"),
    PYTHONDONTWRITEBYTECODE: "1",
  };
  const failed = await run("python3", ["-c", program, import.meta.dirname, folder], { env }).catch((error) => error);
  const pid = Number(await read(folder, "pid"));
  onTestFinished(async () => {
    if (await isThere(pid)) process.kill(pid, "SIGKILL");
    await rm(folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 });
  });
  expect(failed).toMatchObject({ code: 1, stderr: expect.stringContaining("can't start new thread") });
  const until = performance.now() + 4_000;
  const isReported = async () => (await read(folder, "calls")).includes("end SIGKILL\n");
  while (!(await isReported()) && performance.now() < until) await pause(20);
  expect(await isReported()).toBe(true);
  expect(await isThere(pid)).toBe(false);
});
