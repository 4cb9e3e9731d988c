import { type Column, DataTable } from "#components/ui/data-table.tsx";
import { Definition } from "#components/ui/definition.tsx";
import { formatCountOf, formatNumber, formatPercent, noValue } from "#components/ui/format.ts";
import { Panel } from "#components/ui/panel.tsx";
import { StatusBadge } from "#components/ui/status-badge.tsx";
import { SegmentedLinks } from "#components/ui/tabs.tsx";
import type { FeatureReport } from "#server/watch/monitoring/drift/report/contract.ts";
import { describeSlowMove } from "./describe-slow-move.ts";
import { describeRarity, stateBadges } from "./drift-labels.ts";
import classes from "./features-panel.module.css";
import { FollowRows } from "./follow-rows.tsx";

export const shownKinds = ["all", "unusual", "no-data"] as const;
export type ShownKind = (typeof shownKinds)[number];

interface FeaturesPanelProps {
  features: FeatureReport[];
  shown: ShownKind;
  /** Name of the feature that is shown beside. */
  current: string | undefined;
  noun: "day" | "week";
  hrefOf: (view: { feature?: string | undefined; show?: string | undefined }) => string;
}

const isShown: Record<ShownKind, (feature: FeatureReport) => boolean> = {
  all: () => true,
  unusual: ({ state, slow }) => state === "drift" || state === "expected" || slow !== undefined,
  "no-data": ({ state }) => state === "no-data" || state === "too-few" || state === "untestable",
};

/** Renders features by relevance, each with its drift, importance and rank among normal windows. J and K move through them. */
export function FeaturesPanel({ features, shown, current, noun, hrefOf }: FeaturesPanelProps) {
  const rows = features.filter(isShown[shown]);
  const names: Record<ShownKind, string> = { all: `All ${features.length}`, unusual: "Drift", "no-data": "No data" };
  return (
    <Panel
      title="Features"
      subtitle="drift first; ranked by drift × importance × correlation with lost quality"
      right={
        <SegmentedLinks
          label="Filter features"
          items={shownKinds.map((kind) => ({
            label: names[kind],
            href: hrefOf({ feature: current, show: kind === "all" ? undefined : kind }),
            current: kind === shown,
          }))}
        />
      }
      flush
    >
      <FollowRows>
        <DataTable
          label="Features by drift"
          rows={rows}
          columns={columnsOf(features, noun)}
          rowKey={({ name }) => name}
          rowHref={({ name }) => hrefOf({ feature: name, show: shown === "all" ? undefined : shown })}
          current={current}
          density="dense"
          maxHeight="420px"
          empty={
            <p className={classes.none}>{shown === "unusual" ? "No drifted features." : "All features have data."}</p>
          }
          foot={rows.length < features.length ? `${formatCountOf(rows.length, features.length)} features` : undefined}
        />
      </FollowRows>
    </Panel>
  );
}

/** Renders a short bar beside its number, on the scale of its column. */
function Meter({ value, most, text }: { value: number; most: number; text: string }) {
  return (
    <span className={classes.meter}>
      <span className={classes.track} aria-hidden="true">
        <span style={{ width: `${Math.min(1, value / most) * 100}%` }} />
      </span>
      <span className="lw-number">{text}</span>
    </span>
  );
}

function columnsOf(features: readonly FeatureReport[], noun: "day" | "week"): Column<FeatureReport>[] {
  const most = (of: (feature: FeatureReport) => number | null) =>
    Math.max(1e-9, ...features.map((each) => of(each) ?? 0));
  const [psi, rank, importance] = [most((f) => f.psi), most((f) => f.rank), most((f) => f.importance)];
  return [
    {
      key: "name",
      head: "Feature",
      cell: ({ name, role, missing, unseen, outside, slow }) => (
        <span className={classes.name} title={name}>
          <code>{name}</code>
          {role === "output" && <span className="lw-quiet"> prediction</span>}
          {slow && (
            <span className={classes.also} title={describeSlowMove(slow)}>
              slow drift
            </span>
          )}
          {missing?.isAlarm && (
            <span className={classes.also} title={`missing ${formatPercent(missing.share)}`}>
              missing
            </span>
          )}
          {unseen?.isAlarm && (
            <span className={classes.also} title={`unseen ${formatPercent(unseen.share)}`}>
              unseen
            </span>
          )}
          {outside?.isAlarm && (
            <span className={classes.also} title={`out of range ${formatPercent(outside.share)}`}>
              range
            </span>
          )}
        </span>
      ),
    },
    {
      key: "psi",
      head: (
        <Definition
          name="Drift"
          sentence="Population stability index against the reference, over quantile bins. Each row has its own threshold for drift, which is higher where normal windows vary more or differ by hour of the week. Numbers are tested for shifts and spread as well, which may find drift below this threshold."
          formula={
            "Σ (p − q) · ln(p / q), current side smoothed\nthreshold = (1/n + 1/m) · χ²(1 − α) for independent rows"
          }
        >
          Drift
        </Definition>
      ),
      cell: ({ psi: value, line }) =>
        value === null ? (
          noValue
        ) : (
          <span title={line === null ? undefined : `threshold ${formatNumber(line)}`}>
            <Meter value={value} most={psi} text={formatNumber(value, { decimals: 2 })} />
          </span>
        ),
    },
    {
      key: "importance",
      head: (
        <Definition
          name="Importance"
          sentence="Share of the feature in explaining predictions on the reference; all inputs sum to 1."
        >
          Importance
        </Definition>
      ),
      cell: ({ importance: value }) =>
        value === null ? (
          noValue
        ) : (
          <Meter value={value} most={importance} text={formatNumber(value, { decimals: 2 })} />
        ),
    },
    {
      key: "rank",
      head: (
        <Definition
          name="Rank"
          sentence="Size of the drift, times importance, times how strongly past drift correlated with lost quality (0.1 if unknown). Features with drift come first."
          formula="PSI net of noise · importance · max(0.1, correlation)"
        >
          Rank
        </Definition>
      ),
      cell: ({ rank: value, excess, correlation, psi }) =>
        psi === null ? (
          noValue
        ) : (
          <span
            title={`${formatNumber(excess)} × its threshold, correlation ${correlation === null ? "unknown" : formatNumber(correlation)}`}
          >
            <Meter value={value} most={rank} text={formatNumber(value, { decimals: 3 })} />
          </span>
        ),
    },
    {
      key: "state",
      head: "p-value",
      cell: ({ state, oneIn }) => {
        const badge = stateBadges[state];
        return (
          <span className={classes.state}>
            <StatusBadge state={badge.state}>{badge.word}</StatusBadge>
            <span className="lw-quiet">{describeRarity(oneIn, noun)}</span>
          </span>
        );
      },
    },
  ];
}
