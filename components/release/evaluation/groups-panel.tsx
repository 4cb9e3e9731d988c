import { formatCount, noValue, plural } from "#components/ui/format.ts";
import { Panel } from "#components/ui/panel.tsx";
import { StatusBadge } from "#components/ui/status-badge.tsx";
import type { EvaluatedGroups, EvaluationMetric } from "#server/release/evaluation/contract.ts";
import classes from "./evaluation.module.css";
import { gapSentence } from "./evaluation-text.ts";
import { IntervalBars } from "./interval-bars.tsx";
import { scaleOf } from "./interval-geometry.ts";
import { intervalText, valueText } from "./metric-text.ts";

interface GroupsPanelProps {
  groups: EvaluatedGroups;
  /** Metric that the groups are compared by. */
  metric: Pick<EvaluationMetric, "title" | "scale" | "better">;
  /** Without the numbers of intervals, for a narrow column. */
  isNarrow?: boolean;
}

/** Renders the groups of one column with their intervals, and the gap between them beside the one that chance would show. */
export function GroupsPanel({
  groups: { column, groups, gap, interval, ratio, expectedByChance },
  metric,
  isNarrow,
}: GroupsPanelProps) {
  const { scale: unit } = metric;
  const evaluated = groups.filter(({ isSmall, value }) => !isSmall && value !== null);
  const small = groups.filter((group) => !evaluated.includes(group));
  const ordered = evaluated.toSorted((a, b) => {
    const byValue = (a.value ?? 0) - (b.value ?? 0);
    return metric.better === "lower" ? -byValue : byValue;
  });
  const scale = scaleOf(ordered.map((group) => group.interval ?? group.value));
  // A gap of the size that chance shows says nothing about the model.
  const isClear = gap !== null && interval !== null && interval.low > (expectedByChance ?? 0);
  return (
    <Panel
      title={`By ${column}`}
      subtitle={`${metric.title.toLowerCase()}, worst first`}
      right={
        gap !== null && (
          <StatusBadge state={isClear ? "watch" : "no-data"}>
            {isClear ? "Gap beyond chance" : "Inconclusive"}
          </StatusBadge>
        )
      }
    >
      <table className={classes.groups}>
        <tbody>
          {ordered.map((group) => (
            <tr key={group.name}>
              <th scope="row">{group.name}</th>
              <td>
                <IntervalBars scale={scale} values={[{ value: group.value ?? 0, interval: group.interval }]} />
              </td>
              <td className="lw-number">
                {valueText(unit, group.value)}{" "}
                <span className="lw-quiet">
                  {!isNarrow && `${intervalText(unit, group.interval) ?? noValue}, `}
                  {plural(group.rows, "row")}
                </span>
              </td>
            </tr>
          ))}
        </tbody>
      </table>
      <p className="lw-small">
        {gapSentence(unit, { gap, interval, expectedByChance })}
        {ratio !== null && ` Lowest to highest: ${ratio.toFixed(2)}.`}
      </p>
      {small.length > 0 && (
        <p className="lw-small lw-quiet">
          Too small to compare: {small.map(({ name, rows }) => `${name} (${formatCount(rows)})`).join(", ")}.
        </p>
      )}
    </Panel>
  );
}
