import { formatCount } from "#components/ui/format.ts";
import { fixedRunColumns } from "#server/develop/tracking/tables/constants.ts";
import type { FieldKind, RunColumns, RunField } from "#server/develop/tracking/tables/contract.ts";
import { columnName } from "./column-names.ts";

export interface ColumnChoice {
  /** Key of the column. */
  key: string;
  label: string;
  /** "last value", "course", "3 values". */
  hint: string;
}

/** A line of the picker. */
export type PickerRow =
  | { kind: "head"; name: string; hint: string }
  /** A column that is shown, in its order. */
  | ({ kind: "shown" } & ColumnChoice)
  | ({ kind: "choice" } & ColumnChoice)
  /** Opens a group that is too long to be listed unasked. */
  | { kind: "all"; of: FieldKind; label: string }
  /** Placeholder for the next page of an open group. */
  | { kind: "more"; of: FieldKind };

interface PickerQuestion {
  columns: readonly string[];
  /** As typed; "" lists the columns shown too. */
  words: string;
  /** Fields loaded so far, and their total number; undefined until it is known. */
  found: Record<FieldKind, { fields: readonly RunField[]; total: number | undefined }>;
  /** Groups that are listed completely. */
  opened: readonly FieldKind[];
}

/** Maximum number of columns in a group listed completely; longer groups show a few until expanded. */
const maxDefault = 15;
const few = 8;
const groups = [
  { of: "metric", name: "Metrics", noun: "metrics" },
  { of: "param", name: "Parameters", noun: "params" },
  { of: "tag", name: "Tags", noun: "tags" },
] as const;

/** Returns the rows of the picker: the visible columns, then the available ones by group. */
export function pickerRows({ columns, words, found, opened }: PickerQuestion): PickerRow[] {
  const wanted = words.trim().toLowerCase();
  const rows: PickerRow[] = [];
  if (!wanted) {
    rows.push({ kind: "head", name: "Shown", hint: "drag, or Alt + arrow keys" });
    rows.push(...columns.map((key) => ({ kind: "shown" as const, ...choiceOf(key) })));
  }
  const fixed = fixedRunColumns.map(choiceOf).filter(({ label }) => label.toLowerCase().includes(wanted));
  if (fixed.length > 0) rows.push({ kind: "head", name: "Run, code and data", hint: "" });
  rows.push(...fixed.map((choice) => ({ kind: "choice" as const, ...choice })));
  for (const { of, name, noun } of groups) {
    const { fields, total = 0 } = found[of];
    if (total === 0) continue;
    const isAll = total <= maxDefault || opened.includes(of);
    const listed = isAll ? fields : fields.slice(0, few);
    rows.push({ kind: "head", name, hint: formatCount(total) });
    rows.push(
      ...listed.flatMap((field) => choicesOf(of, field)).map((choice) => ({ kind: "choice" as const, ...choice })),
    );
    if (!isAll) rows.push({ kind: "all", of, label: `All ${formatCount(total)} ${noun}` });
    else if (fields.length < total) rows.push({ kind: "more", of });
  }
  return rows;
}

/** Describes a visible column as a choice. */
function choiceOf(key: string): ColumnChoice {
  const kind = kindOf(key);
  const hint = { metrics: "last value", curve: "trend", params: "param", tags: "tag" }[kind] ?? "";
  return { key, label: columnName(key), hint };
}

function choicesOf(of: FieldKind, { key, values = 0 }: RunField): ColumnChoice[] {
  if (of === "metric")
    return [
      { key: `metrics.${key}`, label: key, hint: "last value" },
      { key: `curve.${key}`, label: key, hint: "trend" },
    ];
  const hint = values === 1 ? "identical in all runs" : `${formatCount(values)} values`;
  return [{ key: `${of}s.${key}`, label: key, hint }];
}

/** Adds a column or removes it; a new one follows the last of its kind. */
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

/** Moves a column to the position of another. */
export function movedTo(columns: readonly string[], key: string, target: string): string[] {
  const [from, to] = [columns.indexOf(key), columns.indexOf(target)];
  if (from < 0 || to < 0) return [...columns];
  return columns.toSpliced(from, 1).toSpliced(to, 0, key);
}

/** Moves a column one position earlier (−1) or later (1). */
export function movedBy(columns: readonly string[], key: string, by: -1 | 1): string[] {
  const target = columns[columns.indexOf(key) + by];
  return target === undefined ? [...columns] : movedTo(columns, key, target);
}

function kindOf(key: string): string {
  return /^(metrics|curve|params|tags)\./.exec(key)?.[1] ?? "fixed";
}

/** More columns are no comparison. */
const maxDiffering = 60;

/** Replaces the visible params with those that differ between runs. */
export function onlyDiffering(columns: readonly string[], { params }: RunColumns): string[] {
  const differing = params.filter(({ values }) => values > 1).map(({ key }) => `params.${key}`);
  const first = columns.findIndex((key) => kindOf(key) === "params");
  const others = columns.filter((key) => kindOf(key) !== "params");
  return others.toSpliced(first < 0 ? others.length : first, 0, ...differing.slice(0, maxDiffering));
}
