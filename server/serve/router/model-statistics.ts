import type { ExecutionCounts } from "../pool/execution-counts.ts";
import type { TimeSum, VersionStatistics } from "../telemetry/version-statistics.ts";

/**
 * Builds one entry of `model_stats` (docs/spec/open-inference-protocol.md section 13.3). All numbers are integers, as perf_analyzer
 * requires.
 * @param executions of the version's pool; undefined while it is not loaded
 */
export function modelStatistics(
  name: string,
  version: number,
  statistics: VersionStatistics,
  executions: ExecutionCounts | undefined,
): object {
  return {
    name,
    version: String(version),
    last_inference: statistics.lastInferenceAt,
    inference_count: statistics.inferences,
    execution_count: executions?.executions ?? 0,
    inference_stats: {
      success: onWire(statistics.success),
      fail: onWire(statistics.fail),
      queue: onWire(statistics.queue),
      compute_input: onWire(statistics.computeInput),
      compute_infer: onWire(statistics.computeInfer),
      compute_output: onWire(statistics.computeOutput),
      cache_hit: onWire(statistics.cacheHit),
      cache_miss: onWire(statistics.cacheMiss),
    },
    response_stats: {},
    batch_stats: [...(executions?.bySize ?? [])].map(([size, { executions: count, inputMs, runMs, outputMs }]) => ({
      batch_size: size,
      compute_input: onWire({ count, ms: inputMs }),
      compute_infer: onWire({ count, ms: runMs }),
      compute_output: onWire({ count, ms: outputMs }),
    })),
    memory_usage: [],
  };
}

function onWire({ count, ms }: TimeSum): object {
  return { count, ns: Math.round(ms * 1e6) };
}
