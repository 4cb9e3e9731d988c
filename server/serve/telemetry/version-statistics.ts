import type { PredictionSource } from "../cache/prediction-cache.ts";
import type { PoolResult } from "../pool/waiting-request.ts";

/** Number of requests, and their total time in milliseconds. */
export interface TimeSum {
  count: number;
  ms: number;
}

/** One completed request of a version. */
interface Answered {
  /** HTTP status of the response. */
  status: number;
  /** Reason why it failed, in one word; empty for success. */
  reason: string;
  rows: number;
  latencyMs: number;
  /** Source of the prediction if it was cached, or that of an identical request. */
  sharedBy: PredictionSource | undefined;
  /** Whether the endpoint caches predictions. */
  looksUp: boolean;
  /** Result of the pool; undefined when the request did not reach it or got no prediction there. */
  result: PoolResult | undefined;
}

/**
 * The requests of one version behind one endpoint since it was loaded: the statistics extension
 * (docs/spec/open-inference-protocol.md section 13.3).
 */
export class VersionStatistics {
  /** Milliseconds since 1970; 0 before the first request. */
  lastInferenceAt = 0;
  /** Number of rows run by the model. */
  inferences = 0;
  readonly success: TimeSum = { count: 0, ms: 0 };
  readonly fail: TimeSum = { count: 0, ms: 0 };
  readonly failuresBy = new Map<string, number>();
  readonly queue: TimeSum = { count: 0, ms: 0 };
  /** Building the input tensors, running, taking the outputs apart. A batch's time counts for each request in it. */
  readonly computeInput: TimeSum = { count: 0, ms: 0 };
  readonly computeInfer: TimeSum = { count: 0, ms: 0 };
  readonly computeOutput: TimeSum = { count: 0, ms: 0 };

  readonly cacheHit: TimeSum = { count: 0, ms: 0 };
  readonly cacheMiss: TimeSum = { count: 0, ms: 0 };

  observe({ status, reason, rows, latencyMs, sharedBy, looksUp, result }: Answered, now = Date.now()): void {
    this.lastInferenceAt = now;
    if (status !== 200 || !result) {
      add(this.fail, latencyMs);
      this.failuresBy.set(reason, (this.failuresBy.get(reason) ?? 0) + 1);
      return;
    }
    add(this.success, latencyMs);
    add(this.queue, result.queueMs);
    if (sharedBy) {
      add(this.cacheHit, latencyMs);
      return;
    }
    if (looksUp) add(this.cacheMiss, latencyMs);
    this.inferences += rows;
    add(this.computeInput, result.inputMs);
    add(this.computeInfer, result.runMs);
    add(this.computeOutput, result.outputMs);
  }
}

function add(sum: TimeSum, ms: number): void {
  sum.count += 1;
  sum.ms += ms;
}

/** Statistics of every loaded version; they are dropped when it is unloaded. */
export class StatisticsBook {
  private readonly pages = new WeakMap<object, Map<string, VersionStatistics>>();

  /** Returns the statistics of a version. @param version the loaded object itself: when loaded again, it starts from zero */
  of(version: object, endpointId: string): VersionStatistics {
    const page = this.pages.get(version) ?? new Map<string, VersionStatistics>();
    this.pages.set(version, page);
    const statistics = page.get(endpointId) ?? new VersionStatistics();
    page.set(endpointId, statistics);
    return statistics;
  }
}
