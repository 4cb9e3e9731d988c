import { readdirSync, readFileSync } from "node:fs";

/** Clock ticks per second in /proc/<pid>/stat on every Linux that Node runs on. */
const ticksPerSecond = 100;

/** Returns the processor time of a process and its descendants. */
export function cpuSeconds(pid: number): number {
  return sumOfTree(pid, (one) => {
    const fields = statFields(one);
    return (Number(fields[11]) + Number(fields[12])) / ticksPerSecond;
  });
}

/** Returns a process's processor time in nanoseconds, because ticks are too coarse: of its first thread, and of all current ones. */
export function cpuNanoseconds(pid: number): { first: number; all: number } {
  const threads = readdirSync(`/proc/${pid}/task`).map((thread) => {
    const [ran] = readFileSync(`/proc/${pid}/task/${thread}/schedstat`, "utf8").split(" ");
    return { thread, nanoseconds: Number(ran) };
  });
  const first = threads.find(({ thread }) => thread === String(pid))?.nanoseconds ?? 0;
  return { first, all: threads.reduce((sum, { nanoseconds }) => sum + nanoseconds, 0) };
}

/**
 * Returns the resident memory of a process and its descendants, in bytes; shared memory counts for each.
 * @param fromSeconds minimum age of the descendants that count
 */
export function residentBytes(pid: number, fromSeconds: number): number {
  return sumOfTree(pid, (one) => {
    if (one !== pid && ageSeconds(one) < fromSeconds) return 0;
    const kilobytes = /^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${one}/status`, "utf8"))?.[1];
    return Number(kilobytes ?? 0) * 1024;
  });
}

function ageSeconds(pid: number): number {
  const [uptime] = readFileSync("/proc/uptime", "utf8").split(" ");
  return Number(uptime) - Number(statFields(pid)[19]) / ticksPerSecond;
}

/** Returns the fields of /proc/<pid>/stat from the third on: the second is a name that may contain anything. */
function statFields(pid: number): string[] {
  return readFileSync(`/proc/${pid}/stat`, "utf8")
    .replace(/^.*\) /, "")
    .split(" ");
}

function sumOfTree(pid: number, read: (pid: number) => number): number {
  try {
    const children = readFileSync(`/proc/${pid}/task/${pid}/children`, "utf8").trim().split(" ").filter(Boolean);
    return children.reduce((sum, child) => sum + sumOfTree(Number(child), read), read(pid));
  } catch (error) {
    // The process has ended meanwhile.
    if (error instanceof Error && "code" in error && (error.code === "ENOENT" || error.code === "ESRCH")) return 0;
    throw error;
  }
}
