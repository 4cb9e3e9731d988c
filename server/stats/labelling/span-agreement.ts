import { ArgumentError } from "../argument-error.ts";

/** Marked part of a text from `start` to before `end`, counted in code points. */
export interface LabelledSpan {
  start: number;
  end: number;
  label: string;
}

/**
 * What counts as correct: the same limits and class (strict), the same limits (exact), the same limits, or half for an overlap
 * (partial), an overlap of the same class (type).
 */
export type SpanScheme = "strict" | "exact" | "partial" | "type";

export interface SpanScores {
  correct: number;
  incorrect: number;
  partial: number;
  /** Spans of the first annotator without one of the second, and the other way round. */
  missed: number;
  spurious: number;
  /** Null if nobody marked anything. */
  precision: number | null;
  recall: number | null;
  f1: number | null;
}

/** Fails unless spans start at or before their end. @throws ArgumentError */
export function requireSpans(spans: readonly LabelledSpan[]): void {
  for (const { start, end } of spans) {
    if (!(Number.isFinite(start) && Number.isFinite(end) && start <= end)) {
      throw new ArgumentError("Spans must start at or before their end.");
    }
  }
}

/**
 * Compares the spans of two annotators as MUC-5 does, with the first as the actual ones. Each span of the second is matched in turn: with
 * an equal one, otherwise with the first free one that overlaps; for `type`, with the one of its class whose limits are closest.
 * docs/spec/labelling.md section 5.3. Chinchor and Sundheim, "MUC-5 evaluation metrics", 1993; as nervaluate, with half-open spans.
 * @throws ArgumentError for spans that end before they start
 */
export function spanAgreement(a: readonly LabelledSpan[], b: readonly LabelledSpan[]): Record<SpanScheme, SpanScores> {
  requireSpans(a);
  requireSpans(b);
  return {
    strict: compareSpans(a, b, "strict"),
    exact: compareSpans(a, b, "exact"),
    partial: compareSpans(a, b, "partial"),
    type: compareSpans(a, b, "type"),
  };
}

function compareSpans(a: readonly LabelledSpan[], b: readonly LabelledSpan[], scheme: SpanScheme): SpanScores {
  const isFree = a.map(() => true);
  const counts = { correct: 0, incorrect: 0, partial: 0, spurious: 0 };
  for (const span of b) {
    const match = scheme === "type" ? closestOfLabel(a, isFree, span) : equalSpan(a, isFree, span, scheme === "strict");
    const overlapping = match >= 0 ? match : a.findIndex((one, at) => isFree[at] && overlaps(one, span));
    if (overlapping >= 0) isFree[overlapping] = false;
    if (match >= 0) counts.correct += 1;
    else if (overlapping < 0) counts.spurious += 1;
    else if (scheme === "partial") counts.partial += 1;
    else counts.incorrect += 1;
  }
  const isNothing = a.length + b.length === 0;
  const hits = counts.correct + counts.partial / 2;
  const precision = b.length === 0 ? 0 : hits / b.length;
  const recall = a.length === 0 ? 0 : hits / a.length;
  return {
    ...counts,
    missed: isFree.filter(Boolean).length,
    precision: isNothing ? null : precision,
    recall: isNothing ? null : recall,
    f1: isNothing ? null : (2 * hits) / (a.length + b.length),
  };
}

function overlaps(a: LabelledSpan, b: LabelledSpan): boolean {
  return a.start < b.end && b.start < a.end;
}

function equalSpan(of: readonly LabelledSpan[], isFree: boolean[], span: LabelledSpan, isLabelled: boolean): number {
  return of.findIndex(
    (one, at) =>
      isFree[at] && one.start === span.start && one.end === span.end && (!isLabelled || one.label === span.label),
  );
}

/** Finds the free span of the same class that overlaps and whose limits are closest, the first of several. */
function closestOfLabel(of: readonly LabelledSpan[], isFree: boolean[], span: LabelledSpan): number {
  let [best, distance] = [-1, Number.POSITIVE_INFINITY];
  for (const [at, one] of of.entries()) {
    if (!isFree[at] || one.label !== span.label || !overlaps(one, span)) continue;
    const away = Math.abs(one.start - span.start) + Math.abs(one.end - span.end);
    if (away < distance) [best, distance] = [at, away];
  }
  return best;
}
