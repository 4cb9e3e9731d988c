import { execFile } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { expect, onTestFinished, test } from "vitest";

const run = promisify(execFile);

/** A command prints while the spool is busy; then it ends. Prints what is still in its pipe meanwhile, and what the spool has at the end. */
const program = `
import fcntl, os, struct, sys, termios, time
sys.path.insert(0, sys.argv[1])
import leeway_run
spool = leeway_run.Spool(sys.argv[2])
out, into = os.pipe()
pump = leeway_run.Pump(out, spool)
with spool.lock:
    pump.start()
    os.write(into, b"line 1\\n")
    time.sleep(0.3)
    print(struct.unpack("i", fcntl.ioctl(out, termios.FIONREAD, bytes(4)))[0])
os.write(into, b"line 2\\n")
os.close(into)
pump.join(10)
print(spool.read(0), spool.end, os.path.getsize(spool.path(0)))
`;

test("what a command prints is in its pipe until it is on disk, so that no kill of the wrapper loses it", async () => {
  const folder = await mkdtemp(join(tmpdir(), "leeway-spool-"));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  const env = { ...process.env, LEEWAY_ECHO: "0", PYTHONDONTWRITEBYTECODE: "1" };
  const { stdout } = await run("python3", ["-c", program, import.meta.dirname, folder], { env });
  expect(stdout).toBe("7\n(0, b'line 1\\nline 2\\n') 14 14\n");
});
