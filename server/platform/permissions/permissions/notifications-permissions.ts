import type { Permission } from "./permission.ts";

/** Permissions for receivers and notifications. Only operators edit receivers: a wrong receiver wakes no one. */
export const notificationsPermissions = {
  listReceivers: { role: "viewer", scope: "alerts:read" },
  getReceiver: { role: "viewer", scope: "alerts:read" },
  createReceiver: { role: "operator", scope: "alerts" },
  updateReceiver: { role: "operator", scope: "alerts" },
  archiveReceiver: { role: "operator", scope: "alerts" },
  sendTestPage: { role: "viewer", scope: "alerts" },
  testChannel: { role: "operator", scope: "alerts" },
  listNotifications: { role: "viewer", scope: "alerts:read" },
  retryNotification: { role: "operator", scope: "alerts" },
  getWatchdog: { role: "viewer", scope: "alerts:read" },
  setWatchdog: { role: "admin", scope: "alerts" },
  receiveCallback: { role: "admin", scope: "alerts" },
  deliverNotification: { role: "admin", scope: "alerts" },
} as const satisfies Record<string, Permission>;
