import { readFileSync } from "node:fs";

/** A process that allocates a gigabyte a second exceeds its limit by a quarter of one. */
const intervalMs = 250;

interface Watched {
  pid: number;
  maxBytes: number;
  onExceeded(): void;
}

const watched = new Set<Watched>();
let timer: NodeJS.Timeout | undefined;

/**
 * Calls back once when a process holds more than so many bytes of memory. Without /proc, never.
 * @returns a function that ends the watch
 */
export function watchMemory(process: Watched): () => void {
  watched.add(process);
  timer ??= setInterval(check, intervalMs).unref();
  return () => unwatch(process);
}

function check(): void {
  for (const process of watched) {
    if (residentBytes(process.pid) <= process.maxBytes) continue;
    unwatch(process);
    process.onExceeded();
  }
}

function unwatch(process: Watched): void {
  watched.delete(process);
  if (watched.size > 0) return;
  clearInterval(timer);
  timer = undefined;
}

/** 0 for a process that has ended. */
function residentBytes(pid: number): number {
  try {
    const [, kilobytes] = /^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, "utf8")) ?? [];
    return Number(kilobytes ?? 0) * 1024;
  } catch {
    return 0;
  }
}
