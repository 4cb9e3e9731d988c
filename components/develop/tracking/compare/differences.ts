import { formatCountOf } from "#components/ui/format.ts";
import type { RunEnvironment } from "#server/develop/tracking/compare/contract.ts";
import type { KeyValue } from "#server/develop/tracking/contract.ts";
import type { Direction } from "#server/develop/tracking/metrics/contract.ts";
import type { Run } from "#server/develop/tracking/runs/contract.ts";
import { isSystemMetric } from "../metrics/metric-groups.ts";
import { codeRows, datasetsOf } from "../runs/code-facts.ts";
import { decimalsOf, formatMetric } from "../runs/run-values.ts";
import { ranked } from "./rank-differences.ts";

export interface DifferenceCell {
  text: string;
  /** Whether the value differs from that of the baseline, the first run. */
  differs: boolean;
  /** The best value of the row, in the direction of its metric. */
  best: boolean;
  absent: boolean;
}

interface DifferenceRow {
  label: string;
  cells: DifferenceCell[];
  /** As they are compared; undefined is missing. */
  values: (string | number | undefined)[];
}

export interface DifferenceGroup {
  title: string;
  /** "8 of 9 metrics differ" */
  count: string;
  rows: DifferenceRow[];
}

interface Compared {
  /** The first is the baseline. */
  runs: readonly Run[];
  /** Direction in which each metric improves. */
  directions: Readonly<Record<string, Direction>>;
  /** Environments of the runs; undefined for those not yet loaded. */
  environments?: readonly (RunEnvironment | undefined)[];
  /** Whether equal values are included. */
  all: boolean;
}

/** Compares runs with the first of them; within a group, the rows that differ most come first. */
export function differences({ runs, directions, environments = [], all }: Compared): DifferenceGroup[] {
  const metricKeys = keysOf(runs.map(({ metrics }) => metrics)).filter((key) => !isSystemMetric(key));
  const texts = (title: string, noun: string, lists: readonly (readonly KeyValue[])[]) => ({
    title,
    noun,
    rows: keysOf(lists).map((name) =>
      textRow(
        name,
        lists.map((list) => list.find((entry) => entry.key === name)?.value),
      ),
    ),
  });
  const groups = [
    {
      title: "Result",
      noun: "metric",
      rows: metricKeys.map((key) => metricRow(key, runs, directions[key] ?? "unknown")),
    },
    texts(
      "Parameters",
      "parameter",
      runs.map(({ params }) => params),
    ),
    {
      title: "Code and data",
      noun: "fact",
      rows: [
        textRow("dataset", runs.map(datasetsOf)),
        ...codeRows(runs).map(({ label, values }) => textRow(label, values)),
      ].filter(hasValue),
    },
    {
      title: "Environment",
      noun: "fact",
      rows: environmentRows(runs.map((_, index) => environments[index])),
    },
    texts(
      "Tags",
      "tag",
      runs.map(({ tags }) => tags.filter(({ key }) => !key.startsWith("mlflow."))),
    ),
  ];
  return groups
    .map(({ title, noun, rows }) => {
      const differing = rows.filter(({ cells }) => cells.some((cell) => cell.differs));
      return {
        title,
        count: describeDiffering(differing.length, rows.length, noun),
        rows: ranked(all ? rows : differing),
      };
    })
    .filter(({ rows }) => rows.length > 0);
}

function describeDiffering(differing: number, all: number, noun: string): string {
  return `${formatCountOf(differing, all)} ${all === 1 ? noun : `${noun}s`} ${differing === 1 ? "differs" : "differ"}`;
}

/** Returns the rows of the environments; a run without environment files has an unknown environment, not a different one. */
function environmentRows(environments: readonly (RunEnvironment | undefined)[]): DifferenceRow[] {
  const known = environments.map((each) => (each && each.sources.length > 0 ? entriesOf(each) : undefined));
  const first = known.find((entries) => entries !== undefined);
  const names = [...new Set(known.flatMap((entries) => [...(entries?.keys() ?? [])]))].sort();
  return names.map((label) => ({
    label,
    values: known.flatMap((entries) => (entries ? [entries.get(label)] : [])),
    cells: known.map((entries) => ({
      text: entries ? (entries.get(label) ?? "–") : "none given",
      differs: entries !== undefined && entries.get(label) !== first?.get(label),
      best: false,
      absent: entries?.get(label) === undefined,
    })),
  }));
}

function entriesOf({ python, packages }: RunEnvironment): Map<string, string> {
  const entries = Object.entries(packages).map(([name, version]) => [name, version || "any version"] as const);
  return new Map(python === undefined ? entries : [["Python", python], ...entries]);
}

function keysOf(lists: readonly (readonly { key: string }[])[]): string[] {
  return [...new Set(lists.flatMap((list) => list.map(({ key }) => key)))].sort();
}

function hasValue({ cells }: DifferenceRow): boolean {
  return cells.some(({ absent }) => !absent);
}

function metricRow(key: string, runs: readonly Run[], direction: Direction): DifferenceRow {
  const values = runs.map(({ metrics }) => metrics.find((metric) => metric.key === key)?.value);
  const numbers = values.filter((value) => typeof value === "number");
  const best = direction === "higher" ? Math.max(...numbers) : direction === "lower" ? Math.min(...numbers) : undefined;
  const isContest = new Set(numbers).size > 1;
  // One value is read against the other: 0.06 and 0.03 would hide how they differ.
  const decimals = decimalsOf(values, 2);
  return {
    label: key,
    values,
    cells: values.map((value) => ({
      text: formatMetric(value, decimals),
      differs: value !== values[0],
      best: isContest && value !== undefined && value === best,
      absent: value === undefined,
    })),
  };
}

function textRow(label: string, values: readonly (string | undefined)[]): DifferenceRow {
  return {
    label,
    values: [...values],
    cells: values.map((value) => ({
      text: value ?? "–",
      differs: value !== values[0],
      best: false,
      absent: value === undefined,
    })),
  };
}
