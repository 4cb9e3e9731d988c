import { getAuditIntegrity } from "#server/admin/audit-log/get-audit-integrity.ts";
import { getAuditEvent, lastChanges, readAuditLog } from "#server/admin/audit-log/queries.ts";
import { getRecurringWork } from "#server/admin/settings/recurring-work/queries.ts";
import type { ChangeMessage, EventFeed } from "#server/platform/events/listen.ts";
import { watchEvents } from "#server/platform/events/watch-events.ts";
import { retrySetAsideItem } from "#server/platform/jobs/retry-set-aside-item.ts";
import { getGettingStarted } from "#server/report/overview/getting-started.ts";
import { getOverview } from "#server/report/overview/queries.ts";
import { getReadiness } from "#server/report/overview/readiness.ts";
import { searchEverything } from "#server/report/search/queries.ts";
import { createWorkspace } from "../../admin/workspaces/workspaces/create-workspace.ts";
import { acceptInvitation } from "../../platform/identity/invitations/accept-invitation.ts";
import { createInvitation } from "../../platform/identity/invitations/create-invitation.ts";
import { listInvitations } from "../../platform/identity/invitations/queries.ts";
import { resendInvitation } from "../../platform/identity/invitations/resend-invitation.ts";
import { revokeInvitation } from "../../platform/identity/invitations/revoke-invitation.ts";
import { changeRole } from "../../platform/identity/memberships/change-role.ts";
import { disableMembership } from "../../platform/identity/memberships/disable-membership.ts";
import { enableMembership } from "../../platform/identity/memberships/enable-membership.ts";
import { removeMembership } from "../../platform/identity/memberships/remove-membership.ts";
import { getViewer } from "../../platform/identity/queries.ts";
import { renameWorkspace } from "../../platform/identity/rename-workspace.ts";
import { confirmSecondFactor } from "../../platform/identity/second-factor/confirm-second-factor.ts";
import { getSecondFactor } from "../../platform/identity/second-factor/queries.ts";
import { removeSecondFactor } from "../../platform/identity/second-factor/remove-second-factor.ts";
import { resetSecondFactor } from "../../platform/identity/second-factor/reset-second-factor.ts";
import { startSecondFactor } from "../../platform/identity/second-factor/start-second-factor.ts";
import { createServiceAccount } from "../../platform/identity/service-accounts/create-service-account.ts";
import { disableServiceAccount } from "../../platform/identity/service-accounts/disable-service-account.ts";
import { listServiceAccounts } from "../../platform/identity/service-accounts/queries.ts";
import { listSessions } from "../../platform/identity/sessions/queries.ts";
import { revokeOtherSessions } from "../../platform/identity/sessions/revoke-other-sessions.ts";
import { revokeSession } from "../../platform/identity/sessions/revoke-session.ts";
import { revokeSessionsOfUser } from "../../platform/identity/sessions/revoke-sessions-of-user.ts";
import { linkCompanyAccount } from "../../platform/identity/sign-in/link-company-account.ts";
import { unlinkCompanyAccount } from "../../platform/identity/sign-in/unlink-company-account.ts";
import { createToken } from "../../platform/identity/tokens/create-token.ts";
import { getToken, listTokens } from "../../platform/identity/tokens/queries.ts";
import { revokeToken } from "../../platform/identity/tokens/revoke-token.ts";
import { getAccount, listAccounts } from "../../platform/identity/users/account-queries.ts";
import { changePassword } from "../../platform/identity/users/change-password.ts";
import { createUser } from "../../platform/identity/users/create-user.ts";
import { disableUser } from "../../platform/identity/users/disable-user.ts";
import { enableUser } from "../../platform/identity/users/enable-user.ts";
import { getUser, listUsers } from "../../platform/identity/users/queries.ts";
import { resetPassword } from "../../platform/identity/users/reset-password.ts";
import { archiveWorkspace } from "../../platform/identity/workspaces/archive-workspace.ts";
import { listOwnWorkspaces, listWorkspaces } from "../../platform/identity/workspaces/queries.ts";
import { restoreWorkspace } from "../../platform/identity/workspaces/restore-workspace.ts";
import { setWorkspaceTimeZone } from "../../platform/identity/workspaces/set-workspace-time-zone.ts";
import type { Calls } from "./call.ts";
import { type Fixture, password } from "./fixture.ts";

/** Creates a feed with a change in the workspace of the scene. */
function feedOf({ workspaceId, secret }: Fixture): EventFeed {
  return {
    subscribe: (onMessage) => {
      onMessage({ workspaceId, topic: "run", id: secret });
      return () => {};
    },
    ready: Promise.resolve(),
    silentMs: () => 0,
    close: async () => {},
  };
}

/** Without a mail server. */
const unmailed = { publicUrl: "http://localhost:3000", send: undefined };

