import type { Run } from "../runs/contract.ts";
import { findingKinds } from "./constants.ts";
import { detectDiverging } from "./detect-diverging.ts";
import { detectExploding } from "./detect-exploding.ts";
import { detectNoNumber } from "./detect-no-number.ts";
import { detectPlateau } from "./detect-plateau.ts";
import { detectSilence, detectStalled, silenceLimitMs } from "./detect-silence.ts";
import type { Course, Detected } from "./detected.ts";
import type { Thresholds } from "./thresholds.ts";
import { isLoss, isNorm } from "./watched-metrics.ts";

interface Diagnosis {
  /** Findings, at most one of each kind. */
  findings: Detected[];
  /** Time of the next check if the run continues to write nothing; null when it has ended or is stale. */
  dueAt: number | null;
}

/**
 * Detects all current problems of a run.
 * @param courses curves of its losses and norms, and of metrics that are currently NaN.
 * @param open findings that are stored as open.
 */
export function diagnose(
  run: Pick<Run, "status" | "updatedAt" | "metrics">,
  courses: readonly Course[],
  { thresholds, open, now }: { thresholds: Thresholds; open: readonly Pick<Detected, "kind" | "step">[]; now: number },
): Diagnosis {
  const isRunning = run.status === "RUNNING";
  const limitMs = silenceLimitMs(courses, thresholds);
  const explodedAt = open.find(({ kind }) => kind === "exploding")?.step;
  const losses = courses.filter(({ key }) => isLoss(key));
  const norms = courses.filter(({ key }) => isNorm(key));
  const found = [
    ...detectNoNumber(courses),
    ...norms.map((course) => detectExploding(course, thresholds, explodedAt)),
    ...losses.map((course) => detectDiverging(course, thresholds)),
    detectStalled(run, limitMs),
    detectSilence(run, limitMs, now),
    // Plateaus are ignored for ended runs: a plateau at the end is expected.
    ...(isRunning ? losses.map((course) => detectPlateau(course, thresholds)) : []),
  ].filter((detected) => detected !== undefined && !thresholds.off.has(detected.kind)) as Detected[];
  const byKind = Map.groupBy(found, ({ kind }) => kind);
  const findings = findingKinds.flatMap((kind) => {
    // The earliest one, when several metrics show the same problem.
    const [first] = (byKind.get(kind) ?? []).toSorted((a, b) => a.since - b.since);
    return first ? [first] : [];
  });
  const mayFallSilent = isRunning && now - run.updatedAt < limitMs;
  return { findings, dueAt: mayFallSilent ? run.updatedAt + limitMs : null };
}
