import { windowStartOf } from "../windows/count-key.ts";
import type { GpuReading } from "./read-gpus.ts";

/** A GPU in one window: sums of what was read, so that windows add up to any span. */
export interface GpuWindow {
  gpu: string;
  name: string;
  /** Milliseconds since 1970. */
  windowStart: number;
  readings: number;
  /** Sum over the readings that contain it; null when none did. */
  utilisationSum: number | null;
  memoryUsedSum: number | null;
  memoryTotalBytes: number | null;
}

/** An hour: without Postgres, readings wait in memory only, since no decision needs them. */
const maxWindows = 360;

/** Readings by GPU and window, until they are stored. */
export class GpuWindows {
  private windows: GpuWindow[] = [];

  add(readings: readonly GpuReading[], now = Date.now()): void {
    const windowStart = windowStartOf(now);
    for (const { uuid, name, utilisation, memoryUsedBytes, memoryTotalBytes } of readings) {
      const window = this.of(uuid, name, windowStart);
      window.readings += 1;
      window.utilisationSum = sum(window.utilisationSum, utilisation);
      window.memoryUsedSum = sum(window.memoryUsedSum, memoryUsedBytes);
      window.memoryTotalBytes = memoryTotalBytes;
    }
  }

  /**
   * Passes all windows to `store`, and retains those that have not ended, to be stored again with more data.
   * @throws what `store` throws
   */
  async flush(store: (windows: readonly GpuWindow[]) => Promise<void>, now = Date.now()): Promise<void> {
    const sent = structuredClone(this.windows);
    if (sent.length === 0) return;
    await store(sent);
    const open = windowStartOf(now);
    const stored = new Set(sent.filter(({ windowStart }) => windowStart < open).map(idOf));
    this.windows = this.windows.filter((window) => !stored.has(idOf(window)));
  }

  private of(gpu: string, name: string, windowStart: number): GpuWindow {
    const known = this.windows.findLast((window) => window.gpu === gpu && window.windowStart === windowStart);
    if (known) return known;
    const none = { utilisationSum: null, memoryUsedSum: null, memoryTotalBytes: null };
    const window: GpuWindow = { gpu, name, windowStart, readings: 0, ...none };
    this.windows = [...this.windows.slice(1 - maxWindows), window];
    return window;
  }
}

function idOf({ gpu, windowStart }: GpuWindow): string {
  return `${gpu} ${windowStart}`;
}

function sum(total: number | null, value: number | null): number | null {
  return value === null ? total : (total ?? 0) + value;
}
