import { spawn } from "node:child_process";
import { once } from "node:events";
import { closeSync, openSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { Row } from "../../report.ts";
import type { Training } from "../open-training.ts";

const turns = 3;
const goalPercent = 1;

/**
 * Trains a logistic regression by gradient descent in plain Python, some ten seconds on a core, and logs a line a step, of which there are about
 * 50 a second. It measures its loop, and where a wrapper stands above it what that and its guard use of the processor meanwhile.
 */
const program = `
import json, math, os, random, sys, time
random.seed(20)
rows = [[random.gauss(0, 1) for _ in range(16)] for _ in range(256)]
weights = [random.gauss(0, 1) for _ in range(16)]
labels = [1 if sum(w * x for w, x in zip(weights, row)) > 0 else 0 for row in rows]
own = [0.0] * 16

def parent(pid):
    with open("/proc/%d/stat" % pid) as file:
        return int(file.read().rsplit(")", 1)[1].split()[1])

guard = os.getppid() if "LEEWAY_JOB_ID" in os.environ else 0
others = [guard, parent(guard)] if guard else []
# The clock of a process's processor time, as clock_getcpuclockid makes its number.
used = lambda: sum(time.clock_gettime((~pid << 3) | 2) for pid in others)
wall, cpu, wrapper = time.monotonic(), time.process_time(), used()
for step in range(int(sys.argv[1])):
    loss = 0.0
    for _ in range(25):
        gradient = [0.0] * 16
        for row, label in zip(rows, labels):
            score = 1 / (1 + math.exp(-max(-30.0, min(30.0, sum(w * x for w, x in zip(own, row))))))
            loss -= math.log(max(1e-9, score if label else 1 - score))
            for at in range(16):
                gradient[at] += (score - label) * row[at]
        own = [w - 0.001 * g for w, g in zip(own, gradient)]
    print("step %d loss %.6f lr 0.001 norm %.6f" % (step, loss / 6400, math.sqrt(sum(w * w for w in own))), flush=True)
print(json.dumps({"wall": time.monotonic() - wall, "cpu": time.process_time() - cpu, "wrapper": used() - wrapper}))
`;
const steps = "500";

interface Loop {
  /** Seconds of the loop, by the clock. */
  wall: number;
  /** Seconds of the processor: of the program, */
  cpu: number;
  /** and of the wrapper and its guard. */
  wrapper: number;
}

/**
 * Compares a training loop under the wrapper on `local` with the same one that prints to a file, both at the priority that `local` gives,
 * in turns; the fastest turn of each counts. The start of the wrapper is not part of the loop, and takes about a second of any job.
 */
export async function measure(open: () => Promise<Training>): Promise<Row[]> {
  const training = await open();
  const bare: Loop[] = [];
  const wrapped: Loop[] = [];
  for (let turn = 0; turn < turns; turn += 1) {
    bare.push(await runBare(training));
    wrapped.push(await runWrapped(training));
  }
  for (const [name, loops] of Object.entries({ bare, wrapped })) {
    const words = loops.map(({ wall, cpu, wrapper }) => `${wall.toFixed(2)} (${(cpu + wrapper).toFixed(2)})`);
    console.log(`Training loop, ${name}: ${words.join(", ")} seconds (of the processor).`);
  }
  const least = (loops: Loop[], of: (loop: Loop) => number) => Math.min(...loops.map(of));
  const more = (of: (loop: Loop) => number) => 100 * (least(wrapped, of) / least(bare, of) - 1);
  return [
    overhead(
      "wrapper-overhead",
      more(({ wall }) => wall),
    ),
    overhead(
      "wrapper-overhead, processor",
      more(({ cpu, wrapper }) => cpu + wrapper),
    ),
  ];
}

function overhead(name: string, percent: number): Row {
  const goal = `at most ${goalPercent} %`;
  return { name, unit: "%", leeway: percent, peer: undefined, goal, ok: percent <= goalPercent };
}

async function runWrapped(training: Training): Promise<Loop> {
  const { id } = await training.submit(program, { command: ["python3", "-c", program, steps] });
  return loopOf((await training.finished(id)).findLast((line) => line !== ""));
}

async function runBare({ dataFolder }: Training): Promise<Loop> {
  const path = join(dataFolder, "bare.log");
  const log = openSync(path, "w");
  const child = spawn("nice", ["-n", "10", "python3", "-c", program, steps], { stdio: ["ignore", log, "inherit"] });
  await once(child, "exit");
  closeSync(log);
  return loopOf(readFileSync(path, "utf8").trimEnd().split("\n").at(-1));
}

function loopOf(line: string | undefined): Loop {
  if (!line?.startsWith("{")) throw new Error(`The training loop printed ${line}.`);
  return JSON.parse(line) as Loop;
}
