import type { Metadata } from "next";
import { requireContext } from "#app/_lib/context.ts";
import { SettingsTabs, settingsCrumbs } from "#components/admin/settings/settings-tabs.tsx";
import { NewWorkspace } from "#components/admin/workspaces/new-workspace.tsx";
import { AllWorkspacesTable, OwnWorkspacesTable } from "#components/admin/workspaces/workspaces-table.tsx";
import { Page } from "#components/shell/page.tsx";
import { PageHead } from "#components/ui/page-head.tsx";
import { Panel } from "#components/ui/panel.tsx";
import { StaleLine } from "#components/ui/states.tsx";
import { isInstanceAdmin } from "#server/platform/identity/workspaces/instance-admin.ts";
import { listOwnWorkspaces, listWorkspaces } from "#server/platform/identity/workspaces/queries.ts";
import { createWorkspaceAction, restoreWorkspaceAction } from "./actions.ts";

export const metadata: Metadata = { title: "All workspaces, Settings" };

export default async function WorkspacesPage({ searchParams }: PageProps<"/settings/workspaces">) {
  const ctx = await requireContext();
  const { absent } = await searchParams;
  const own = await listOwnWorkspaces(ctx);
  const mayManage = ctx.actor.role === "admin" && (await isInstanceAdmin(ctx));
  const all = mayManage ? await listWorkspaces(ctx) : [];
  return (
    <Page crumbs={settingsCrumbs("workspaces")}>
      <PageHead
        help="getting-started#workspaces"
        title="All workspaces"
        context={mayManage ? undefined : "Admins of the first workspace can create others"}
        actions={mayManage && <NewWorkspace action={createWorkspaceAction} />}
      />
      <SettingsTabs current="workspaces" />
      {typeof absent === "string" && (
        <StaleLine>
          There is no workspace “{absent}”, or you do not have access to it. Ask one of its admins to add you.
        </StaleLine>
      )}
      <Panel title="Your workspaces" subtitle="workspaces you can access, by name" flush>
        <OwnWorkspacesTable workspaces={own} />
      </Panel>
      {mayManage && (
        <Panel
          title="All workspaces on this installation"
          subtitle="oldest first; nothing is shared between workspaces"
          flush
        >
          <AllWorkspacesTable workspaces={all} own={own.map(({ slug }) => slug)} restore={restoreWorkspaceAction} />
        </Panel>
      )}
    </Page>
  );
}
