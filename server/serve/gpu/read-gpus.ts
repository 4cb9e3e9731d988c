import { execFile } from "node:child_process";
import { promisify } from "node:util";

/** Reading of one GPU at one time by its driver. Values that the card does not report are null. */
export interface GpuReading {
  /** The driver's own id: "GPU-5f2c…". */
  uuid: string;
  name: string;
  /** Share of the last moment in which the GPU worked, 0 to 1. */
  utilisation: number | null;
  memoryUsedBytes: number | null;
  memoryTotalBytes: number | null;
  powerWatts: number | null;
  powerLimitWatts: number | null;
}

const columns = ["uuid", "utilization.gpu", "memory.used", "memory.total", "power.draw", "power.limit", "name"];
const limitMs = 5_000;

/**
 * Queries NVIDIA's driver through nvidia-smi. @returns undefined when that program is not installed, or not for this user
 * @throws when it exists and fails, as with a driver of another version than the kernel's
 */
export async function readGpus(): Promise<GpuReading[] | undefined> {
  const question = [`--query-gpu=${columns.join(",")}`, "--format=csv,noheader,nounits"];
  try {
    const { stdout } = await promisify(execFile)("nvidia-smi", question, { timeout: limitMs });
    return parseGpus(stdout);
  } catch (error) {
    // EACCES also where a folder of PATH is closed to this user and no other has it.
    const { code } = error as NodeJS.ErrnoException;
    if (code === "ENOENT" || code === "EACCES") return undefined;
    throw error;
  }
}

/**
 * Parses lines of `nvidia-smi --query-gpu --format=csv,noheader,nounits`: percent, MiB, watts; "[N/A]" for values that a card does not
 * report.
 */
export function parseGpus(text: string): GpuReading[] {
  return text.split("\n").flatMap((line) => {
    const [uuid = "", ...rest] = line.split(",").map((cell) => cell.trim());
    if (!uuid.startsWith("GPU-") && !uuid.startsWith("MIG-")) return [];
    const [utilisation, used, total, power, limit] = rest.slice(0, 5).map(numberOf);
    const times = (value: number | null | undefined, factor: number) => (value == null ? null : value * factor);
    return {
      uuid,
      name: rest.slice(5).join(", "),
      utilisation: times(utilisation, 0.01),
      memoryUsedBytes: times(used, 2 ** 20),
      memoryTotalBytes: times(total, 2 ** 20),
      powerWatts: times(power, 1),
      powerLimitWatts: times(limit, 1),
    };
  });
}

function numberOf(cell: string): number | null {
  return /^-?\d+(\.\d+)?$/.test(cell) ? Number(cell) : null;
}
