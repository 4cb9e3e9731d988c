import { Histogram } from "#components/charts/histogram.tsx";
import { BarCell } from "#components/ui/bar-list.tsx";
import { type Column, DataTable } from "#components/ui/data-table.tsx";
import { formatCount, formatNumber, formatPercent, noValue, plural } from "#components/ui/format.ts";
import { Tag } from "#components/ui/tag.tsx";
import type { ReferenceFeature } from "#server/watch/monitoring/profiles/contract.ts";
import { equalWidthCounts } from "./profile-shape.ts";
import classes from "./references.module.css";

const columns: Column<ReferenceFeature>[] = [
  { key: "name", head: "Feature", cell: (row) => <code>{row.name}</code> },
  {
    key: "kind",
    head: "Kind",
    cell: ({ role, profile }) => (
      <span className={classes.tags}>
        <Tag>{profile.kind === "numeric" ? "numbers" : "levels"}</Tag>
        {role === "output" && <Tag>prediction</Tag>}
      </span>
    ),
  },
  { key: "shape", head: "Distribution", width: 130, cell: (row) => <Shape feature={row} /> },
  { key: "summary", head: "Statistics", cell: (row) => <Summary feature={row} /> },
  {
    key: "missing",
    head: "Missing",
    width: 130,
    cell: (row) => <BarCell value={missing(row)} text={missing(row) === 0 ? "0" : formatPercent(missing(row))} />,
  },
  { key: "rows", head: "Values", align: "right", cell: ({ profile }) => formatCount(profile.count) },
  {
    key: "importance",
    head: "Importance",
    width: 150,
    cell: ({ importance, role }) =>
      role === "output" ? (
        <span className="lw-quiet">–</span>
      ) : (
        <BarCell value={importance} text={importance === null ? noValue : formatPercent(importance)} />
      ),
  },
];

/** Shows the distribution of each feature of a reference. */
export function FeaturesTable({ features }: { features: ReferenceFeature[] }) {
  return (
    <DataTable
      label="Features"
      rows={features}
      columns={columns}
      rowKey={(row) => `${row.role} ${row.name}`}
      foot={plural(features.length, "feature")}
    />
  );
}

function missing({ profile }: ReferenceFeature): number {
  const absent =
    profile.kind === "numeric" ? profile.nulls + profile.nans + profile.posInf + profile.negInf : profile.nulls;
  return absent / Math.max(1, profile.count + absent);
}

function Shape({ feature: { name, profile } }: { feature: ReferenceFeature }) {
  if (profile.count === 0) return <span className="lw-quiet">{noValue}</span>;
  if (profile.kind === "numeric") {
    const label = `Distribution of ${name} from ${formatNumber(profile.min)} to ${formatNumber(profile.max)}`;
    return <Histogram counts={equalWidthCounts(profile)} label={label} />;
  }
  const words = profile.levels.slice(0, 5).map(([level, count]) => `${level} ${formatCount(count)}`);
  return (
    <Histogram
      counts={profile.levels.slice(0, 24).map(([, count]) => count)}
      label={`Levels of ${name}: ${words.join(", ")}`}
    />
  );
}

function Summary({ feature: { profile } }: { feature: ReferenceFeature }) {
  if (profile.count === 0) return <span className="lw-quiet">all values missing</span>;
  if (profile.kind === "numeric") {
    const { min, max, mean, m2, count, edges } = profile;
    const median = edges[Math.floor(edges.length / 2)];
    return (
      <span className="lw-number">
        {formatNumber(min)} to {formatNumber(max)}
        <span className="lw-muted">
          {" "}
          · mean {formatNumber(mean)} ± {formatNumber(Math.sqrt(m2 / count))}
          {edges.length === 511 && ` · median ${formatNumber(median)}`}
        </span>
      </span>
    );
  }
  const rest = profile.levels.length - 4 + profile.otherLevels.length;
  return (
    <span className={classes.levels}>
      {profile.levels.slice(0, 4).map(([level, count]) => (
        <span key={level}>
          <span className={classes.level}>{level}</span>{" "}
          <span className="lw-quiet lw-number">{formatCount(count)}</span>
        </span>
      ))}
      {rest > 0 && <span className="lw-quiet">and {formatCount(rest)} more</span>}
    </span>
  );
}
