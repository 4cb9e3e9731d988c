import { formatCount, formatPercent, noValue, plural } from "#components/ui/format.ts";
import { Panel, PanelSection } from "#components/ui/panel.tsx";
import { EmptyState } from "#components/ui/states.tsx";
import { StatusBadge } from "#components/ui/status-badge.tsx";
import type { FairnessOfTag, QualityParts } from "#server/monitoring/quality/detail/contract.ts";
import classes from "./quality.module.css";

const metricNames: Record<QualityParts["fairness"]["metric"], string> = {
  accuracy: "share answered right",
  selectionRate: "share answered positive",
  truePositiveRate: "share found of the positives",
  falsePositiveRate: "share of the negatives answered positive",
};

/** Groups that should be treated alike: how far they lie apart, with bootstrap intervals. */
export function FairnessPanel({
  fairness,
  settingsHref,
}: {
  fairness: QualityParts["fairness"];
  settingsHref: string;
}) {
  const { metric, mostDifference, tags } = fairness;
  return (
    <Panel
      title="Fairness"
      subtitle={`${metricNames[metric]}; at most ${formatPercent(mostDifference)} apart; groups of 30 labelled predictions or more`}
      flush
    >
      {tags.length === 0 ? (
        <EmptyState title="No groups are named" action={<a href={settingsHref}>Settings of watching</a>}>
          Name the input that tells groups apart; differences are then held against the widest one that is acceptable.
        </EmptyState>
      ) : (
        tags.map((tag) => (
          <PanelSection title={<TagHead tag={tag} mostDifference={mostDifference} />} key={tag.groupBy}>
            <Groups tag={tag} />
          </PanelSection>
        ))
      )}
    </Panel>
  );
}

function TagHead({ tag, mostDifference }: { tag: FairnessOfTag; mostDifference: number }) {
  const { groupBy, difference, differenceInterval: interval, ratio, isUnfair } = tag;
  const apart =
    difference === null
      ? "not enough data"
      : `${formatPercent(difference, { decimals: 1 })} apart (${formatPercent(interval?.low, { decimals: 1 })} to ${formatPercent(interval?.high, { decimals: 1 })}), ratio ${ratio === null ? noValue : ratio.toFixed(2)}`;
  const [state, verdict] = verdictOf();
  return (
    <>
      <code>{groupBy}</code> <span className="lw-quiet">{apart}</span>{" "}
      <StatusBadge state={state}>{verdict}</StatusBadge>
    </>
  );

  function verdictOf() {
    if (difference === null) return ["no-data", "No verdict"] as const;
    if (isUnfair) return ["watch", "Too far apart"] as const;
    // Few labels may lie so far apart by chance.
    return difference > mostDifference
      ? (["no-data", "Too few to say"] as const)
      : (["on-target", "Within limit"] as const);
  }
}

function Groups({ tag: { groups, small } }: { tag: FairnessOfTag }) {
  return (
    <>
      <table className="lw-small">
        <tbody>
          {groups.map(({ name, rows, value, interval }) => (
            <tr key={name}>
              <th scope="row" style={{ paddingRight: 14, textAlign: "left", fontWeight: 500 }}>
                {name}
              </th>
              <td>
                <span className={classes.range} aria-hidden="true">
                  <span style={{ left: `${interval.low * 100}%`, width: `${(interval.high - interval.low) * 100}%` }} />
                  <i style={{ left: `${value * 100}%` }} />
                </span>
              </td>
              <td className="lw-number" style={{ paddingLeft: 14 }}>
                {formatPercent(value, { decimals: 1 })}{" "}
                <span className="lw-quiet">
                  {formatPercent(interval.low, { decimals: 1 })} to {formatPercent(interval.high, { decimals: 1 })}, of{" "}
                  {formatCount(rows)}
                </span>
              </td>
            </tr>
          ))}
        </tbody>
      </table>
      {small.length > 0 && (
        <p className="lw-small lw-quiet">
          {plural(small.length, "group")} too small to compare:{" "}
          {small.map(({ name, rows }) => `${name} (${rows})`).join(", ")}
        </p>
      )}
    </>
  );
}
