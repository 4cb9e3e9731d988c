/**
 * Finds out from inside a confined process what it can reach, and reports it to its parent. Arguments: a file of Leeway that it should not
 * be able to read, and a module that it must be able to load.
 */
import { readFileSync } from "node:fs";
import { networkInterfaces } from "node:os";

/** What a confined process can reach. */
export interface ProbeReport {
  /** The environment of Leeway, and with it its memory: the kernel asks for the same right. */
  readsMemory: boolean;
  readsFiles: boolean;
  hasNetwork: boolean;
}

const [, , secret = "", needed = ""] = process.argv;

// What it must be able to do: read the file that it is to handle, in its current folder, and load its program.
readFileSync("probe");
await import(needed);

const report: ProbeReport = {
  readsMemory: canRead(`/proc/${process.ppid}/environ`),
  readsFiles: canRead(secret),
  hasNetwork: Object.keys(networkInterfaces()).length > 0,
};
process.send?.(report);
process.disconnect?.();

function canRead(path: string): boolean {
  try {
    readFileSync(path);
    return true;
  } catch {
    return false;
  }
}
