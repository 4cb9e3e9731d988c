import type { ReactNode } from "react";
import { versionHref } from "#components/develop/addresses/version-href.ts";
import { DataTable } from "#components/ui/data-table.tsx";
import { noValue } from "#components/ui/format.ts";
import { formatDuration } from "#components/ui/format-time.ts";
import { Link } from "#components/ui/link.tsx";
import { RelativeTime } from "#components/ui/relative-time.tsx";
import { StatusBadge } from "#components/ui/status-badge.tsx";
import type { RetrainingCycle } from "#server/improve/retraining/cycles/contract.ts";
import { cycleHref } from "./addresses.ts";
import { CycleState } from "./cycle-state.tsx";
import { describeTrigger } from "./cycle-text.ts";
import { outcomeLabels, outcomeText } from "./outcome-text.ts";

interface CyclesTableProps {
  model: string;
  cycles: readonly RetrainingCycle[];
  now: number;
  empty: ReactNode;
  foot?: ReactNode;
}

/** Lists the cycles of a policy, newest first. */
export function CyclesTable({ model, cycles, now, empty, foot }: CyclesTableProps) {
  return (
    <DataTable
      label="Cycles"
      rows={cycles}
      rowKey={({ id }) => id}
      rowHref={({ number }) => cycleHref(model, number)}
      empty={empty}
      foot={foot}
      columns={[
        { key: "cycle", head: "Cycle", cell: ({ number }) => `Cycle ${number}` },
        { key: "started", head: "Started", cell: ({ startedAt }) => <RelativeTime at={startedAt} /> },
        { key: "trigger", head: "Trigger", width: 150, isText: true, cell: describeTrigger },
        { key: "state", head: "Outcome", cell: (cycle) => <CycleState {...cycle} /> },
        { key: "why", head: "Why", width: 150, isText: true, cell: ({ words }) => words || noValue },
        {
          key: "version",
          head: "Version",
          cell: ({ candidateVersion }) =>
            candidateVersion === null ? (
              noValue
            ) : (
              <Link href={versionHref(model, candidateVersion)}>v{candidateVersion}</Link>
            ),
        },
        {
          key: "helped",
          head: "Helped",
          cell: ({ state, outcome }) => {
            if (!outcome) return state === "adopted" ? "labels pending" : noValue;
            return <StatusBadge state={outcomeLabels[outcome.verdict].state}>{outcomeText(outcome)}</StatusBadge>;
          },
        },
        {
          key: "lasted",
          head: "Duration",
          align: "right",
          cell: ({ startedAt, endedAt }) => formatDuration((endedAt?.getTime() ?? now) - startedAt.getTime()),
        },
      ]}
    />
  );
}
