import { type Column, DataTable } from "#components/ui/data-table.tsx";
import { noValue, plural } from "#components/ui/format.ts";
import { formatDuration } from "#components/ui/format-time.ts";
import { StatusBadge } from "#components/ui/status-badge.tsx";
import type { State } from "#components/ui/status-shape.tsx";
import type { LookUpStatus } from "#server/develop/features/contract.ts";
import type { KeyMoment, KeyRows, KeyValue } from "#server/develop/features/keys/contract.ts";
import { cellText, originLabel } from "./cell-text.ts";

interface ValueRow {
  name: string;
  type: string;
  now: KeyValue;
  asOf: KeyValue | undefined;
  knownNow: KeyValue | undefined;
}

const states: Record<LookUpStatus, { state: State; word: string }> = {
  PRESENT: { state: "on-target", word: "found" },
  NULL_VALUE: { state: "watch", word: "null" },
  NOT_FOUND: { state: "no-data", word: "unknown key" },
  OUTSIDE_MAX_AGE: { state: "missed", word: "stale" },
};

const sources: Record<KeyValue["from"], string> = {
  row: "",
  arrival: "computed at arrival",
  "look-up": "computed at look-up",
};

/** Lists the values of a key now, and as of a time with what is known of that time today. */
export function KeyValuesTable({ rows: { now, asOf, knownNow } }: { rows: KeyRows }) {
  const isLater = isOtherRow(asOf, knownNow);
  const columns: Column<ValueRow>[] = [
    { key: "name", head: "Feature", cell: ({ name }) => <code>{name}</code> },
    { key: "type", head: "Type", cell: ({ type }) => type },
    ...(asOf ? [valueColumn("asOf", "As of that time", ({ asOf: value }) => value)] : []),
    ...(isLater ? [valueColumn("knownNow", "Known today", ({ knownNow: value }) => value)] : []),
    valueColumn("now", "Now", ({ now: value }) => value),
    {
      key: "age",
      head: "Age now",
      align: "right",
      cell: ({ now: value }) => (value.status === "NOT_FOUND" ? noValue : formatDuration(ageMs(now))),
    },
    {
      key: "source",
      head: "Source",
      cell: ({ now: value }) => {
        if (value.status === "NOT_FOUND") return noValue;
        return sources[value.from] || originLabel(now.origin);
      },
    },
  ];
  const rows = now.values.map(
    (value, place): ValueRow => ({
      name: value.name,
      type: value.type,
      now: value,
      asOf: asOf?.values[place],
      knownNow: knownNow?.values[place],
    }),
  );
  return (
    <DataTable
      label="Values of the key"
      rows={rows}
      columns={columns}
      rowKey={({ name }) => name}
      density="compact"
      foot={<span>{plural(rows.length, "feature")}</span>}
    />
  );
}

/** Returns whether more is known of a time today than then: a row that arrived later, or that was corrected. */
export function isOtherRow(asOf: KeyMoment | null, knownNow: KeyMoment | null): boolean {
  if (!asOf || !knownNow) return false;
  return asOf.eventAt !== knownNow.eventAt || asOf.arrivedAt !== knownNow.arrivedAt;
}

function ageMs({ ageUs }: KeyMoment): number | null {
  return ageUs === null ? null : ageUs / 1000;
}

function valueColumn(key: string, head: string, of: (row: ValueRow) => KeyValue | undefined): Column<ValueRow> {
  return {
    key,
    head,
    cell: (row) => {
      const value = of(row);
      if (!value) return noValue;
      const { state, word } = states[value.status];
      if (value.status === "PRESENT") return <span title={cellText(value.value, 2_000)}>{cellText(value.value)}</span>;
      return <StatusBadge state={state}>{word}</StatusBadge>;
    },
  };
}
