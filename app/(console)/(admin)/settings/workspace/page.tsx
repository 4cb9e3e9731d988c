import type { Metadata } from "next";
import { requireContext, runtime } from "#app/_lib/context.ts";
import { SettingsTabs, settingsCrumbs } from "#components/admin/settings/settings-tabs.tsx";
import { ArchiveWorkspaceButton } from "#components/admin/workspaces/archive-workspace-button.tsx";
import { TimeZoneForm } from "#components/admin/workspaces/time-zone-form.tsx";
import { WorkspaceForm } from "#components/admin/workspaces/workspace-form.tsx";
import { LastChange } from "#components/platform/identity/last-change.tsx";
import { Page } from "#components/shell/page.tsx";
import { CodeBlock } from "#components/ui/code-block.tsx";
import { Columns, PageHead } from "#components/ui/page-head.tsx";
import { Panel } from "#components/ui/panel.tsx";
import { lastChanges } from "#server/admin/audit-log/queries.ts";
import { getViewer } from "#server/platform/identity/queries.ts";
import { listOwnWorkspaces } from "#server/platform/identity/workspaces/queries.ts";
import { archiveWorkspaceAction, renameWorkspaceAction, setTimeZoneAction } from "./actions.ts";

export const metadata: Metadata = { title: "Workspace, Settings" };

export default async function WorkspacePage() {
  const ctx = await requireContext();
  const { workspace, role, name } = await getViewer(ctx);
  const own = await listOwnWorkspaces(ctx);
  // Users with a single workspace need not name it.
  const basePath = own.length > 1 ? `/w/${workspace.slug}` : "";
  const { config } = runtime();
  const subject = `workspace/${workspace.slug}`;
  const change = (await lastChanges(ctx, [subject])).get(subject);
  return (
    <Page crumbs={settingsCrumbs("workspace")}>
      <PageHead
        help="getting-started#workspaces"
        title="Workspace"
        context={<LastChange change={change} />}
        actions={
          role === "admin" && (
            <ArchiveWorkspaceButton workspaceName={workspace.name} viewerName={name} action={archiveWorkspaceAction} />
          )
        }
      />
      <SettingsTabs current="workspace" />
      <Columns columns="1fr 1fr">
        <Panel title="Name" subtitle="Display name; addresses do not change">
          <WorkspaceForm
            name={workspace.name}
            action={renameWorkspaceAction}
            disabledReason={role === "admin" ? undefined : "Only admins can rename the workspace"}
          />
        </Panel>
        <Panel
          title="Time zone"
          subtitle="Defines when days, weeks and months start in costs, budgets, reports and the weekly email"
        >
          <TimeZoneForm
            key={workspace.timeZone}
            timeZone={workspace.timeZone}
            zones={timeZones(workspace.timeZone)}
            action={setTimeZoneAction}
            disabledReason={role === "admin" ? undefined : "Only admins can change this"}
          />
        </Panel>
        <Panel title="API endpoints" subtitle="For API clients; create a token under Settings, Tokens">
          <CodeBlock
            label="Address"
            examples={[
              { label: "Tracking", code: `export MLFLOW_TRACKING_URI=${config.publicUrl}${basePath}` },
              { label: "REST", code: `${config.publicUrl}${basePath}/api/v1/openapi.json` },
              { label: "Inference", code: `${config.gatewayUrl}${basePath}/v2` },
              { label: "Feast", code: `${config.gatewayUrl}${basePath}/feast` },
            ]}
          />
        </Panel>
      </Columns>
    </Page>
  );
}

/** Lists time zones, UTC first, then by name; includes the current one even if this version of Node uses another name for it. */
function timeZones(present: string): string[] {
  const named = new Set(["UTC", ...Intl.supportedValuesOf("timeZone"), present]);
  return [...named];
}
