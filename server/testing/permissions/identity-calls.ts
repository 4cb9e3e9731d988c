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
import { getViewer } from "../../platform/identity/queries.ts";
import { renameWorkspace } from "../../platform/identity/rename-workspace.ts";
import { createToken } from "../../platform/identity/tokens/create-token.ts";
import { getToken, listTokens } from "../../platform/identity/tokens/queries.ts";
import { revokeToken } from "../../platform/identity/tokens/revoke-token.ts";
import { changePassword } from "../../platform/identity/users/change-password.ts";
import { changeRole } from "../../platform/identity/users/change-role.ts";
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
    close: async () => {},
  };
}

/** People, tokens, audit log, and what looks over everything. */
export const identityCalls = {
  getViewer: (ctx) => getViewer(ctx),
  listUsers: (ctx) => listUsers(ctx, {}),
  getUser: (ctx, { userId }) => getUser(ctx, userId),
  createUser: (ctx) => createUser(ctx, { email: "new@people.test", name: "New", role: "viewer" }),
  changeRole: (ctx, { userId }) => changeRole(ctx, { userId, role: "operator" }),
  disableUser: (ctx, { userId }) => disableUser(ctx, { userId }),
  enableUser: (ctx, { userId }) => enableUser(ctx, { userId }),
  resetPassword: (ctx, { userId }) => resetPassword(ctx, { userId }),
  changePassword: (ctx) => changePassword(ctx, { currentPassword: password, newPassword: "another password" }),
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
