import type { ReactNode } from "react";
import { DataTable } from "#components/ui/data-table.tsx";
import { formatCountOf, formatNumber, noValue } from "#components/ui/format.ts";
import { RelativeTime } from "#components/ui/relative-time.tsx";
import type { Sweep } from "#server/improve/training/sweeps/contract.ts";
import { sweepHref } from "../addresses.ts";
import { SweepState } from "./sweep-state.tsx";
import { describeCounts, describeKind, endedTrials } from "./sweep-text.ts";

/** Lists sweeps, newest first. */
export function SweepsTable({ sweeps, foot }: { sweeps: readonly Sweep[]; foot: ReactNode }) {
  return (
    <DataTable
      label="Sweeps"
      rows={sweeps}
      rowKey={({ id }) => id}
      rowHref={({ id }) => sweepHref(id)}
      foot={foot}
      columns={[
        { key: "name", head: "Sweep", cell: ({ name }) => name },
        { key: "state", head: "State", cell: ({ state }) => <SweepState state={state} /> },
        { key: "kind", head: "Search", cell: ({ spec }) => describeKind(spec) },
        {
          key: "trials",
          head: "Trials",
          cell: ({ trials, counts }) => (
            <>
              {formatCountOf(endedTrials(counts), trials)} done{" "}
              <span className="lw-small lw-muted">{describeCounts(counts)}</span>
            </>
          ),
        },
        {
          key: "best",
          head: "Best",
          align: "right",
          cell: ({ best }) =>
            best ? (
              <>
                {formatNumber(best.metric)} <span className="lw-small lw-muted">trial {best.trial}</span>
              </>
            ) : (
              noValue
            ),
        },
        { key: "template", head: "Template", cell: ({ template }) => template ?? noValue },
        { key: "engine", head: "Engine", cell: ({ engine }) => engine ?? noValue },
        { key: "started", head: "Started", align: "right", cell: ({ createdAt }) => <RelativeTime at={createdAt} /> },
        { key: "user", head: "User", cell: ({ createdBy }) => createdBy },
      ]}
    />
  );
}
