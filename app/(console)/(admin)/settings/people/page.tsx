import type { Metadata } from "next";
import { requireContext, runtime } from "#app/_lib/context.ts";
import { SettingsTabs, settingsCrumbs } from "#components/admin/settings/settings-tabs.tsx";
import { AddPerson } from "#components/platform/identity/add-person.tsx";
import { InvitationsTable } from "#components/platform/identity/invitations-table.tsx";
import { InvitePerson } from "#components/platform/identity/invite-person.tsx";
import { PeopleTable } from "#components/platform/identity/people-table.tsx";
import { Page } from "#components/shell/page.tsx";
import { Link } from "#components/ui/link.tsx";
import { PageHead } from "#components/ui/page-head.tsx";
import { Panel } from "#components/ui/panel.tsx";
import { lastChanges } from "#server/admin/audit-log/queries.ts";
import type { User } from "#server/platform/identity/contract.ts";
import { listInvitations } from "#server/platform/identity/invitations/queries.ts";
import { getViewer } from "#server/platform/identity/queries.ts";
import { listUsers } from "#server/platform/identity/users/queries.ts";
import { isInstanceAdmin } from "#server/platform/identity/workspaces/instance-admin.ts";
import {
  changeRoleAction,
  createInvitationAction,
  createUserAction,
  disableMembershipAction,
  enableMembershipAction,
  removeMembershipAction,
  resendInvitationAction,
  revokeInvitationAction,
} from "./actions.ts";

export const metadata: Metadata = { title: "People, Settings" };

const actions = {
  changeRole: changeRoleAction,
  disable: disableMembershipAction,
  enable: enableMembershipAction,
  remove: removeMembershipAction,
};

export default async function PeoplePage({ searchParams }: { searchParams: Promise<{ after?: string | string[] }> }) {
  const ctx = await requireContext();
  const { after } = await searchParams;
  const viewer = await getViewer(ctx);
  const { users, next } = await listUsers(ctx, typeof after === "string" ? { after } : {});
  const changes = await lastChanges(ctx, users.map(subjectOf));
  const { config } = runtime();
  const isAdmin = viewer.role === "admin";
  const invitations = isAdmin ? await listInvitations(ctx) : [];
  const people = users.map((user) => ({ ...user, lastChange: changes.get(subjectOf(user)) }));
  return (
    <Page crumbs={settingsCrumbs("people")}>
      <PageHead
        help="security#roles"
        title="People"
        context="Members of this workspace and their roles"
        actions={
          isAdmin ? (
            <>
              {(await isInstanceAdmin(ctx)) && (
                <AddPerson action={createUserAction} consoleUrl={config.publicUrl} companyName={config.oidc?.name} />
              )}
              <InvitePerson action={createInvitationAction} />
            </>
          ) : (
            <span className="lw-quiet">{whoCanChange(users)}</span>
          )
        }
      />
      <SettingsTabs current="people" />
      <Panel flush>
        <PeopleTable
          people={people}
          viewer={viewer}
          actions={actions}
          foot={next && <Link href={`/settings/people?after=${encodeURIComponent(next)}`}>Next page</Link>}
        />
      </Panel>
      {isAdmin && (
        <Panel title="Open invitations" subtitle="valid for 7 days, by email" flush>
          <InvitationsTable invitations={invitations} resend={resendInvitationAction} revoke={revokeInvitationAction} />
        </Panel>
      )}
    </Page>
  );
}

function subjectOf(user: User): string {
  return `user/${user.email}`;
}

/** Names the users who have the permission that the reader lacks. */
function whoCanChange(users: User[]): string {
  const admins = users.filter((user) => user.role === "admin" && !user.disabledAt).map((user) => user.name);
  return admins.length > 0 ? `Admins can manage people: ${admins.slice(0, 5).join(", ")}` : "Admins can manage people";
}
