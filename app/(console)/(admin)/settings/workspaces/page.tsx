import type { Metadata } from "next";
import { requireContext } from "#app/_lib/context.ts";
import { SettingsTabs, settingsCrumbs } from "#components/admin/settings/settings-tabs.tsx";
import { NewWorkspace } from "#components/admin/workspaces/new-workspace.tsx";
import { AllWorkspacesTable, OwnWorkspacesTable } from "#components/admin/workspaces/workspaces-table.tsx";
import { AccountsTable } from "#components/platform/identity/accounts-table.tsx";
import { Page } from "#components/shell/page.tsx";
import { Link } from "#components/ui/link.tsx";
import { PageHead } from "#components/ui/page-head.tsx";
import { Panel } from "#components/ui/panel.tsx";
import { StaleLine } from "#components/ui/states.tsx";
import { listAccounts } from "#server/platform/identity/users/account-queries.ts";
import { isInstanceAdmin } from "#server/platform/identity/workspaces/instance-admin.ts";
import { listOwnWorkspaces, listWorkspaces } from "#server/platform/identity/workspaces/queries.ts";
import {
  createWorkspaceAction,
  disableUserAction,
  enableUserAction,
  resetPasswordAction,
  resetSecondFactorAction,
  restoreWorkspaceAction,
  revokeSessionsOfUserAction,
} from "./actions.ts";

export const metadata: Metadata = { title: "All workspaces, Settings" };

const accountActions = {
  disable: disableUserAction,
  enable: enableUserAction,
  resetPassword: resetPasswordAction,
  endSessions: revokeSessionsOfUserAction,
  resetSecondFactor: resetSecondFactorAction,
};

export default async function WorkspacesPage({ searchParams }: PageProps<"/settings/workspaces">) {
  const ctx = await requireContext();
  const { absent, after } = await searchParams;
  const own = await listOwnWorkspaces(ctx);
  const mayManage = ctx.actor.role === "admin" && (await isInstanceAdmin(ctx));
  const all = mayManage ? await listWorkspaces(ctx) : [];
  const accounts = mayManage ? await listAccounts(ctx, typeof after === "string" ? { after } : {}) : undefined;
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
          There is no workspace “{absent}”, or you do not have access to it. Ask one of its admins to invite you.
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
      {accounts && (
        <Panel title="Accounts on this installation" subtitle="by email; their memberships are under People" flush>
          <AccountsTable
            accounts={accounts.accounts}
            viewer={{ id: ctx.actor.id, name: ctx.actor.name }}
            actions={accountActions}
            foot={
              accounts.next && (
                <Link href={`/settings/workspaces?after=${encodeURIComponent(accounts.next)}`}>Next page</Link>
              )
            }
          />
        </Panel>
      )}
    </Page>
  );
}
