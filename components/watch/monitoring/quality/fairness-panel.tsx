import { formatCount, formatPercent, plural } from "#components/ui/format.ts";
import { Panel, PanelSection } from "#components/ui/panel.tsx";
import { EmptyState } from "#components/ui/states.tsx";
import { StatusBadge } from "#components/ui/status-badge.tsx";
import type { FairnessOfTag, QualityParts } from "#server/watch/monitoring/quality/detail/contract.ts";
import classes from "./quality.module.css";

const metricNames: Record<QualityParts["fairness"]["metric"], string> = {
  accuracy: "accuracy",
  selectionRate: "selection rate",
  truePositiveRate: "true positive rate",
  falsePositiveRate: "false positive rate",
};

/** Renders the fairness gap between groups that should be treated alike, with intervals that hold for all groups together. */
export function FairnessPanel({
  fairness,
  settingsHref,
}: {
  fairness: QualityParts["fairness"];
  settingsHref: string;
}) {
  const { metric, maxDifference, tags } = fairness;
  return (
    <Panel
      title="Fairness"
      subtitle={`${metricNames[metric]}; maximum acceptable difference ${formatPercent(maxDifference)}; groups with at least 30 labelled predictions`}
      flush
    >
      {tags.length === 0 ? (
        <EmptyState title="No groups configured" action={<a href={settingsHref}>Monitoring settings</a>}>
          Select the input that defines the groups; differences are then compared with the acceptable maximum.
        </EmptyState>
      ) : (
        tags.map((tag) => (
          <PanelSection title={<TagHead tag={tag} maxDifference={maxDifference} />} key={tag.groupBy}>
            <Pair tag={tag} maxDifference={maxDifference} />
            <Groups tag={tag} />
          </PanelSection>
        ))
      )}
    </Panel>
  );
}

function TagHead({ tag, maxDifference }: { tag: FairnessOfTag; maxDifference: number }) {
  const { groupBy, difference, differenceInterval: interval, ratio, isUnfair } = tag;
  const apart =
    difference === null
      ? "not enough data"
      : `difference ${formatPercent(difference, { decimals: 1 })} (${formatPercent(interval?.low, { decimals: 1 })} to ${formatPercent(interval?.high, { decimals: 1 })}), ratio ${ratio === null ? "unknown" : ratio.toFixed(2)}`;
  const [state, verdict] = verdictOf();
  return (
    <>
      <code>{groupBy}</code> <span className="lw-quiet">{apart}</span>{" "}
      <StatusBadge state={state}>{verdict}</StatusBadge>
    </>
  );

  function verdictOf() {
    if (difference === null) return ["no-data", "Insufficient data"] as const;
    if (isUnfair) return ["watch", "Above limit"] as const;
    // Few labels may lie so far apart by chance.
    return difference > maxDifference
      ? (["no-data", "Insufficient data"] as const)
      : (["on-target", "Within limit"] as const);
  }
}

/** Names the two groups that decide, with the interval that is compared with the limit. */
function Pair({ tag: { pair, groups }, maxDifference }: { tag: FairnessOfTag; maxDifference: number }) {
  if (!pair) return null;
  const { lower, higher, difference, interval } = pair;
  return (
    <p className="lw-small">
      {higher} is {formatPercent(difference, { decimals: 1 })} above {lower} (
      {formatPercent(interval.low, { decimals: 1 })} to {formatPercent(interval.high, { decimals: 1 })}, limit{" "}
      {formatPercent(maxDifference)})
      {groups.length > 2 && (
        <span className="lw-quiet">, the most certain difference of {plural(groups.length, "group")}</span>
      )}
    </p>
  );
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
