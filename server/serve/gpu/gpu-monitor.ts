import { log } from "#server/base/log.ts";
import { type GpuWindow, GpuWindows } from "./gpu-windows.ts";
import { type GpuReading, readGpus } from "./read-gpus.ts";

const everyMs = 5_000;

/** Reads the GPUs of this machine every few seconds, if there are any and NVIDIA's program reports them. */
export class GpuMonitor {
  /** The last reading; empty without a GPU, and while the driver does not respond. */
  latest: readonly GpuReading[] = [];
  private readonly windows = new GpuWindows();
  private readonly store: (windows: readonly GpuWindow[]) => Promise<void>;
  private timer: NodeJS.Timeout | undefined;
  private hasFailed = false;
  private isClosed = false;

  constructor(store: (windows: readonly GpuWindow[]) => Promise<void>) {
    this.store = store;
  }

  /** Reads once, and continues reading unless this machine has no such program. */
  async start(): Promise<void> {
    if (!(await this.read()) || this.isClosed) return;
    this.timer = setInterval(() => void this.read(), everyMs);
  }

  close(): void {
    this.isClosed = true;
    clearInterval(this.timer);
  }

  /** Reads the GPUs. @returns whether to continue reading. */
  private async read(): Promise<boolean> {
    try {
      const readings = await readGpus();
      this.latest = readings ?? [];
      this.windows.add(this.latest);
      this.hasFailed = false;
      await this.windows.flush(this.store).catch(() => {});
      return readings !== undefined;
    } catch (cause) {
      this.latest = [];
      if (!this.hasFailed) log.warn("gpus.not_read", { cause });
      this.hasFailed = true;
      return true;
    }
  }
}
