import type { Metadata } from "next";
import { requireContext, runtime } from "#app/_lib/context.ts";
import { SettingsTabs, settingsCrumbs } from "#components/admin/settings/settings-tabs.tsx";
import { CompanyAccount } from "#components/platform/identity/company-account.tsx";
import { LastChange } from "#components/platform/identity/last-change.tsx";
import { OwnPassword } from "#components/platform/identity/own-password.tsx";
import { RevokeOtherSessions } from "#components/platform/identity/revoke-other-sessions.tsx";
import { SecondFactorPanel } from "#components/platform/identity/second-factor-panel.tsx";
import { SessionsTable } from "#components/platform/identity/sessions-table.tsx";
import { ContactForm } from "#components/respond/oncall/people/contact-form.tsx";
import { Page } from "#components/shell/page.tsx";
import { Columns, PageHead } from "#components/ui/page-head.tsx";
import { Panel } from "#components/ui/panel.tsx";
import { EmptyState } from "#components/ui/states.tsx";
import { lastChanges } from "#server/admin/audit-log/queries.ts";
import { roleMeanings } from "#server/platform/identity/constants.ts";
import { getViewer } from "#server/platform/identity/queries.ts";
import { getSecondFactor } from "#server/platform/identity/second-factor/queries.ts";
import { listSessions } from "#server/platform/identity/sessions/queries.ts";
import { contactChannels, getContactMethods } from "#server/platform/teams/people/queries.ts";
import { zoneChoices } from "../../../(respond)/on-call/people-choices.ts";
import {
  changePasswordAction,
  confirmSecondFactorAction,
  removeSecondFactorAction,
  revokeOtherSessionsAction,
  revokeSessionAction,
  setContactMethodsAction,
  startSecondFactorAction,
  unlinkCompanyAccountAction,
} from "./actions.ts";

export const metadata: Metadata = { title: "Your account, Settings" };

export default async function AccountPage({ searchParams }: PageProps<"/settings/account">) {
  const ctx = await requireContext();
  const { name, email, role, hasPassword, usesCompanySignIn } = await getViewer(ctx);
  const { error } = await searchParams;
  const company = runtime().config.oidc;
  const subject = `user/${email}`;
  const sessions = await listSessions(ctx);
  const change = (await lastChanges(ctx, [subject])).get(subject);
  return (
    <Page crumbs={settingsCrumbs("account")}>
      <PageHead help="security#sign-in" title={name} context={email} />
      <SettingsTabs current="account" />
      <Columns columns="1fr 1fr">
        <Panel title="Password" subtitle="Changing your password signs you out everywhere else">
          {hasPassword ? (
            <OwnPassword action={changePasswordAction} />
          ) : (
            <EmptyState title="No password to change here">You sign in with your company account.</EmptyState>
          )}
        </Panel>
        <Panel title="Role" subtitle={role}>
          <p>
            {roleMeanings[role]}.{role === "admin" ? "" : " Ask an admin to change it under Settings, People."}
          </p>
          <p className="lw-small">
            <LastChange change={change} />
          </p>
        </Panel>
      </Columns>
      {hasPassword && (
        <SecondFactorPanel
          factor={await getSecondFactor(ctx)}
          actions={{
            start: startSecondFactorAction,
            confirm: confirmSecondFactorAction,
            remove: removeSecondFactorAction,
          }}
        />
      )}
      <Panel
        title="Sessions"
        subtitle="signed-in browsers, last used first"
        right={sessions.length > 1 && <RevokeOtherSessions action={revokeOtherSessionsAction} />}
        flush
      >
        <SessionsTable sessions={sessions} revoke={revokeSessionAction} />
      </Panel>
      {(company || usesCompanySignIn) && (
        <Panel title="Company account" subtitle={company?.name}>
          <CompanyAccount
            isLinked={usesCompanySignIn}
            canUnlink={hasPassword}
            canLink={company !== undefined}
            hasFailed={typeof error === "string"}
            unlink={unlinkCompanyAccountAction}
          />
        </Panel>
      )}
      <Panel title="On-call contact methods" subtitle="all methods are used at the same time">
        <ContactForm
          value={await getContactMethods(ctx)}
          email={email ?? ""}
          zones={zoneChoices()}
          channels={await contactChannels(ctx)}
          save={setContactMethodsAction}
        />
      </Panel>
    </Page>
  );
}
