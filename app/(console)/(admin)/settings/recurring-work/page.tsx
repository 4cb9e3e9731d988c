import type { Metadata } from "next";
import { requireContext } from "#app/_lib/context.ts";
import { RecurringWorkTable } from "#components/admin/recurring-work/recurring-work-table.tsx";
import { SetAsideTable } from "#components/admin/recurring-work/set-aside-table.tsx";
import { SettingsTabs, settingsCrumbs } from "#components/admin/settings/settings-tabs.tsx";
import { LiveRefresh } from "#components/shell/live-refresh.tsx";
import { Page } from "#components/shell/page.tsx";
import { PageHead } from "#components/ui/page-head.tsx";
import { Panel } from "#components/ui/panel.tsx";
import { EmptyState } from "#components/ui/states.tsx";
import { getRecurringWork } from "#server/admin/settings/recurring-work/queries.ts";
import type { Context } from "#server/base/context.ts";
import { isInstanceAdmin } from "#server/platform/identity/workspaces/instance-admin.ts";
import { retrySetAsideItemAction } from "./actions.ts";

export const metadata: Metadata = { title: "Recurring work, Settings" };

export default async function RecurringWorkPage() {
  const ctx = await requireContext();
  const mayView = ctx.actor.role === "admin" && (await isInstanceAdmin(ctx));
  return (
    <Page crumbs={settingsCrumbs("recurring-work")} live={mayView}>
      <PageHead
        help="scaling#recurring-work"
        title="Recurring work"
        context="Watchers and scheduled jobs of the worker, for all workspaces"
      />
      <SettingsTabs current="recurring-work" />
      {mayView ? (
        <Work ctx={ctx} />
      ) : (
        <Panel flush>
          <EmptyState title="You cannot view recurring work">
            Viewing recurring work requires the admin role in the first workspace.
          </EmptyState>
        </Panel>
      )}
    </Page>
  );
}

async function Work({ ctx }: { ctx: Context }) {
  const { work, setAside } = await getRecurringWork(ctx);
  return (
    <>
      <LiveRefresh topics={["settings"]} everyMs={15_000} />
      <Panel title="Items set aside" subtitle="retried automatically; most attempts first" flush>
        <SetAsideTable items={setAside} retry={retrySetAsideItemAction} />
      </Panel>
      <Panel title="Watchers and scheduled jobs" subtitle="last execution by any worker" flush>
        <RecurringWorkTable work={work} />
      </Panel>
    </>
  );
}
