import { LineChart } from "#components/charts/line-chart.tsx";
import { type Column, DataTable } from "#components/ui/data-table.tsx";
import { formatCount, formatNumber, formatPercent, plural } from "#components/ui/format.ts";
import { Columns } from "#components/ui/page-head.tsx";
import { Panel } from "#components/ui/panel.tsx";
import type { EvaluationPanels } from "#server/release/evaluation/contract.ts";
import { type Fact, FactList } from "./fact-list.tsx";

type Of<Kind extends EvaluationPanels["kind"]> = Extract<EvaluationPanels, { kind: Kind }>;
interface Versions<Kind extends EvaluationPanels["kind"]> {
  panels: Of<Kind>;
  version: number;
  base: { version: number; panels: Of<Kind> } | undefined;
}

const percent = (value: number | null) => formatPercent(value, { decimals: 1 });

/** Renders ranked lists by the number of items looked at. */
export function RankingPanels({ panels, version, base }: Versions<"ranking">) {
  const { lists, emptyLists, at, atEach } = panels;
  const hits = (each: typeof atEach) => each.map(({ k, hit }) => ({ at: k, value: hit === null ? null : hit * 100 }));
  return (
    <>
      <Columns columns="minmax(0, 1.4fr) minmax(0, 1fr)">
        <LineChart
          title="Hit@k"
          subtitle="% of lists with a relevant item among the first k"
          unit="%"
          x="step"
          xNoun="k"
          height={240}
          series={[
            { id: "own", label: `v${version}`, version, points: hits(atEach) },
            ...(base
              ? [{ id: "base", label: `v${base.version}`, version: base.version, points: hits(base.panels.atEach) }]
              : []),
          ]}
        />
        <Panel title="Notes">
          <FactList
            facts={[
              { name: "Lists", value: formatCount(lists) },
              { name: "Without a relevant item", value: `${formatCount(emptyLists)}, excluded from all metrics` },
              { name: "Gain", value: `2^relevance − 1, over the first ${at}; ties keep the order of the file` },
              {
                name: "Position bias",
                value: "Labels from clicks favour items shown first: compare versions, not single values.",
              },
            ]}
          />
        </Panel>
      </Columns>
      <Panel title="By number of items" flush>
        <DataTable
          label="By number of items"
          rows={atEach}
          columns={atColumns}
          rowKey={({ k }) => String(k)}
          density="dense"
        />
      </Panel>
    </>
  );
}

const atColumns: Column<Of<"ranking">["atEach"][number]>[] = [
  { key: "k", head: "k", cell: ({ k }) => k },
  { key: "ndcg", head: "NDCG", align: "right", cell: ({ ndcg }) => formatNumber(ndcg) },
  { key: "hit", head: "Hit", align: "right", cell: ({ hit }) => percent(hit) },
  { key: "precision", head: "Precision", align: "right", cell: ({ precision }) => percent(precision) },
  { key: "recall", head: "Recall", align: "right", cell: ({ recall }) => percent(recall) },
];

/** Renders the edits that lead from transcripts to labels. */
export function TranscriptionPanels({ panels }: { panels: Of<"transcription"> }) {
  const { words, substitutions, deletions, insertions, silent, invented } = panels;
  const share = (count: number) => `${formatCount(count)} (${percent(words > 0 ? count / words : null)} of words)`;
  const facts: Fact[] = [
    { name: "Words in labels", value: formatCount(words) },
    { name: "Substituted", value: share(substitutions) },
    { name: "Deleted", value: share(deletions) },
    { name: "Inserted", value: share(insertions) },
    {
      name: "Silent recordings",
      value: `${formatCount(silent)}, in which ${plural(invented, "word was", "words were")} invented; not part of the rates`,
    },
  ];
  return (
    <Panel title="Edits" subtitle="of a shortest edit; only their sum is unique">
      <FactList facts={facts} />
    </Panel>
  );
}

/** Renders alarms by event, and what another threshold would give. */
export function AnomalyPanels({ panels }: { panels: Of<"anomaly"> }) {
  const { events, detected, alarms, falseAlarms, leads, pointAdjustedF1, curve } = panels;
  const middle = leads[Math.floor(leads.length / 2)];
  const facts: Fact[] = [
    { name: "Events detected", value: `${formatCount(detected)} of ${formatCount(events)}` },
    { name: "Alarms", value: `${formatCount(alarms)}, of which ${formatCount(falseAlarms)} false` },
    {
      name: "Lead",
      value:
        middle === undefined
          ? "no event was detected"
          : `median ${formatNumber(middle)} steps, ${formatNumber(leads[0])} to ${formatNumber(leads.at(-1))}; negative is late`,
    },
    {
      name: "Point-adjusted F1",
      value: (
        <>
          <s>{formatNumber(pointAdjustedF1)}</s>: it counts a whole event as detected by a single step
        </>
      ),
    },
  ];
  return (
    <Columns columns="minmax(0, 1fr) minmax(0, 1.4fr)">
      <Panel title="Events">
        <FactList facts={facts} />
      </Panel>
      <Panel title="Other thresholds" subtitle="the threshold of the set was chosen on other rows" flush>
        <DataTable
          label="Other thresholds"
          rows={curve}
          columns={curveColumns}
          rowKey={({ threshold }) => String(threshold)}
          density="dense"
          maxHeight="360px"
        />
      </Panel>
    </Columns>
  );
}

const curveColumns: Column<Of<"anomaly">["curve"][number]>[] = [
  { key: "threshold", head: "Threshold", cell: ({ threshold }) => formatNumber(threshold) },
  { key: "recall", head: "Event recall", align: "right", cell: ({ eventRecall }) => percent(eventRecall) },
  { key: "precision", head: "Event precision", align: "right", cell: ({ eventPrecision }) => percent(eventPrecision) },
  {
    key: "false",
    head: "False alarms per 1,000",
    align: "right",
    cell: ({ falseAlarmsPer1000 }) => formatNumber(falseAlarmsPer1000),
  },
  { key: "lead", head: "Median lead", align: "right", cell: ({ medianLead }) => formatNumber(medianLead) },
];
