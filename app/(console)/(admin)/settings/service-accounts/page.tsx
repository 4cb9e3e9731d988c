import type { Metadata } from "next";
import { requireContext, runtime } from "#app/_lib/context.ts";
import { denialReason } from "#app/_lib/denial-reason.ts";
import { SettingsTabs, settingsCrumbs } from "#components/admin/settings/settings-tabs.tsx";
import { NewServiceAccount } from "#components/platform/identity/new-service-account.tsx";
import { ServiceAccountsTable } from "#components/platform/identity/service-accounts-table.tsx";
import { Page } from "#components/shell/page.tsx";
import { PageHead } from "#components/ui/page-head.tsx";
import { Panel } from "#components/ui/panel.tsx";
import { listServiceAccounts } from "#server/platform/identity/service-accounts/queries.ts";
import { listEndpoints } from "#server/serve/endpoints/endpoint-queries.ts";
import { createServiceAccountAction, createServiceAccountTokenAction, disableServiceAccountAction } from "./actions.ts";

export const metadata: Metadata = { title: "Service accounts, Settings" };

const actions = { createToken: createServiceAccountTokenAction, disable: disableServiceAccountAction };

export default async function ServiceAccountsPage() {
  const ctx = await requireContext();
  const accounts = await listServiceAccounts(ctx);
  const { endpoints } = await listEndpoints(ctx, { limit: 500 });
  const why = denialReason(ctx.actor.role, "createServiceAccount");
  return (
    <Page crumbs={settingsCrumbs("service-accounts")}>
      <PageHead
        help="security#service-accounts"
        title="Service accounts"
        context="Accounts of programs: a role and tokens, but no sign-in"
        actions={
          why ? (
            <span className="lw-quiet">Creating one {why}</span>
          ) : (
            <NewServiceAccount action={createServiceAccountAction} />
          )
        }
      />
      <SettingsTabs current="service-accounts" />
      <Panel flush>
        <ServiceAccountsTable
          accounts={accounts}
          viewerName={ctx.actor.name}
          actions={why ? undefined : actions}
          consoleUrl={runtime().config.publicUrl}
          endpoints={endpoints.map((endpoint) => endpoint.name)}
        />
      </Panel>
    </Page>
  );
}
