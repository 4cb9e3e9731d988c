/** How a measured quantity was spread over a run. */
export interface Spread {
  mean: number;
  max: number;
  last: number;
  count: number;
}

/** Where the time of a training job goes. What was not logged is null. */
export interface JobSpeed {
  /** Seconds of a step: from a metric that says so, else from the times at which steps were logged. */
  steps: {
    metric: string;
    isMeasured: boolean;
    p50: number;
    p95: number;
    p99: number;
    mean: number;
    count: number;
  } | null;
  /** Seconds in which a step waits for data, and their share of its time. */
  dataWait: { metric: string; p50: number; mean: number; share: number | null } | null;
  /** In per cent and megabytes, by the number of the GPU. */
  gpus: { gpu: number; utilisation: Spread | null; memoryMegabytes: Spread | null; memoryPercent: Spread | null }[];
  cpuPercent: Spread | null;
  memoryMegabytes: Spread | null;
  memoryPercent: Spread | null;
}
