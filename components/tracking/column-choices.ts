import { fixedRunColumns, type RunColumns } from "#server/tracking/contract.ts";
import { columnName } from "./column-names.ts";

interface ColumnChoice {
  key: string;
  label: string;
  /** "last", "course", "3 values". */
  hint: string;
}

export interface ColumnGroup {
  name: string;
  items: ColumnChoice[];
  /** How many are not listed. */
  more: number;
}

/** Longer lists are searched, not scrolled. */
const mostPerGroup = 60;

/** What can be shown, by groups, of those whose name holds the words. */
export function columnGroups(choices: RunColumns, words: string): ColumnGroup[] {
  const courses = (key: string) => [
    { key: `metrics.${key}`, label: key, hint: "last value" },
    { key: `curve.${key}`, label: key, hint: "course" },
  ];
  const [system = [], metrics = []] = [true, false].map((isSystem) =>
    choices.metrics.filter(({ key }) => key.startsWith("system/") === isSystem).flatMap(({ key }) => courses(key)),
  );
  const params = choices.params.map(({ key, values }) => ({
    key: `params.${key}`,
    label: key,
    hint: values === 1 ? "the same in all" : `${values} values`,
  }));
  const fixed = fixedRunColumns.map((key) => ({ key, label: columnName(key), hint: "" }));
  const wanted = words.trim().toLowerCase();
  return [
    { name: "Metrics", items: metrics },
    { name: "Parameters", items: params },
    { name: "Run, code and data", items: fixed },
    { name: "System metrics", items: system },
  ]
    .map(({ name, items }) => {
      const found = items.filter(({ label }) => label.toLowerCase().includes(wanted));
      return { name, items: found.slice(0, mostPerGroup), more: Math.max(0, found.length - mostPerGroup) };
    })
    .filter(({ items }) => items.length > 0);
}

/** The columns with one more or one less; a new one stands after the last of its kind. */
export function toggled(columns: readonly string[], key: string): string[] {
  if (columns.includes(key)) return columns.filter((each) => each !== key);
  const kind = kindOf(key);
  const after = columns.findLastIndex((each) => kindOf(each) === kind);
  const at =
    after >= 0
      ? after + 1
      : kind === "fixed"
        ? columns.length
        : columns.filter((each) => each === "status" || each === "started" || each === "took").length;
  return columns.toSpliced(at, 0, key);
}

function kindOf(key: string): string {
  return /^(metrics|curve|params)\./.exec(key)?.[1] ?? "fixed";
}

/** Instead of the params shown, those of which runs have different values. */
export function onlyDiffering(columns: readonly string[], { params }: RunColumns): string[] {
  const differing = params.filter(({ values }) => values > 1).map(({ key }) => `params.${key}`);
  const first = columns.findIndex((key) => kindOf(key) === "params");
  const others = columns.filter((key) => kindOf(key) !== "params");
  return others.toSpliced(first < 0 ? others.length : first, 0, ...differing);
}
