import { readFileSync } from "node:fs";

/** Of /proc/<pid>/stat on every Linux that Node runs on. */
const ticksPerSecond = 100;

/** Processor time of a process and those below it. */
export function cpuSeconds(pid: number): number {
  return sumOfTree(pid, (one) => {
    const fields = readFileSync(`/proc/${one}/stat`, "utf8")
      .replace(/^.*\) /, "")
      .split(" ");
    return (Number(fields[11]) + Number(fields[12])) / ticksPerSecond;
  });
}

/** Resident memory of a process and those below it, in bytes; what they share counts for each. */
export function residentBytes(pid: number): number {
  return sumOfTree(pid, (one) => {
    const kilobytes = /^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${one}/status`, "utf8"))?.[1];
    return Number(kilobytes ?? 0) * 1024;
  });
}

function sumOfTree(pid: number, read: (pid: number) => number): number {
  try {
    const children = readFileSync(`/proc/${pid}/task/${pid}/children`, "utf8").trim().split(" ").filter(Boolean);
    return children.reduce((sum, child) => sum + sumOfTree(Number(child), read), read(pid));
  } catch (error) {
    // It has ended meanwhile.
    if (error instanceof Error && "code" in error && (error.code === "ENOENT" || error.code === "ESRCH")) return 0;
    throw error;
  }
}
