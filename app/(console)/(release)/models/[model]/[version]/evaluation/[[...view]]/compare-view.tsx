import { runtime } from "#app/_lib/context.ts";
import { evaluationHref } from "#components/release/evaluation/addresses.ts";
import { ChangedPreview } from "#components/release/evaluation/changed-preview.tsx";
import { DiscordantPanel } from "#components/release/evaluation/discordant-panel.tsx";
import { PairedMetrics } from "#components/release/evaluation/paired-metrics.tsx";
import { scoreClass } from "#components/release/evaluation/score-class.ts";
import { SegmentDifferences } from "#components/release/evaluation/segment-differences.tsx";
import { Link } from "#components/ui/link.tsx";
import { Columns } from "#components/ui/page-head.tsx";
import { Panel } from "#components/ui/panel.tsx";
import { EmptyState } from "#components/ui/states.tsx";
import type { Context } from "#server/base/context.ts";
import { listChangedRows } from "#server/release/evaluation/comparison/list-changed-rows.ts";
import type { ShownEvaluation } from "./result-view.tsx";

const changes = ["gained", "lost", "other"] as const;
const previewed = 8;

/** Renders two versions on one set: discordant rows, metrics, segments and rows that changed. */
export async function CompareView({ ctx, shown }: { ctx: Context; shown: ShownEvaluation }) {
  const { key, set, base, comparison, search } = shown;
  if (!comparison || base === undefined) {
    return (
      <Panel flush>
        <EmptyState title="No comparison yet">
          {base === undefined
            ? "The model has no other version."
            : `v${base} has no result on this set that could be compared with.`}
        </EmptyState>
      </Panel>
    );
  }
  const { discordant, segments } = comparison;
  const query = { set, base };
  const rowsHref = (only: string, segment?: string) => evaluationHref(key, "rows", { ...query, only, segment });
  const change = changes.find((each) => each === search.only) ?? "gained";
  const changed = discordant
    ? await listChangedRows(
        ctx,
        {
          setId: set.id,
          first: key,
          second: { name: key.name, version: base },
          change,
          limit: previewed,
        },
        runtime().artifacts,
      )
    : undefined;
  const counts = discordant && {
    gained: discordant.onlyFirst,
    lost: discordant.onlySecond,
    other: discordant.neitherDiffer,
  };
  const differences = (
    <SegmentDifferences
      comparison={comparison}
      rowsHref={Object.fromEntries(segments.map(({ id }) => [id, rowsHref(discordant ? "lost" : "all", id)]))}
    />
  );
  if (!discordant || !changed || !counts) {
    return (
      <>
        <PairedMetrics comparison={comparison} />
        {differences}
      </>
    );
  }
  return (
    <>
      <Columns columns="minmax(0, 1fr) minmax(0, 1.65fr)">
        <DiscordantPanel
          comparison={comparison}
          hrefs={{ gained: rowsHref("gained"), lost: rowsHref("lost"), other: rowsHref("other") }}
        />
        <PairedMetrics comparison={comparison} />
      </Columns>
      <Columns columns="minmax(0, 1.4fr) minmax(0, 1fr)">
        {differences}
        <ChangedPreview
          rows={changed.rows}
          version={key.version}
          base={base}
          scoreOf={scoreClass(set)}
          filters={changes.map((each) => ({
            label: { gained: `Gained ${counts.gained}`, lost: `Lost ${counts.lost}`, other: `Other ${counts.other}` }[
              each
            ],
            href: evaluationHref(key, "compare", { ...query, only: each }),
            current: each === change,
          }))}
          more={changed.total > changed.rows.length && <Link href={rowsHref(change)}>Show all {changed.total}</Link>}
        />
      </Columns>
    </>
  );
}
