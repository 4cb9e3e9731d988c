import type { Metadata } from "next";
import { requireContext } from "#app/_lib/context.ts";
import { denialReason } from "#app/_lib/denial-reason.ts";
import { SettingsTabs, settingsCrumbs } from "#components/admin/settings/settings-tabs.tsx";
import { RetentionForm } from "#components/admin/trash/retention-form.tsx";
import { TrashTable } from "#components/admin/trash/trash-table.tsx";
import { kindLabels } from "#components/admin/trash/trash-text.ts";
import { LiveRefresh } from "#components/shell/live-refresh.tsx";
import { Page } from "#components/shell/page.tsx";
import { PageHead } from "#components/ui/page-head.tsx";
import { Panel } from "#components/ui/panel.tsx";
import { TableFoot } from "#components/ui/table-foot.tsx";
import { Tabs } from "#components/ui/tabs.tsx";
import type { TrashList } from "#server/admin/trash/contract.ts";
import { listTrash } from "#server/admin/trash/list-trash.ts";
import { getRetention } from "#server/admin/trash/retention-queries.ts";
import { TrashKind, trashKinds } from "#server/platform/purge-lock/contract.ts";
import { previewPurgeAction, requestPurgeAction, restoreAction, setRetentionAction } from "./actions.ts";

export const metadata: Metadata = { title: "Trash, Settings" };

const perPage = 50;

export default async function TrashPage({ searchParams }: PageProps<"/settings/trash">) {
  const ctx = await requireContext();
  const given = await searchParams;
  const kind = TrashKind.optional().catch(undefined).parse(given.kind);
  const offset = Math.max(0, Math.trunc(Number(given.from)) || 0);
  const { items, counts } = await listTrash(ctx, { kind, offset, limit: perPage });
  const rule = await getRetention(ctx);
  const total = kind ? counts[kind] : totalOf(counts);
  const pageHref = (from: number) =>
    `/settings/trash?${new URLSearchParams({ ...(kind && { kind }), from: `${from}` })}`;
  return (
    <Page crumbs={settingsCrumbs("trash")} live>
      <PageHead help="connect-python#trash-and-retention" title="Trash" context="Deleted items; you can restore them" />
      <SettingsTabs current="trash" />
      <Tabs label="Item types" items={kindTabs(kind, counts)} />
      <Panel flush>
        <LiveRefresh topics={["settings", "experiment", "model"]} />
        <TrashTable
          items={items}
          viewerName={ctx.actor.name}
          denialReason={{
            restore: denialReason(ctx.actor.role, "restoreRun"),
            purge: denialReason(ctx.actor.role, "requestPurge"),
          }}
          actions={{ restore: restoreAction, preview: previewPurgeAction, purge: requestPurgeAction }}
          foot={
            <TableFoot
              from={Math.min(offset + 1, total)}
              to={Math.min(offset + items.length, total)}
              total={total}
              noun="thing"
              previousHref={offset > 0 ? pageHref(Math.max(0, offset - perPage)) : undefined}
              nextHref={offset + perPage < total ? pageHref(offset + perPage) : undefined}
            />
          }
        />
      </Panel>
      <Panel title="Retention" subtitle="Applied once a day; experiments can override it">
        <RetentionForm
          rule={rule}
          action={setRetentionAction}
          disabledReason={denialReason(ctx.actor.role, "setRetention") && "Only admins can change this"}
          key={JSON.stringify(rule)}
        />
      </Panel>
    </Page>
  );
}

function totalOf(counts: TrashList["counts"]): number {
  return Object.values(counts).reduce((sum, count) => sum + count, 0);
}

function kindTabs(current: TrashKind | undefined, counts: TrashList["counts"]) {
  const all = { label: "All", href: "/settings/trash", current: current === undefined, count: totalOf(counts) };
  const kinds = trashKinds.map((kind) => ({
    label: kindLabels[kind].many,
    href: `/settings/trash?kind=${kind}`,
    current: kind === current,
    count: counts[kind],
  }));
  return [all, ...kinds];
}
