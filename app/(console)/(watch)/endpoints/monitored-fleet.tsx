import { momentsOf } from "#components/serve/endpoints/fit-range.ts";
import { LiveRefresh } from "#components/shell/live-refresh.tsx";
import { TabHead } from "#components/ui/page-head.tsx";
import { Panel } from "#components/ui/panel.tsx";
import { SegmentedLinks } from "#components/ui/tabs.tsx";
import { DriftTable } from "#components/watch/monitoring/drift/drift-table.tsx";
import { describeDrift, describeQuality } from "#components/watch/monitoring/fleet/fleet-sentences.ts";
import { qualityHref } from "#components/watch/monitoring/quality/addresses.ts";
import { QualityTable } from "#components/watch/monitoring/quality/quality-table.tsx";
import { qualityRangeOf, qualityRanges, usualRange } from "#components/watch/monitoring/quality/ranges.ts";
import type { Context } from "#server/base/context.ts";
import { listDrift } from "#server/watch/monitoring/drift/report/list-drift.ts";
import { listQuality } from "#server/watch/monitoring/quality/queries.ts";

/** Renders all endpoints by drift, worst first. */
export async function DriftFleet({ ctx }: { ctx: Context }) {
  const rows = await listDrift(ctx);
  return (
    <>
      <LiveRefresh topics={["monitoring"]} everyMs={60_000} />
      <TabHead
        sentence={describeDrift(rows)}
        context="Inputs and predictions compared with the reference of each version"
      />
      <Panel title="Drift" subtitle="worst first; based on the latest day or hour" flush>
        <DriftTable rows={rows} />
      </Panel>
    </>
  );
}

/** Renders all endpoints by quality, worst first. @param range as the address names it */
export async function QualityFleet({ ctx, range: requested }: { ctx: Context; range: string | string[] | undefined }) {
  const requestedRange = qualityRangeOf({ range: requested });
  const range = requestedRange ?? usualRange();
  const { endpoints } = await listQuality(ctx, momentsOf(range, Date.now()));
  const ranges = qualityRanges.map((one) => ({
    label: one.label,
    href: qualityHref(one),
    current: one.key === range.key,
  }));
  return (
    <>
      <LiveRefresh topics={["monitoring"]} everyMs={60_000} />
      <TabHead
        sentence={describeQuality(endpoints)}
        context="Accuracy from labels once they are complete, estimated until then"
        actions={<SegmentedLinks label="Time range" items={ranges} />}
      />
      <Panel title="Quality" subtitle={`worst first; last ${range.label}`} flush>
        <QualityTable endpoints={endpoints} range={requestedRange} />
      </Panel>
    </>
  );
}
