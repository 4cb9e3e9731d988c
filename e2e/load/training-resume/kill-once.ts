import { watch } from "node:fs";
import { mkdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import type { Drill } from "./drill-script.ts";
import { type Framework, interval } from "./frameworks.ts";
import { type KeptEntry, keepEntries } from "./keep-entries.ts";
import { findProcesses, isAlive, type KillKind, kill, type LaunchProcesses } from "./processes.ts";
import { stepsIn } from "./read-output.ts";

interface OneKill {
  framework: Framework;
  job: string;
  /** Number of the attempt to kill. */
  attempt: number;
  kind: KillKind;
  /** Whether it is killed while it saves, not at random. */
  savesFirst: boolean;
}

export interface Killed {
  kind: KillKind;
  moment: "at random" | "while it saved";
  step: number;
  lateSteps: number;
  /** What lay in the checkpoint folder then. */
  kept: KeptEntry[];
}

/** Time in which a checkpoint settles and is sent. */
const sendingMs = 5_000;

/**
 * Waits until an attempt has saved once and goes on, and kills it between there and its next checkpoint, or as soon as the files of that appear.
 * @returns undefined where it ended before
 */
export async function killOnce(drill: Drill, one: OneKill): Promise<Killed | undefined> {
  const { framework, job, attempt, kind, savesFirst } = one;
  const witness = join(drill.witness, `killed-attempt-${attempt}`);
  const launch = join(drill.launches, `launch-${job}-${attempt}`);
  const seen: { step: number; at: number }[] = [];
  const random = Math.floor(drill.random() * (interval - 5));
  let processes: LaunchProcesses | undefined;
  for (;;) {
    const steps = stepsIn(await readFile(witness).catch(() => Buffer.alloc(0)));
    const [first, step] = [steps[0], steps.at(-1)];
    if (first !== undefined && step !== undefined) {
      if (seen.at(-1)?.step !== step) seen.push({ step, at: Date.now() });
      processes ??= findProcesses(launch, framework.script);
      if (!processes) return undefined;
      if (!isAlive(processes.program)) return undefined;
      // The first checkpoint of an attempt must have been sent, or three in a row end the job.
      const target = first + interval - 1 + (savesFirst ? interval - 4 : 3 + random);
      if (step >= target) break;
    }
    await pause(25);
  }
  const isSaving = savesFirst && (await untilSaving(processes));
  kill(processes, kind);
  const killedAt = Date.now();
  while (isAlive(processes.program)) await pause(1);
  const copy = join(drill.witness, `folder-${attempt}`);
  await mkdir(copy);
  const kept = keepEntries(processes.folder, copy);
  const step = stepsIn(await readFile(witness)).at(-1) ?? 0;
  const before = seen.findLast(({ at }) => at < killedAt - sendingMs)?.step ?? seen[0]?.step ?? 0;
  return { kind, moment: isSaving ? "while it saved" : "at random", step, lateSteps: step - before, kept };
}

/** Resolves when something in the checkpoint folder changes. @returns whether it did within 20 s, before the program ended */
async function untilSaving({ folder, program }: LaunchProcesses): Promise<boolean> {
  const changed = Promise.withResolvers<boolean>();
  const watcher = watch(folder, { recursive: true }, () => changed.resolve(true));
  const timeout = setTimeout(() => changed.resolve(false), 20_000);
  const ended = setInterval(() => {
    if (!isAlive(program)) changed.resolve(false);
  }, 100);
  const is = await changed.promise;
  watcher.close();
  clearTimeout(timeout);
  clearInterval(ended);
  return is;
}
