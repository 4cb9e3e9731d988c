import { readFileSync } from "node:fs";

/** Returns the private bytes of a process, without code shared with others; by default of this process. 0 without /proc. */
export function ownBytes(pid: number | "self" = "self"): number {
  try {
    const [, kilobytes] = /^RssAnon:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, "utf8")) ?? [];
    return Number(kilobytes ?? 0) * 1024;
  } catch {
    return 0;
  }
}
