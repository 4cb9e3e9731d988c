import { type LabelledSpan, type SpanScheme, spanAgreement } from "../labelling/span-agreement.ts";
import { type BootstrapOptions, bootstrapOfSums } from "./bootstrap.ts";
import { type MetricEstimate, ratioOfSums } from "./ratio-metrics.ts";

/** Spans of one text. */
export interface SpannedText {
  actual: readonly LabelledSpan[];
  predicted: readonly LabelledSpan[];
}

/** Spans of one text by whether they agree with class and limits; the parts that a comparison of two versions needs. */
export interface SpanCounts {
  truePositive: number;
  falsePositive: number;
  falseNegative: number;
}

/** Counts the spans of a text that agree in class and limits. @throws ArgumentError for spans that end before they start */
export function spanCounts({ actual, predicted }: SpannedText): SpanCounts {
  const { correct } = spanAgreement(actual, predicted).strict;
  return {
    truePositive: correct,
    falsePositive: predicted.length - correct,
    falseNegative: actual.length - correct,
  };
}

/** Precision, recall and F1 of spans; null where undefined. */
interface SpanShares {
  precision: MetricEstimate;
  recall: MetricEstimate;
  f1: MetricEstimate;
}

/** Spans over texts. */
export interface SpanMetrics extends Record<SpanScheme, SpanShares> {
  texts: number;
  actual: number;
  predicted: number;
  /** Strict shares of each class that occurs or is predicted, in the order of names, without intervals. */
  classes: {
    label: string;
    actual: number;
    predicted: number;
    precision: number | null;
    recall: number | null;
    f1: number | null;
  }[];
}

const schemes = ["strict", "exact", "partial", "type"] as const satisfies SpanScheme[];

/**
 * Computes precision, recall and F1 of the spans of all texts together, by what counts as correct (docs/spec/labelling.md section 5.3), with a
 * percentile bootstrap of texts (docs/spec/evaluation.md section 11.3).
 * @throws ArgumentError for spans that end before they start
 */
export function spanMetrics(texts: readonly SpannedText[], options: BootstrapOptions = {}): SpanMetrics {
  const scored = texts.map(({ actual, predicted }) => ({
    actual: actual.length,
    predicted: predicted.length,
    scores: spanAgreement(actual, predicted),
  }));
  const counts = [scored.map(({ actual }) => actual), scored.map(({ predicted }) => predicted)] as const;
  const of = (scheme: SpanScheme): SpanShares => {
    const hits = scored.map(({ scores }) => scores[scheme].correct + scores[scheme].partial / 2);
    const columns = [hits, ...counts];
    const value = new Float64Array(3);
    writeShares(
      Float64Array.from(columns, (values) => values.reduce((sum, one) => sum + one, 0)),
      value,
    );
    const bands = bootstrapOfSums(columns, 3, writeShares, options);
    const [precision, recall, f1] = Array.from(value, (own, at): MetricEstimate => {
      return Number.isNaN(own) ? { value: null, interval: null } : { value: own, interval: bands[at] ?? null };
    }) as [MetricEstimate, MetricEstimate, MetricEstimate];
    return { precision, recall, f1 };
  };
  const [strict, exact, partial, type] = schemes.map(of) as [SpanShares, SpanShares, SpanShares, SpanShares];
  return {
    texts: texts.length,
    actual: counts[0].reduce((sum, one) => sum + one, 0),
    predicted: counts[1].reduce((sum, one) => sum + one, 0),
    strict,
    exact,
    partial,
    type,
    classes: classShares(texts),
  };
}

function writeShares(sums: Float64Array, into: Float64Array): void {
  const [hits, actual, predicted] = sums as unknown as [number, number, number];
  into[0] = ratioOfSums(hits, predicted);
  into[1] = ratioOfSums(hits, actual);
  into[2] = ratioOfSums(2 * hits, actual + predicted);
}

function classShares(texts: readonly SpannedText[]): SpanMetrics["classes"] {
  const labels = new Set(texts.flatMap(({ actual, predicted }) => [...actual, ...predicted].map(({ label }) => label)));
  const known = (value: number) => (Number.isNaN(value) ? null : value);
  return [...labels].sort().map((label) => {
    const sums = { hits: 0, actual: 0, predicted: 0 };
    for (const { actual, predicted } of texts) {
      const [own, said] = [actual, predicted].map((spans) => spans.filter((span) => span.label === label)) as [
        LabelledSpan[],
        LabelledSpan[],
      ];
      sums.hits += spanAgreement(own, said).strict.correct;
      sums.actual += own.length;
      sums.predicted += said.length;
    }
    const shares = new Float64Array(3);
    writeShares(Float64Array.of(sums.hits, sums.actual, sums.predicted), shares);
    const [precision, recall, f1] = Array.from(shares, known) as [number | null, number | null, number | null];
    return { label, actual: sums.actual, predicted: sums.predicted, precision, recall, f1 };
  });
}
