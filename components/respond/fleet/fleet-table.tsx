import { SeriesSwatch } from "#components/charts/legend.tsx";
import { styleVersions } from "#components/charts/series-style.ts";
import { describeState } from "#components/release/rollouts/rollout-text.ts";
import { EndpointStateBadge } from "#components/respond/endpoint-states/endpoint-state-badge.tsx";
import { endpointHref } from "#components/serve/endpoints/addresses.ts";
import { type Column, DataTable, type Section } from "#components/ui/data-table.tsx";
import { columnDecimals, formatNumber, formatPercent, noValue, plural } from "#components/ui/format.ts";
import { Link } from "#components/ui/link.tsx";
import { RelativeTime } from "#components/ui/relative-time.tsx";
import { StatusBadge } from "#components/ui/status-badge.tsx";
import { StatusShape } from "#components/ui/status-shape.tsx";
import { metricText, stateBadges } from "#components/watch/monitoring/quality/quality-text.ts";
import { burnText, formatRemaining } from "#components/watch/slo/budget-text.ts";
import { LeewayScale } from "#components/watch/slo/leeway-scale.tsx";
import { type FleetNeed, type FleetRow, fleetNeeds } from "#server/respond/fleet/contract.ts";
import { metricFacts } from "#server/watch/monitoring/quality/metrics/constants.ts";
import classes from "./fleet.module.css";
import { budgetLeft, describeTarget } from "./fleet-text.ts";

const groups: Record<FleetNeed, { title: string; note: string }> = {
  action: { title: "Needs action", note: "by burn rate × requests" },
  watch: { title: "Watch", note: "not urgent" },
  healthy: { title: "Healthy", note: "least budget first" },
  idle: { title: "No traffic", note: "no request in the last hour, or stopped" },
};

/** Healthy endpoints that are shown until someone asks for all. */
const shownHealthy = 4;

interface FleetTableProps {
  rows: readonly FleetRow[];
  /** Address that shows all healthy endpoints; undefined where all are shown. */
  allHref: string | undefined;
  now: number;
}

/**
 * Renders endpoints in the groups of their need: state with its reason, what a person can do next, budget, the numbers of the last five
 * minutes, and quality.
 */
export function FleetTable({ rows, allHref, now }: FleetTableProps) {
  const sections = fleetNeeds.flatMap((need) => sectionOf(need, rows, allHref) ?? []);
  return (
    <DataTable
      label="Endpoints by need"
      rows={sections.flatMap((section) => section.rows)}
      sections={sections}
      columns={columnsOf(rows, now)}
      rowKey={({ id }) => id}
      rowHref={({ name }) => endpointHref(name)}
      density="dense"
      foot={<span>Rates and latency of the last 5 min, quality of the last 30 d</span>}
    />
  );
}

function sectionOf(need: FleetNeed, rows: readonly FleetRow[], allHref: string | undefined): Section<FleetRow> | null {
  const members = rows.filter((row) => row.need === need);
  if (members.length === 0) return null;
  const isCut = need === "healthy" && allHref !== undefined && members.length > shownHealthy + 1;
  const shown = isCut ? members.slice(0, shownHealthy) : members;
  const more = isCut && <Link href={allHref}>{plural(members.length - shown.length, "more healthy endpoint")}</Link>;
  return { key: need, ...groups[need], rows: shown, count: members.length, more };
}

function columnsOf(rows: readonly FleetRow[], now: number): Column<FleetRow>[] {
  const rate = { decimals: columnDecimals(rows.map(({ recent }) => recent.requestsPerSecond)) };
  const p95 = { decimals: columnDecimals(rows.map(({ recent }) => recent.latencyMsP95)) };
  return [
    { key: "name", head: "Endpoint", cell: ({ name }) => name },
    { key: "state", head: "State", cell: (row) => <State row={row} /> },
    {
      key: "next",
      head: "Next step",
      cell: ({ next }) => next && <Link href={next.href}>{next.words}</Link>,
    },
    {
      key: "budget",
      isWideOnly: true,
      head: "Error budget left",
      cell: ({ worst }) => <Budget worst={worst} now={now} />,
    },
    {
      key: "burn",
      isWideOnly: true,
      head: "Burn rate",
      align: "right",
      cell: ({ worst }) => (
        <span data-state={worst?.condition.state} className={classes.figure}>
          {burnText(worst?.budget?.burnRate)}
        </span>
      ),
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
      head: "p95 / target, ms",
      align: "right",
      cell: ({ recent: { latencyMsP95 }, latencyTarget }) => (
        <span title={describeTarget(latencyTarget)}>
          <span
            className={classes.figure}
            data-state={latencyTarget && (latencyMsP95 ?? 0) > latencyTarget.withinMs ? "watch" : undefined}
          >
            {formatNumber(latencyMsP95, p95)}
          </span>
          {latencyTarget && <span className="lw-quiet"> / {formatNumber(latencyTarget.withinMs)}</span>}
        </span>
      ),
    },
    {
      key: "rate",
      isWideOnly: true,
      head: "Requests/s",
      align: "right",
      cell: ({ recent }) => formatNumber(recent.requestsPerSecond, rate),
    },
    { key: "version", isWideOnly: true, head: "Version", cell: ({ current }) => <Version current={current} /> },
    { key: "quality", isWideOnly: true, head: "Quality", cell: ({ quality }) => <Quality quality={quality} /> },
    {
      key: "owner",
      isWideOnly: true,
      isSecondary: true,
      head: "Owner",
      cell: ({ team }) => team?.name,
    },
    {
      key: "changed",
      isWideOnly: true,
      isSecondary: true,
      head: "Changed",
      align: "right",
      cell: ({ current }) => current && <RelativeTime at={current.deployedAt} />,
    },
  ];
}

function State({ row: { state, rollout } }: { row: FleetRow }) {
  return (
    <span className={classes.state}>
      <EndpointStateBadge state={state} />
      {rollout && <RolloutBadge rollout={rollout} />}
      {state.reason && (
        <span className="lw-small lw-quiet lw-truncate" title={state.reason}>
          {state.reason}
        </span>
      )}
    </span>
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

function Budget({ worst, now }: { worst: FleetRow["worst"]; now: number }) {
  const budget = worst?.budget ?? null;
  return (
    <span className={classes.budget} title={worst ? `${worst.name}: ${formatRemaining(budget)}` : undefined}>
      <span className={classes.scale}>
        <LeewayScale budget={budget} now={now} />
      </span>
      <span className={classes.figure} data-state={worst?.condition.state}>
        {budgetLeft(worst, now)}
      </span>
    </span>
  );
}

function Version({ current }: Pick<FleetRow, "current">) {
  const [style] = current ? styleVersions([{ model: current.modelName, version: current.version }]) : [];
  if (!current || !style) return <span className="lw-quiet">none</span>;
  return (
    <span className={classes.version} title={`${current.modelName} v${current.version}`}>
      <SeriesSwatch style={style} /> v{current.version}
    </span>
  );
}

function Quality({ quality }: Pick<FleetRow, "quality">) {
  if (!quality || quality.value === null) return <span className="lw-quiet">{noValue}</span>;
  const { metric, state, value, isEstimated } = quality;
  const badge = stateBadges[state];
  return (
    <span className={classes.version} title={`${metricFacts[metric].label}, ${isEstimated ? "estimated" : "realised"}`}>
      <StatusShape state={badge.state} />
      <span className="lw-hidden">{badge.word}: </span>
      {metricText(metric, value)}
    </span>
  );
}
