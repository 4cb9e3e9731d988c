import { execFile } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { expect, onTestFinished, test } from "vitest";

const run = promisify(execFile);

/** Prints 100 lines, one each 5 ms, and then a mebibyte at once. Prints what was sent, how often each thread woke, and how long the rest took. */
const program = `
import os, sys, threading, time
sys.path.insert(0, sys.argv[1])
import leeway_run
spool = leeway_run.Spool(sys.argv[2])
sent, woken = [0], {"pump": 0, "sender": 0}
def call(url, token, data, **more):
    if more["headers"].get("Content-Encoding"):
        data = leeway_run.gzip.decompress(data)
    sent[0] += len(data)
    return {"next": sent[0]}
leeway_run.call = call
take, wait = spool.take, spool.more.wait
def counting(name, work):
    def counted(*given):
        woken[name] += 1
        return work(*given)
    return counted
spool.take, spool.more.wait = counting("pump", take), counting("sender", wait)
out, into = os.pipe()
pump = leeway_run.Pump(out, spool)
sender = threading.Thread(target=leeway_run.send_log, args=(spool, "", "", threading.Event()))
pump.start()
sender.start()
for at in range(100):
    os.write(into, b"step %06d\\n" % at)
    time.sleep(0.005)
few = dict(woken)
began = time.monotonic()
block = b"x" * 2**16
for _ in range(16):
    os.write(into, block)
os.close(into)
pump.join()
spool.close()
sender.join()
print(sent[0], few["pump"] < 40, few["sender"] < 10, time.monotonic() - began < 3)
`;

test("a program that prints a line now and then wakes the wrapper seldom, and one that prints much does not wait for that", async () => {
  const folder = await mkdtemp(join(tmpdir(), "leeway-wake-ups-"));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  const env = { ...process.env, LEEWAY_ECHO: "0", PYTHONDONTWRITEBYTECODE: "1" };
  const { stdout } = await run("python3", ["-c", program, import.meta.dirname, folder], { env });
  expect(stdout).toBe(`${1200 + 2 ** 20} True True True\n`);
});
