import { formatCount, formatSignificant } from "#server/base/format-number.ts";
import type { CurvePoint } from "../metrics/contract.ts";
import type { FindingKind } from "./contract.ts";

/** Finding of a detector that is not stored yet. */
export interface Detected {
  kind: FindingKind;
  metric: string | null;
  step: number | null;
  value: number | null;
  /** Milliseconds since 1970. */
  since: number;
  words: string;
}

/** The course of one metric of a run, by step. */
export interface Course {
  key: string;
  points: readonly CurvePoint[];
}

/** Curve point whose value is a number. */
export interface Valued extends CurvePoint {
  value: number;
}

/** Infinities are stored as the largest numbers, see storedValue. */
export function isInfinite(value: number): boolean {
  return Math.abs(value) >= Number.MAX_VALUE;
}

/** Returns the points with a finite value. */
export function valued(points: readonly CurvePoint[]): Valued[] {
  return points.filter((point): point is Valued => point.value !== null && !isInfinite(point.value));
}

/** Formats three significant figures, for sentences. */
export function figure(value: number): string {
  return formatSignificant(value, 3);
}

/** Formats a step with thousands separators. */
export function stepWord(step: number): string {
  return `step ${formatCount(step)}`;
}
