import type { EvidencePoint, GuardrailEvidence } from "#server/serve/rollout/evidence/contract.ts";
import type { GuardrailMetric } from "#server/serve/rollout/plan/contract.ts";
import { highestShown } from "./guardrail-numbers.ts";

/** One moment of the curves, as the page carries it. */
export interface CurvePoint {
  /** Milliseconds since 1970. */
  at: number;
  step: number;
  point: EvidencePoint;
}

/** A logarithm of an e-value at a moment; null breaks the line. */
export interface LogPoint {
  at: number;
  logE: number | null;
}

export interface EvidenceCurve {
  /** Evidence that the new version is no worse; restarts with every step. */
  safe: LogPoint[];
  /** That it is worse. */
  worse: LogPoint[];
}

/** Returns the two curves of a guardrail. A new step breaks the safe curve, because its evidence restarts. */
export function evidenceCurve(points: readonly CurvePoint[], metric: GuardrailMetric): EvidenceCurve {
  const safe: LogPoint[] = [];
  const worse: LogPoint[] = [];
  let step: number | undefined;
  for (const { at, step: ofPoint, point } of points) {
    const own = point.guardrails.find((each) => each.metric === metric);
    if (step !== undefined && step !== ofPoint) safe.push({ at, logE: null });
    step = ofPoint;
    safe.push({ at, logE: own?.safe ?? null });
    worse.push({ at, logE: own?.worse ?? null });
  }
  return { safe, worse };
}

/** Returns when a curve first reaches its threshold, interpolated linearly from the point before; undefined if it never does. */
export function crossing(points: readonly LogPoint[], logThreshold: number): number | undefined {
  const index = points.findIndex(({ logE }) => logE !== null && logE >= logThreshold);
  const [before, found] = [points[index - 1], points[index]];
  if (!found) return undefined;
  if (before?.logE == null || found.logE === null || found.logE === before.logE) return found.at;
  return before.at + ((logThreshold - before.logE) / (found.logE - before.logE)) * (found.at - before.at);
}

/** Returns since when a guardrail is proved no worse: in the step of the last point; undefined if it is not, or was so before only. */
export function provedSince(
  points: readonly CurvePoint[],
  { metric, logSafeThreshold }: GuardrailEvidence,
): number | undefined {
  const step = points.at(-1)?.step;
  const own = evidenceCurve(
    points.filter((each) => each.step === step),
    metric,
  );
  return crossing(own.safe, logSafeThreshold);
}

/** Guardrails that were proved no worse at some time: what was proved in a step is gone from the evidence of the next one. */
export function provedMetrics(
  points: readonly CurvePoint[],
  guardrails: readonly GuardrailEvidence[],
): GuardrailMetric[] {
  return guardrails
    .filter(
      ({ metric, logSafeThreshold }) => crossing(evidenceCurve(points, metric).safe, logSafeThreshold) !== undefined,
    )
    .map(({ metric }) => metric);
}

export interface StepSpan {
  step: number;
  from: number;
  to: number;
  /** Number of units that both arms received during the step; null if a single point is not enough to tell. */
  units: { stable: number; canary: number } | null;
}

/** Computes start and end of each step from the points of the curves; the last step lasts until `end`. */
export function stepSpans(points: readonly CurvePoint[], end: number): StepSpan[] {
  const firsts = points.filter(({ step }, index) => step !== points[index - 1]?.step);
  return firsts.map(({ step, at, point }, index) => {
    const next = firsts[index + 1];
    const last = next ?? points.at(-1);
    const before = index === 0 ? { stable: 0, canary: 0 } : point.units;
    return {
      step,
      from: at,
      to: next?.at ?? end,
      units: last
        ? { stable: last.point.units.stable - before.stable, canary: last.point.units.canary - before.canary }
        : null,
    };
  });
}

/** Returns the units per second of both arms over the newest points that span at least `minMs`; null without two such points. */
export function unitRates(points: readonly CurvePoint[], minMs = 30_000): { stable: number; canary: number } | null {
  const last = points.at(-1);
  const first = last && points.findLast(({ at, step }) => step === last.step && at <= last.at - minMs);
  if (!last || !first) return null;
  const seconds = (last.at - first.at) / 1000;
  return {
    stable: (last.point.units.stable - first.point.units.stable) / seconds,
    canary: (last.point.units.canary - first.point.units.canary) / seconds,
  };
}

const lowestShown = 0.01;

/** Ticks and ends of the logarithmic axis, so that the thresholds are in it. */
export function evidenceAxis(logThresholds: readonly number[]): { low: number; high: number; ticks: number[] } {
  const highest = Math.max(100, ...logThresholds.map(Math.exp));
  const high = Math.min(highestShown, 10 ** Math.ceil(Math.log10(highest * 1.5)));
  return { low: Math.log(lowestShown), high: Math.log(high), ticks: high > 1e4 ? [0.01, 1, 1e4] : [0.01, 1, 100] };
}

/** Returns an SVG path through the points, broken at unknown values. */
export function pathOf(points: readonly LogPoint[], x: (at: number) => number, y: (logE: number) => number): string {
  let open = false;
  return points
    .map(({ at, logE }) => {
      if (logE === null) {
        open = false;
        return "";
      }
      const command = open ? "L" : "M";
      open = true;
      return `${command}${x(at).toFixed(1)} ${y(logE).toFixed(1)}`;
    })
    .join("");
}