/** People, tokens, audit log, and what looks over everything. */
export const identityCalls = {
  getViewer: (ctx) => getViewer(ctx),
  listUsers: (ctx) => listUsers(ctx, {}),
  getUser: (ctx, { userId }) => getUser(ctx, userId),
  createUser: (ctx) => createUser(ctx, { email: "new@people.test", name: "New", role: "viewer" }),
  changeRole: (ctx, { userId }) => changeRole(ctx, { userId, role: "operator" }),
  disableMembership: (ctx, { userId }) => disableMembership(ctx, { userId }),
  enableMembership: (ctx, { userId }) => enableMembership(ctx, { userId }),
  removeMembership: (ctx, { userId }) => removeMembership(ctx, { userId }),
  listInvitations: (ctx) => listInvitations(ctx),
  createInvitation: (ctx) => createInvitation(ctx, { email: "new@people.test", role: "viewer" }, unmailed),
  resendInvitation: (ctx, { invitationId }) => resendInvitation(ctx, { invitationId }, unmailed),
  revokeInvitation: (ctx, { invitationId }) => revokeInvitation(ctx, { invitationId }),
  acceptInvitation: (ctx) => acceptInvitation(ctx, { secret: "invite_unknown" }),
  listAccounts: (ctx) => listAccounts(ctx, {}),
  getAccount: (ctx, { userId }) => getAccount(ctx, userId),
  linkCompanyAccount: (ctx) =>
    linkCompanyAccount(ctx, { issuer: "https://id.example.test", subject: "1", emailVerified: false }),
  unlinkCompanyAccount: (ctx) => unlinkCompanyAccount(ctx),
  disableUser: (ctx, { userId }) => disableUser(ctx, { userId }),
  enableUser: (ctx, { userId }) => enableUser(ctx, { userId }),
  resetPassword: (ctx, { userId }) => resetPassword(ctx, { userId }),
  changePassword: (ctx) =>
    changePassword(ctx, { currentPassword: password, newPassword: "starboard lanterns at dusk" }),
  listSessions: (ctx) => listSessions(ctx),
  revokeSession: (ctx, { sessionId }) => revokeSession(ctx, { sessionId }),
  revokeOtherSessions: (ctx) => revokeOtherSessions(ctx),
  revokeSessionsOfUser: (ctx, { userId }) => revokeSessionsOfUser(ctx, { userId }),
  listServiceAccounts: (ctx) => listServiceAccounts(ctx),
  createServiceAccount: (ctx) => createServiceAccount(ctx, { name: "ci", role: "member" }),
  disableServiceAccount: (ctx, { serviceAccountId }) => disableServiceAccount(ctx, { serviceAccountId }),
  createServiceAccountToken: (ctx, { serviceAccountId: ownerId }) =>
    createToken(ctx, { name: "new", scopes: ["users:read"], ownerId }),
  getSecondFactor: (ctx) => getSecondFactor(ctx),
  startSecondFactor: (ctx) => startSecondFactor(ctx, { currentPassword: password }),
  confirmSecondFactor: (ctx) => confirmSecondFactor(ctx, { code: "000000" }),
  removeSecondFactor: (ctx) => removeSecondFactor(ctx, { currentPassword: password, code: "000000" }),
  resetSecondFactor: (ctx, { userId }) => resetSecondFactor(ctx, { userId }),
  listTokens: (ctx) => listTokens(ctx, {}),
  getToken: (ctx, { tokenId }) => getToken(ctx, tokenId),
  createToken: (ctx) => createToken(ctx, { name: "new", scopes: ["settings"] }),
  revokeToken: (ctx, { tokenId }) => revokeToken(ctx, { tokenId }),
  renameWorkspace: (ctx) => renameWorkspace(ctx, { name: "Halyard" }),
  setWorkspaceTimeZone: (ctx) => setWorkspaceTimeZone(ctx, { timeZone: "Europe/Lisbon" }),
  listOwnWorkspaces: (ctx) => listOwnWorkspaces(ctx),
  listWorkspaces: (ctx) => listWorkspaces(ctx),
  createWorkspace: (ctx) => createWorkspace(ctx, { slug: "halyard", name: "Halyard" }),
  archiveWorkspace: (ctx) => archiveWorkspace(ctx, { reason: "over" }),
  restoreWorkspace: (ctx) => restoreWorkspace(ctx, { slug: "halyard" }),
  getRecurringWork: (ctx) => getRecurringWork(ctx),
  retrySetAsideItem: (ctx) => retrySetAsideItem(ctx, { watcher: "drift", item: "none" }),
  readAuditLog: (ctx) => readAuditLog(ctx, {}),
  getAuditIntegrity: (ctx) => getAuditIntegrity(ctx),
  getAuditEvent: (ctx, { auditId }) => getAuditEvent(ctx, auditId),
  lastChanges: (ctx, { userSubject }) => lastChanges(ctx, [userSubject]),
  watchEvents: (ctx, fixture) => {
    const message: ChangeMessage[] = [];
    watchEvents(ctx, feedOf(fixture), (event) => message.push(event));
    return message;
  },
  getOverview: (ctx) => getOverview(ctx),
  getReadiness: (ctx) => getReadiness(ctx),
  getGettingStarted: (ctx) => getGettingStarted(ctx),
  searchEverything: (ctx, { runId }) => searchEverything(ctx, { q: runId }),
} as const satisfies Calls;
