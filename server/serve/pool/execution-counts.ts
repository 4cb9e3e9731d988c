import { HistogramTally } from "#server/base/metrics/tally-histogram.ts";
import type { RunDone } from "./worker-messages.ts";

/** Executions with the same number of rows: how many, and their times in milliseconds. */
export interface SizeCounts {
  executions: number;
  inputMs: number;
  runMs: number;
  outputMs: number;
}

/** Clients choose their batch sizes; further sizes are only included in the sum. */
const maxSizes = 256;

/** Successful executions of one version since it was loaded, by rows per execution. */
export class ExecutionCounts {
  executions = 0;
  /** Rows per execution. */
  readonly rows = new HistogramTally([1, 2, 4, 8, 16, 32, 64]);
  /** Counts by number of rows, in the order in which the numbers were first seen. */
  readonly bySize = new Map<number, SizeCounts>();

  add(rows: number, { inputMs, runMs, outputMs }: Pick<RunDone, "inputMs" | "runMs" | "outputMs">): void {
    this.executions += 1;
    this.rows.observe(rows);
    const known = this.bySize.get(rows);
    if (!known && this.bySize.size >= maxSizes) return;
    const counts = known ?? { executions: 0, inputMs: 0, runMs: 0, outputMs: 0 };
    counts.executions += 1;
    counts.inputMs += inputMs;
    counts.runMs += runMs;
    counts.outputMs += outputMs;
    this.bySize.set(rows, counts);
  }
}
