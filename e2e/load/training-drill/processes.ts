import { readdir, readFile } from "node:fs/promises";

export interface Found {
  pid: number;
  parent: number;
  command: string;
  environment: string;
}

/** Every process of this machine that can be read, with its environment as it began. */
async function allProcesses(): Promise<Found[]> {
  const names = (await readdir("/proc")).filter((name) => /^\d+$/.test(name));
  const found = await Promise.all(names.map((name) => readProcess(Number(name)).catch(() => undefined)));
  return found.flatMap((one) => one ?? []);
}

async function readProcess(pid: number): Promise<Found | undefined> {
  const read = (file: string) => readFile(`/proc/${pid}/${file}`, "utf8");
  const [stat, command, environment] = await Promise.all([read("stat"), read("cmdline"), read("environ")]);
  // The name of a program, in parentheses, may have spaces.
  const [state, parent] = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  if (state === "Z") return undefined;
  return { pid, parent: Number(parent), command: command.replaceAll("\0", " ").trim(), environment };
}

/** Processes whose environment has a mark, and all that they have started. */
export async function family(mark: string): Promise<Found[]> {
  const all = await allProcesses();
  const own = new Map(all.filter(({ environment }) => environment.includes(mark)).map((one) => [one.pid, one]));
  for (let size = -1; size !== own.size; ) {
    size = own.size;
    for (const one of all) if (own.has(one.parent)) own.set(one.pid, one);
  }
  return [...own.values()];
}

/** Sends a signal to processes, of which some may have ended meanwhile. */
export function signal(pids: readonly number[], name: NodeJS.Signals): void {
  for (const pid of pids) {
    try {
      process.kill(pid, name);
    } catch {
      // It has ended.
    }
  }
}
