import type { ReactNode } from "react";
import { SeriesSwatch } from "#components/charts/legend.tsx";
import { styleVersions } from "#components/charts/series-style.ts";
import { describeState } from "#components/release/rollouts/rollout-text.ts";
import { EndpointStateBadge } from "#components/respond/endpoint-states/endpoint-state-badge.tsx";
import { endpointHref } from "#components/serve/endpoints/addresses.ts";
import { type Column, DataTable } from "#components/ui/data-table.tsx";
import { columnDecimals, formatNumber, formatPercent, formatUnit, noValue } from "#components/ui/format.ts";
import { Link } from "#components/ui/link.tsx";
import { RelativeTime } from "#components/ui/relative-time.tsx";
import { StatusBadge } from "#components/ui/status-badge.tsx";
import { burnText, formatRemaining } from "#components/watch/slo/budget-text.ts";
import { LeewayScale } from "#components/watch/slo/leeway-scale.tsx";
import type { FleetRow } from "#server/respond/fleet/contract.ts";
import classes from "./fleet.module.css";

interface FleetTableProps {
  label: string;
  rows: readonly FleetRow[];
  now: number;
  foot?: ReactNode;
}

/** Renders endpoints in the given order: state with its reason, what a person can do next, budget, and the numbers of the last five minutes. */
export function FleetTable({ label, rows, now, foot }: FleetTableProps) {
  const rate = { decimals: columnDecimals(rows.map(({ recent }) => recent.requestsPerSecond)) };
  const p95 = { decimals: columnDecimals(rows.map(({ recent }) => recent.latencyMsP95)) };
  const columns: Column<FleetRow>[] = [
    { key: "name", head: "Endpoint", cell: ({ name }) => name },
    {
      key: "state",
      head: "State",
      cell: ({ state, rollout }) => (
        <span className={classes.state}>
          <EndpointStateBadge state={state} />
          {rollout && <RolloutBadge rollout={rollout} />}
          {state.reason && (
            <span className="lw-small lw-quiet lw-truncate" title={state.reason}>
              {state.reason}
            </span>
          )}
        </span>
      ),
    },
    {
      key: "next",
      head: "Next step",
      cell: ({ next }) =>
        next ? <Link href={next.href}>{next.words}</Link> : <span className="lw-quiet">{noValue}</span>,
    },
    {
      key: "budget",
      isWideOnly: true,
      head: "Error budget left",
      width: 72,
      cell: ({ worst }) => <LeewayScale budget={worst?.budget ?? null} now={now} />,
    },
    {
      key: "left",
      isWideOnly: true,
      head: "",
      align: "right",
      cell: ({ worst }) => <span title={worst?.condition.word}>{formatRemaining(worst?.budget ?? null)}</span>,
    },
    {
      key: "burn",
      isWideOnly: true,
      head: "Burn rate",
      align: "right",
      cell: ({ worst }) => burnText(worst?.budget?.burnRate),
    },
    {
      key: "errors",
      isWideOnly: true,
      head: "Errors",
      align: "right",
      cell: ({ recent }) => formatPercent(recent.errorShare),
    },
    {
      key: "p95",
      isWideOnly: true,
      head: "p95",
      align: "right",
      cell: ({ recent }) => formatUnit(recent.latencyMsP95, "ms", p95),
    },
    {
      key: "rate",
      isWideOnly: true,
      head: "Requests/s",
      align: "right",
      cell: ({ recent }) => formatNumber(recent.requestsPerSecond, rate),
    },
    {
      key: "version",
      isWideOnly: true,
      head: "Version",
      cell: ({ current }) => {
        const [style] = current ? styleVersions([{ model: current.modelName, version: current.version }]) : [];
        if (!current || !style) return <span className="lw-quiet">none</span>;
        return (
          <span className={classes.version} title={`${current.modelName} v${current.version}`}>
            <SeriesSwatch style={style} /> v{current.version}
          </span>
        );
      },
    },
    {
      key: "changed",
      isWideOnly: true,
      isSecondary: true,
      head: "Changed",
      align: "right",
      cell: ({ current }) =>
        current ? <RelativeTime at={current.deployedAt} /> : <span className="lw-quiet">{noValue}</span>,
    },
  ];
  return (
    <DataTable
      label={label}
      rows={rows}
      columns={columns}
      rowKey={({ id }) => id}
      rowHref={({ name }) => endpointHref(name)}
      density="dense"
      foot={foot}
    />
  );
}

function RolloutBadge({ rollout }: { rollout: NonNullable<FleetRow["rollout"]> }) {
  const { state, word } = describeState(rollout);
  return (
    <StatusBadge state={state}>
      v{rollout.canary.version}: {word}
    </StatusBadge>
  );
}
