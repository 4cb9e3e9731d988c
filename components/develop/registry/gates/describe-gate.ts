import { formatNumber, formatPercent, noValue } from "#components/ui/format.ts";
import type { State } from "#components/ui/status-shape.tsx";
import type { Checklist, GateLine, GateRun, GateStatus } from "#server/develop/registry/gates/contract.ts";

/** Icon and label of each gate state. */
export const gateStatusLabels: Record<GateStatus, { state: State; word: string }> = {
  passed: { state: "on-target", word: "Passed" },
  failed: { state: "missed", word: "Failed" },
  pending: { state: "no-data", word: "Inconclusive" },
  waived: { state: "watch", word: "Passed with waiver" },
  stale: { state: "not-started", word: "Rerun required" },
  "not-run": { state: "not-started", word: "Not run" },
};

/** Describes the result of a gate below its name: the measured value and the limit, or what is missing. */
export function describeGate({ standing: status, run, waiver }: Pick<GateLine, "standing" | "run" | "waiver">): string {
  if (!run) return "Not evaluated yet.";
  if (status === "stale") return `${run.words}. The champion or the policy has changed since.`;
  return waiver ? `${run.words}; accepted: ${waiver.reason}` : run.words;
}

/** Returns the icon and label of a complete checklist: "2 of 3 passed". Waived gates count as passed, but with the warning icon. */
export function progressOf(lines: readonly Pick<GateLine, "standing">[]): { state: State; words: string } {
  const count = (...gateStatuses: GateStatus[]) =>
    lines.filter(({ standing: status }) => gateStatuses.includes(status)).length;
  if (lines.every(({ standing: status }) => status === "not-run")) return { state: "not-started", words: "not run" };
  const words = `${count("passed", "waived")} of ${lines.length} passed`;
  if (count("failed") > 0) return { state: "missed", words };
  if (count("pending") > 0) return { state: "no-data", words };
  if (count("stale", "not-run") > 0) return { state: "not-started", words };
  return { state: count("waived") > 0 ? "watch" : "on-target", words };
}

export interface Bullet {
  /** Positions on the scale, 0 to 1. */
  limit: number;
  value: number;
  interval: { low: number; high: number } | null;
  /** The side of the limit on which the value has to be. */
  allowed: "left" | "right";
}

/** Computes the positions of limit, value and interval on the gate's own scale; undefined for a gate without a number. */
export function bulletOf(run: Pick<GateRun, "measured" | "limit" | "evidence"> | null): Bullet | undefined {
  if (!run || run.measured === null || run.limit === null || run.evidence.better === null) return undefined;
  const { measured, limit, evidence } = run;
  const points = [measured, limit, ...(evidence.interval ? [evidence.interval.low, evidence.interval.high] : [])];
  const [least, most] = [Math.min(...points), Math.max(...points)];
  const margin = (most - least) * 0.4 || Math.abs(limit) * 0.1 || 1;
  const position = (value: number) => (value - least + margin) / (most - least + 2 * margin);
  return {
    limit: position(limit),
    value: position(measured),
    interval: evidence.interval && { low: position(evidence.interval.low), high: position(evidence.interval.high) },
    allowed: evidence.better === "higher" ? "right" : "left",
  };
}

const maxMeasures = 3;

/** Returns the first few metric gates of the first checklist, as columns of a table. */
export function measuresOf(checklists: readonly Checklist[]): Pick<GateLine, "gate" | "title">[] {
  const lines = checklists[0]?.gates ?? [];
  return lines.filter(({ setting }) => setting.kind === "metric").slice(0, maxMeasures);
}

/** Formats the measured value of a gate for a table cell: "96.8%". */
export function describeMeasure(line: Pick<GateLine, "run"> | undefined): string {
  const { measured = null, evidence } = line?.run ?? {};
  if (measured === null) return noValue;
  return evidence?.scale === "proportion" ? formatPercent(measured, { decimals: 1 }) : formatNumber(measured);
}
