import { execFile } from "node:child_process";
import { open as openFile, rm } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { comparedTo, type Row } from "../../report.ts";
import type { Training } from "../open-training.ts";

const turns = 3;
const megabytes = 1_000;

/**
 * Saves a checkpoint of a gigabyte, which no other turn has written, as its last act. So the wrapper has not hashed it yet while it settled: what
 * is measured has everything.
 */
const program = `
import os, sys, time
block = os.urandom(10**6 - 16)
path = os.path.join(os.environ["LEEWAY_CHECKPOINT_DIR"], "tmp-save")
with open(path, "wb") as file:
    for at in range(${megabytes}):
        file.write(b"%016d" % at + block)
    file.flush()
    os.fsync(file.fileno())
os.replace(path, os.path.join(os.path.dirname(path), "step-1.bin"))
`;

/**
 * Compares the wrapper's upload of a new checkpoint with `cp` and a sync of the copy, on the same disk, in turns; the fastest of each counts.
 * Both read a file that is in the page cache, and end when the copy is on the disk. The upload computes its SHA-256 as well, twice: the wrapper's
 * names the file, and the server's checks what arrived.
 */
export async function measure(open: () => Promise<Training>): Promise<Row[]> {
  const training = await open();
  const [copied, sent]: [number[], number[]] = [[], []];
  for (let turn = 0; turn < turns; turn += 1) {
    const { seconds, path } = await upload(training);
    sent.push(seconds);
    try {
      copied.push(await copy(path));
    } finally {
      await rm(path);
    }
  }
  const words = (seconds: number[]) => seconds.map((one) => one.toFixed(2)).join(", ");
  console.log(`Checkpoint of 1 GB: sent in ${words(sent)} s, copied in ${words(copied)} s.`);
  const rate = (seconds: number[]) => megabytes / Math.min(...seconds);
  const numbers = { name: "checkpoint-upload", unit: "MB/s", leeway: rate(sent) };
  return [comparedTo(rate(copied), numbers, "at least", 0.7)];
}

/** Lets a job save a checkpoint. @returns how long the wrapper took to hash and send it, and where Leeway has it */
async function upload(training: Training): Promise<{ seconds: number; path: string }> {
  const { id } = await training.submit(program);
  await training.finished(id);
  const [checkpoint] = await training.checkpoints(id);
  if (!checkpoint?.sentSeconds) throw new Error("The checkpoint is not there.");
  const { stdout } = await promisify(execFile)("find", [training.dataFolder, "-path", `*/training/${id}/blobs/*`]);
  const path = stdout.trim();
  if (path === "" || path.includes("\n")) throw new Error("The file of the checkpoint is not alone in the store.");
  return { seconds: checkpoint.sentSeconds, path };
}

async function copy(path: string): Promise<number> {
  const target = join(path, "..", "copy");
  const startedAt = performance.now();
  try {
    await promisify(execFile)("cp", [path, target]);
    const file = await openFile(target, "r+");
    await file.sync().finally(() => file.close());
    return (performance.now() - startedAt) / 1000;
  } finally {
    await rm(target, { force: true });
  }
}
