import { requireContext } from "#app/_lib/context.ts";
import { denialReason } from "#app/_lib/denial-reason.ts";
import { found } from "#app/_lib/found.ts";
import { settingsCrumbs } from "#components/admin/settings/settings-tabs.tsx";
import { CancelButton } from "#components/admin/transfer/cancel-button.tsx";
import { TransferState } from "#components/admin/transfer/imports-table.tsx";
import { ItemsTable } from "#components/admin/transfer/items-table.tsx";
import { importSentence, kindLabels } from "#components/admin/transfer/text.ts";
import { LiveRefresh } from "#components/shell/live-refresh.tsx";
import { Page } from "#components/shell/page.tsx";
import { formatBytes, formatCount } from "#components/ui/format.ts";
import { MetricStrip, MetricTile } from "#components/ui/metric-tile.tsx";
import { PageHead } from "#components/ui/page-head.tsx";
import { Panel } from "#components/ui/panel.tsx";
import { EmptyState } from "#components/ui/states.tsx";
import { TableFoot } from "#components/ui/table-foot.tsx";
import { Tabs } from "#components/ui/tabs.tsx";
import type { Counts } from "#server/admin/transfer/contract.ts";
import { getImport, listImportItems } from "#server/admin/transfer/imports/queries.ts";
import { cancelImportAction } from "../../actions.ts";

export const metadata = { title: "Import, Settings" };

const perPage = 100;

export default async function ImportPage({ params, searchParams }: PageProps<"/settings/transfer/imports/[import]">) {
  const ctx = await requireContext();
  const one = await found(getImport(ctx, (await params).import));
  const query = await searchParams;
  const withProblems = query.show === "problems";
  const offset = Math.max(0, Number(query.offset) || 0);
  const { items, found: total } = await listImportItems(ctx, {
    importId: one.id,
    withProblems,
    limit: perPage,
    offset,
  });
  const isOpen = one.state === "waiting" || one.state === "running";
  const address = `/settings/transfer/imports/${one.id}`;
  const here = (offset: number) =>
    `${address}?${new URLSearchParams({ ...(withProblems && { show: "problems" }), offset: String(offset) })}`;
  return (
    <Page crumbs={[...settingsCrumbs("transfer", true), { label: one.origin }]} live>
      <LiveRefresh topics={["settings"]} id={one.id} />
      <PageHead
        help="connect-python#import-and-export"
        title={one.origin}
        badges={<TransferState state={one.state} filled />}
        context={`${kindLabels[one.kind]}, started by ${one.startedByName}`}
        sentence={importSentence(one)}
        actions={
          isOpen &&
          !denialReason(ctx.actor.role, "cancelImport") && (
            <CancelButton id={one.id} noun="import" action={cancelImportAction} />
          )
        }
      />
      <Tiles counts={one.counts} />
      <Tabs
        label="Imported items"
        items={[
          { label: "All", href: address, current: !withProblems },
          {
            label: "With problems",
            href: `${address}?show=problems`,
            current: withProblems,
            count: one.counts.withProblems,
          },
        ]}
      />
      <Panel flush>
        <ItemsTable
          items={items}
          empty={
            <EmptyState title={withProblems ? "No problems" : "Nothing imported yet"}>
              {isOpen ? "This page updates automatically." : undefined}
            </EmptyState>
          }
          foot={
            <TableFoot
              from={offset + 1}
              to={offset + items.length}
              total={total}
              noun="thing"
              previousHref={offset > 0 ? here(Math.max(0, offset - perPage)) : undefined}
              nextHref={offset + items.length < total ? here(offset + perPage) : undefined}
            />
          }
        />
      </Panel>
    </Page>
  );
}

function Tiles({ counts }: { counts: Counts }) {
  const numbers: [string, string][] = [
    ["Experiments", formatCount(counts.experiments)],
    ["Runs", formatCount(counts.runs)],
    ["Metric points", formatCount(counts.points)],
    ["Logged models", formatCount(counts.loggedModels)],
    ["Versions", formatCount(counts.versions)],
    ["Files", formatCount(counts.files)],
    ["Bytes", formatBytes(counts.bytes)],
  ];
  return (
    <MetricStrip>
      {numbers.map(([label, value]) => (
        <MetricTile key={label} label={label} value={value} />
      ))}
    </MetricStrip>
  );
}
