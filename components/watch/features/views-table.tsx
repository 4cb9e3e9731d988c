import type { ReactNode } from "react";
import { featureViewHref } from "#components/develop/addresses/feature-view-href.ts";
import { shareOfLimit, type ViewFacts, viewStates } from "#components/develop/features/view-state.ts";
import { WorkProgress } from "#components/develop/features/work-progress.tsx";
import { type Column, DataTable } from "#components/ui/data-table.tsx";
import { Definition } from "#components/ui/definition.tsx";
import { formatCount, formatNumber, formatPercent, noValue } from "#components/ui/format.ts";
import { formatDuration } from "#components/ui/format-time.ts";
import { Link } from "#components/ui/link.tsx";
import { StatusBadge } from "#components/ui/status-badge.tsx";
import { TargetBar } from "#components/ui/target-bar.tsx";
import type { ViewRow } from "./view-row.ts";
import classes from "./views-table.module.css";

const maxUsers = 1;

function columnsOf(rows: readonly ViewRow[]): Column<ViewRow>[] {
  return [
    { key: "name", head: "View", cell: (row) => <ViewName row={row} /> },
    {
      key: "keys",
      head: "Join key",
      cell: ({ view }) => <code>{keysOf(view) || noValue}</code>,
    },
    {
      key: "features",
      head: "Features",
      align: "right",
      cell: ({ view }) => formatCount(view.current.features.length + view.current.expressions.length),
    },
    { key: "source", head: "Source", cell: ({ view }) => view.source ?? noValue },
    { key: "state", head: "State", cell: ({ facts }) => <WorstState facts={facts} /> },
    {
      key: "age",
      head: (
        <Definition
          name="Age at look-up, p95 of the last day"
          sentence="95th percentile of the age of rows looked up in the last day, with the max age of the view. Without look-ups, the time since the newest event. The state is current."
        >
          Age at look-up, p95 of the last day
        </Definition>
      ),
      cell: (row) => <Age row={row} />,
    },
    ...(rows.some(({ foundShare }) => foundShare !== null) ? servedColumns : []),
    ...(rows.some(({ skew }) => skew !== null) ? [skewColumn] : []),
    { key: "users", head: "Used by", cell: ({ users }) => <Users users={users} /> },
  ];
}

const servedColumns: Column<ViewRow>[] = [
  {
    key: "rate",
    head: "Look-ups/s",
    align: "right",
    cell: ({ lookUpsPerSecond }) => formatNumber(lookUpsPerSecond),
  },
  {
    key: "found",
    head: (
      <Definition name="Found" sentence="Share of look-ups in the last day that found a valid row.">
        Found
      </Definition>
    ),
    align: "right",
    cell: ({ foundShare }) => formatPercent(foundShare),
  },
];

const skewColumn: Column<ViewRow> = {
  key: "skew",
  head: (
    <Definition
      name="Served ≠ true"
      sentence="Share of served values in the last 14 days that differ from what is known today, with the most frequent cause."
    >
      Served ≠ true
    </Definition>
  ),
  cell: ({ skew }) => {
    if (!skew) return noValue;
    if (skew.true.mismatched === 0) return "0";
    return `${formatPercent(skew.true.share)} ${skew.true.causes[0]?.cause ?? ""}`;
  },
};

/** Lists feature views; below 640 px as cards. */
export function ViewsTable({ rows, empty, foot }: { rows: readonly ViewRow[]; empty: ReactNode; foot: ReactNode }) {
  if (rows.length === 0) return <>{empty}</>;
  return (
    <>
      <div className={classes.table}>
        <DataTable
          label="Feature views"
          rows={rows}
          columns={columnsOf(rows)}
          rowKey={({ view }) => view.name}
          rowHref={({ view }) => featureViewHref(view.name)}
          foot={foot}
        />
      </div>
      <ul className={classes.cards} aria-label="Feature views">
        {rows.map((row) => (
          <Card row={row} key={row.view.name} />
        ))}
      </ul>
    </>
  );
}

function Card({ row }: { row: ViewRow }) {
  const { view, facts, users, foundShare } = row;
  return (
    <li className={classes.card}>
      <div className={classes.cardHead}>
        <Link href={featureViewHref(view.name)}>
          <ViewName row={row} />
        </Link>
        <WorstState facts={facts} />
      </div>
      <Age row={row} />
      <div className={`${classes.foot} lw-small lw-muted`}>
        <span>{foundShare === null ? keysOf(view) : `${formatPercent(foundShare)} found`}</span>
        <span>
          <Users users={users} />
        </span>
      </div>
    </li>
  );
}

function ViewName({ row: { view } }: { row: ViewRow }) {
  return (
    <>
      <strong className={classes.name}>{view.name}</strong> <span className="lw-quiet">v{view.current.version}</span>
    </>
  );
}

const keysOf = ({ current }: ViewRow["view"]) => current.entities.map(({ joinKey }) => joinKey).join(", ");

function WorstState({ facts }: { facts: ViewFacts }) {
  const [{ state, word }] = viewStates(facts);
  return <StatusBadge state={state}>{word}</StatusBadge>;
}

function Age({ row: { view, facts, servedAgeUs, materialised } }: { row: ViewRow }) {
  const { ttlUs } = facts;
  const ageUs = servedAgeUs ?? facts.ageUs;
  if (ageUs === null) {
    if (materialised === null) return <span className="lw-quiet">{noValue}</span>;
    return (
      <div className={classes.progress}>
        <WorkProgress label={`Rows read for ${view.name}`} done={materialised} total={1} />
        <span className="lw-number">
          <strong>{formatPercent(materialised, { decimals: 0 })}</strong>{" "}
          <span className="lw-quiet">of the rows read</span>
        </span>
      </div>
    );
  }
  const age = <strong>{formatDuration(ageUs / 1000)}</strong>;
  const share = shareOfLimit({ ageUs, ttlUs });
  if (share === null || ttlUs === null) return <span className="lw-number">{age}</span>;
  return (
    <TargetBar share={share}>
      {age}{" "}
      <span className="lw-quiet">
        of {formatDuration(ttlUs / 1000)}
        {servedAgeUs === null && ", newest event"}
      </span>
    </TargetBar>
  );
}

function Users({ users }: Pick<ViewRow, "users">) {
  if (users.length === 0) return <span className="lw-quiet">{noValue}</span>;
  const more = users.length - maxUsers;
  return (
    <>
      {users.slice(0, maxUsers).map(({ name, href }) =>
        href === undefined ? (
          name
        ) : (
          <Link href={href} key={name}>
            {name}
          </Link>
        ),
      )}
      {more > 0 && <span title={users.map(({ name }) => name).join(", ")}> +{more}</span>}
    </>
  );
}
