import { readdirSync, readFileSync } from "node:fs";

export const killKinds = ["program", "wrapper", "both", "machine"] as const;
export type KillKind = (typeof killKinds)[number];

/** Processes of a launch of the local engine. */
export interface LaunchProcesses {
  shell: number;
  wrapper: number;
  /** Forked by the wrapper, parent of the program. */
  guard: number;
  program: number;
  /** Folder of the program's checkpoints. */
  folder: string;
}

/** Finds the processes of a launch by its shell, once its program runs. @param launch folder of the launch */
export function findProcesses(launch: string, script: string): LaunchProcesses | undefined {
  try {
    const shell = Number(readFileSync(`${launch}/run/pid`, "utf8"));
    const children = childrenByParent();
    const wrapper = children.get(shell)?.find((pid) => commandOf(pid).includes("leeway_run.py"));
    const guard = wrapper && children.get(wrapper)?.find((pid) => commandOf(pid).includes("leeway_run.py"));
    const program = guard && children.get(guard)?.find((pid) => commandOf(pid).includes(script));
    if (!program) return undefined;
    const variables = readFileSync(`/proc/${program}/environ`, "utf8").split("\0");
    const folder = variables.find((each) => each.startsWith("LEEWAY_CHECKPOINT_DIR="))?.slice(22);
    return folder ? { shell, wrapper, guard, program, folder } : undefined;
  } catch {
    // One of them ended meanwhile.
    return undefined;
  }
}

/** Kills by SIGKILL what a fault of that kind takes away. */
export function kill({ shell, wrapper, guard, program }: LaunchProcesses, kind: KillKind): void {
  const victims = {
    program: [program],
    wrapper: [wrapper],
    both: [wrapper, program],
    machine: [shell, guard, wrapper, program],
  }[kind];
  for (const pid of victims) process.kill(pid, "SIGKILL");
}

export function isAlive(pid: number): boolean {
  try {
    return !readFileSync(`/proc/${pid}/stat`, "utf8").includes(") Z ");
  } catch {
    return false;
  }
}

function childrenByParent(): Map<number, number[]> {
  const children = new Map<number, number[]>();
  for (const name of readdirSync("/proc")) {
    const pid = Number(name);
    if (Number.isNaN(pid)) continue;
    const parent = parentOf(pid);
    if (parent !== undefined) children.set(parent, [...(children.get(parent) ?? []), pid]);
  }
  return children;
}

function parentOf(pid: number): number | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
    return Number(stat.slice(stat.lastIndexOf(")") + 2).split(" ")[1]);
  } catch {
    return undefined;
  }
}

const commandOf = (pid: number) => readFileSync(`/proc/${pid}/cmdline`, "utf8");
