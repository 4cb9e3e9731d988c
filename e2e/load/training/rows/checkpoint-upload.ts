import { execFile } from "node:child_process";
import { open as openFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { promisify } from "node:util";
import { comparedTo, type Row } from "../../report.ts";
import type { Training } from "../open-training.ts";

const turns = 3;
const megabytes = 1_000;
const waitMs = 60_000;

/**
 * Saves two checkpoints of a gigabyte that no other turn has written: one while it goes on, until the file of its environment is there, and one
 * as its last act. Each is on the disk before it has its name, so that the disk is idle when it is sent.
 */
const program = `
import os, time
folder = os.environ["LEEWAY_CHECKPOINT_DIR"]

def save(name):
    block = os.urandom(10**6 - 16)
    with open(os.path.join(folder, "tmp-save"), "wb") as file:
        for at in range(${megabytes}):
            file.write(b"%016d" % at + block)
        file.flush()
        os.fsync(file.fileno())
    os.replace(os.path.join(folder, "tmp-save"), os.path.join(folder, name))

save("step-1.bin")
while not os.path.exists(os.environ["GO_ON"]):
    time.sleep(0.1)
os.unlink(os.path.join(folder, "step-1.bin"))
save("step-2.bin")
`;

/**
 * Compares the wrapper's upload of a checkpoint with `cp` and a sync of the copy, on the same disk, in turns; the fastest of each counts. Both read
 * a file that is in the page cache, and end when the copy is on the disk. While it arrives, Leeway computes its SHA-256, and compares it with the
 * wrapper's, which that has computed while the files settled, before it may send them. A checkpoint that a program saves as its last act does not
 * settle: there the wrapper's SHA-256 is part of the time. The same goal holds for both.
 */
export async function measure(open: () => Promise<Training>): Promise<Row[]> {
  const training = await open();
  const [copied, sent, last]: [number[], number[], number[]] = [[], [], []];
  for (let turn = 0; turn < turns; turn += 1) await measureTurn(training, { copied, sent, last }, turn);
  const words = (seconds: number[]) => seconds.map((one) => one.toFixed(2)).join(", ");
  console.log(
    `Checkpoint of 1 GB: sent in ${words(sent)} s, at the end in ${words(last)} s, copied in ${words(copied)} s.`,
  );
  const rate = (seconds: number[]) => megabytes / Math.min(...seconds);
  const [name, unit, peer] = ["checkpoint-upload", "MB/s", rate(copied)];
  return [
    comparedTo(peer, { name, unit, leeway: rate(sent) }, "at least", 0.7),
    comparedTo(peer, { name: `${name}, at the end`, unit, leeway: rate(last) }, "at least", 0.7),
  ];
}

type Seconds = Record<"copied" | "sent" | "last", number[]>;

async function measureTurn(training: Training, { copied, sent, last }: Seconds, turn: number): Promise<void> {
  const goOn = join(training.dataFolder, `go-on-${turn}`);
  const { id } = await training.submit(program, { environment: { GO_ON: goOn } });
  try {
    sent.push(await sentSeconds(training, id, "step-1.bin"));
    copied.push(await copyAndRemove(training, id));
  } finally {
    await writeFile(goOn, "");
  }
  await training.finished(id);
  last.push(await sentSeconds(training, id, "step-2.bin"));
  copied.push(await copyAndRemove(training, id));
}

/** Waits for a checkpoint. @returns how long the wrapper took to send it */
async function sentSeconds(training: Training, id: string, name: string): Promise<number> {
  for (const until = Date.now() + waitMs; Date.now() < until; await pause(200)) {
    const found = (await training.checkpoints(id)).find((checkpoint) => checkpoint.name === name);
    if (found?.sentSeconds) return found.sentSeconds;
  }
  throw new Error(`The checkpoint ${name} is not there.`);
}

/** Copies the one file of a job that is in the artifact store, and removes both. @returns the seconds of the copy */
async function copyAndRemove({ dataFolder }: Training, id: string): Promise<number> {
  const { stdout } = await promisify(execFile)("find", [dataFolder, "-path", `*/training/${id}/blobs/*`]);
  const path = stdout.trim();
  if (path === "" || path.includes("\n")) throw new Error("The file of the checkpoint is not alone in the store.");
  const target = join(path, "..", "copy");
  const startedAt = performance.now();
  try {
    await promisify(execFile)("cp", [path, target]);
    const file = await openFile(target, "r+");
    await file.sync().finally(() => file.close());
    return (performance.now() - startedAt) / 1000;
  } finally {
    await rm(target, { force: true });
    await rm(path);
  }
}
