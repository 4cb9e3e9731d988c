import { readFileSync } from "node:fs";

/** Bytes that a process holds by itself, without the code it shares with others; of this process without a number. 0 where /proc is not there. */
export function ownBytes(pid: number | "self" = "self"): number {
  try {
    const [, kilobytes] = /^RssAnon:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, "utf8")) ?? [];
    return Number(kilobytes ?? 0) * 1024;
  } catch {
    return 0;
  }
}
