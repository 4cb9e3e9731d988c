import { formatBytes, formatCount, formatNumber, noValue } from "#components/ui/format.ts";
import type { NumberPair, TextPair, VersionComparison } from "#server/develop/registry/compare/contract.ts";

/** Returns the path of the comparison of two versions of a model. */
export function compareHref(model: string, a: number, b: number, all = false): string {
  return `/models/${encodeURIComponent(model)}/compare?a=${a}&b=${b}${all ? "&all=1" : ""}`;
}

interface ComparisonRow {
  name: string;
  a: string;
  b: string;
  /** The difference of two numbers, with its sign. */
  change: string | undefined;
  differs: boolean;
}

export interface ComparisonGroup {
  title: string;
  rows: ComparisonRow[];
  /** Number of rows omitted because they are equal. */
  equal: number;
}

/** Groups the comparison into rows; equal values are included only with `all`. Empty groups are left out. */
export function comparisonGroups(comparison: VersionComparison, all: boolean): ComparisonGroup[] {
  const { parameterCount, sizeBytes } = comparison;
  const groups = [
    { title: "Metrics", rows: comparison.metrics.map((pair) => numberRow(pair, formatNumber)) },
    { title: "Signature", rows: comparison.signature.map(textRow) },
    { title: "Size", rows: [numberRow(sizeBytes, formatBytes), numberRow(parameterCount, formatCount)] },
    { title: "Operators", rows: comparison.operators.map((pair) => numberRow(pair, formatCount)) },
    { title: "Format", rows: comparison.format.map(textRow) },
    { title: "Parameters", rows: comparison.params.map(textRow) },
    { title: "Metadata", rows: comparison.metadata.map(textRow) },
  ];
  return groups
    .map(({ title, rows }) => {
      const shown = all ? rows : rows.filter(({ differs }) => differs);
      return { title, rows: shown, equal: rows.length - shown.length };
    })
    .filter(({ rows, equal }) => rows.length + equal > 0);
}

function textRow({ name, a, b }: TextPair): ComparisonRow {
  return { name, a: a ?? noValue, b: b ?? noValue, change: undefined, differs: a !== b };
}

function numberRow({ name, a, b }: NumberPair, format: (value: number | null) => string): ComparisonRow {
  const change = a === null || b === null || a === b ? undefined : `${b > a ? "+" : "−"}${format(Math.abs(b - a))}`;
  return { name, a: format(a), b: format(b), change, differs: a !== b };
}

/** Describes the conclusion, shown before the evidence. */
export function comparisonSentence({ a, b, problems, metrics }: VersionComparison): string {
  const changed = metrics.filter((pair) => pair.a !== pair.b).length;
  const measured = metrics.length === 0 ? "no metrics available" : `${changed} of ${metrics.length} metrics differ`;
  if (problems === null) return `Signature compatibility of v${a} and v${b} is unknown; ${measured}.`;
  if (problems.length === 0) return `v${b} is backward compatible with v${a}; ${measured}.`;
  return `v${b} is not backward compatible with v${a}: ${problems[0]} ${measured[0]?.toUpperCase()}${measured.slice(1)}.`;
}
