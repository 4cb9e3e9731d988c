import type { Direction, Run } from "#server/tracking/contract.ts";
import { isSystemMetric } from "./metric-groups.ts";
import { decimalsOf, formatMetric } from "./run-values.ts";

export interface DifferenceCell {
  text: string;
  /** Not what the baseline, the first run, has. */
  differs: boolean;
  /** The best value of the row, in the direction of its metric. */
  best: boolean;
  absent: boolean;
}

interface DifferenceRow {
  label: string;
  cells: DifferenceCell[];
}

export interface DifferenceGroup {
  title: string;
  rows: DifferenceRow[];
}

/**
 * What runs have in common and where they differ, against the first of them.
 * @param directions which way each metric is better. @param all also what is the same in all.
 */
export function differences(
  runs: readonly Run[],
  directions: Readonly<Record<string, Direction>>,
  all: boolean,
): DifferenceGroup[] {
  const metricKeys = keysOf(runs.map(({ metrics }) => metrics)).filter((key) => !isSystemMetric(key));
  const groups = [
    { title: "Result", rows: metricKeys.map((key) => metricRow(key, runs, directions[key] ?? "unknown")) },
    {
      title: all ? "Parameters" : "Parameters that differ",
      rows: keysOf(runs.map(({ params }) => params)).map((key) =>
        textRow(
          key,
          runs.map(({ params }) => params.find((param) => param.key === key)?.value),
        ),
      ),
    },
    {
      title: "Code and data",
      rows: [
        textRow("dataset", runs.map(datasetsOf)),
        textRow(
          "commit",
          runs.map(({ tags }) => tags.find(({ key }) => key === "mlflow.source.git.commit")?.value.slice(0, 10)),
        ),
        textRow(
          "source",
          runs.map(({ tags }) => tags.find(({ key }) => key === "mlflow.source.name")?.value),
        ),
      ].filter(({ cells }) => cells.some(({ absent }) => !absent)),
    },
  ];
  return groups
    .map(({ title, rows }) => ({
      title,
      rows: all ? rows : rows.filter(({ cells }) => cells.some((cell) => cell.differs)),
    }))
    .filter(({ rows }) => rows.length > 0);
}

function keysOf(lists: readonly (readonly { key: string }[])[]): string[] {
  return [...new Set(lists.flatMap((list) => list.map(({ key }) => key)))].sort();
}

function metricRow(key: string, runs: readonly Run[], direction: Direction): DifferenceRow {
  const values = runs.map(({ metrics }) => metrics.find((metric) => metric.key === key)?.value);
  const numbers = values.filter((value) => typeof value === "number");
  const best = direction === "higher" ? Math.max(...numbers) : direction === "lower" ? Math.min(...numbers) : undefined;
  const isContest = new Set(numbers).size > 1;
  const decimals = decimalsOf(values);
  return {
    label: key,
    cells: values.map((value) => ({
      text: formatMetric(value, decimals),
      differs: value !== values[0],
      best: isContest && value === best,
      absent: value === undefined,
    })),
  };
}

function textRow(label: string, values: readonly (string | undefined)[]): DifferenceRow {
  return {
    label,
    cells: values.map((value) => ({
      text: value ?? "no value",
      differs: value !== values[0],
      best: false,
      absent: value === undefined,
    })),
  };
}

/** Digests of what a run was trained on; of all its datasets when it does not say. */
function datasetsOf({ datasets }: Run): string | undefined {
  const training = datasets.filter(({ tags }) =>
    tags.some(({ key, value }) => key === "mlflow.data.context" && value === "training"),
  );
  const named = (training.length > 0 ? training : datasets).map(({ digest }) => digest);
  return named.length > 0 ? named.join(", ") : undefined;
}
