import { execFile } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { expect, onTestFinished, test } from "vitest";

const run = promisify(execFile);

/** Fetches a file with answers one after another: bytes, or the status of a refusal. Prints what came of it, and how many answers were used. */
const program = `
import hashlib, io, json, sys, threading
sys.path.insert(0, sys.argv[1])
import leeway_run
answers, used = json.loads(sys.argv[3]), 0
leeway_run.Backoff.seconds = lambda self: 0
class Answer(io.BytesIO):
    headers = {}
def call(*args, sink, **more):
    global used
    used += 1
    if isinstance(answers[used - 1], int):
        raise leeway_run.Refused(answers[used - 1], {"error_code": "NO"})
    return sink(Answer(answers[used - 1].encode()))
leeway_run.call = call
file = {"path": "a", "sizeBytes": 4, "sha256": hashlib.sha256(b"good").hexdigest()}
print(leeway_run.fetch("http://leeway.test", "", sys.argv[2], file, threading.Event()), used, len(leeway_run.DAMAGED))
`;

test.each([
  ["as it is", ["good"], "True 1 0"],
  ["once more where it has another digest", ["evil", "good"], "True 2 0"],
  ["not a third time", ["evil", "cold", "good"], "False 2 1"],
  ["not where it is not stored", [404], "False 1 0"],
  ["again where a proxy refuses", [403, 413, "good"], "True 3 0"],
])("fetches a file of a checkpoint %s", async (_, answers, outcome) => {
  const folder = await mkdtemp(join(tmpdir(), "leeway-restore-"));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  const env = { ...process.env, PYTHONDONTWRITEBYTECODE: "1" };
  const { stdout } = await run("python3", ["-c", program, import.meta.dirname, folder, JSON.stringify(answers)], {
    env,
  });
  expect(stdout.trim()).toBe(outcome);
});
