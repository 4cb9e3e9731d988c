import type { Prediction } from "./inference-load.ts";
import type { Verified } from "./verify.ts";

/** Time range of the test with at most one fault in it. */
export interface Phase {
  name: string;
  /** Milliseconds since 1970. */
  from: number;
  to: number;
  /** Until the role was ready, or until writes were stored again. */
  recoveryMs: number | undefined;
}

interface Findings {
  phases: readonly Phase[];
  predictions: readonly Prediction[];
  acknowledgements: number;
  writes: readonly Verified[];
  telemetry: { windows: number; windowsLost: number; requestsLost: number };
}

/** Prints a table by phase and, as the last line, the findings as JSON. @returns whether every requirement was met. */
export function report({ phases, predictions, acknowledgements, writes, telemetry }: Findings): boolean {
  const rows = phases.map((phase) => {
    const made = predictions.filter(({ at }) => at >= phase.from && at < phase.to);
    const failed = made.filter(({ status }) => status !== 200);
    const slowest = made.reduce((most, { latencyMs }) => Math.max(most, latencyMs), 0);
    return {
      phase: phase.name,
      recoveryMs: phase.recoveryMs ?? null,
      predictions: made.length,
      failed: failed.length,
      statuses: [...new Set(failed.map(({ status }) => status))],
      slowestMs: slowest,
    };
  });
  console.table(rows.map((row) => ({ ...row, statuses: row.statuses.join(" ") })));
  // A killed gateway loses its own requests; running several gateways behind a load balancer addresses that.
  const failedWithGateway = rows
    .filter(({ phase }) => !phase.includes("gateway"))
    .reduce((sum, row) => sum + row.failed, 0);
  const sum = (read: (one: Verified) => number) => writes.reduce((total, one) => total + read(one), 0);
  const lost = { points: sum(({ pointsLost }) => pointsLost), artifacts: sum(({ artifactsLost }) => artifactsLost) };
  const pointsTwice = sum((one) => one.pointsTwice);
  const result = {
    acknowledgedWrites: acknowledgements,
    acknowledgedPoints: sum(({ pointsAcknowledged }) => pointsAcknowledged),
    acknowledgedPointsLost: lost.points,
    pointsStoredTwice: pointsTwice,
    acknowledgedArtifactsLost: lost.artifacts,
    predictions: predictions.length,
    predictionsFailedWhileGatewayWasUp: failedWithGateway,
    telemetryWindows: telemetry.windows,
    telemetryWindowsLost: telemetry.windowsLost,
    answeredPredictionsNotCounted: telemetry.requestsLost,
  };
  console.table(result);
  console.log(JSON.stringify({ chaos: result, phases: rows }));
  const isRetained = lost.points === 0 && lost.artifacts === 0 && pointsTwice === 0;
  return isRetained && failedWithGateway === 0 && telemetry.windowsLost === 0;
}
