import type { Permission } from "./permission.ts";

/** Where alerts are told, and what was told. Who is told is a matter of operators: a receiver that is wrong wakes nobody. */
export const notificationsPermissions = {
  listReceivers: { role: "viewer", scope: "alerts:read" },
  getReceiver: { role: "viewer", scope: "alerts:read" },
  createReceiver: { role: "operator", scope: "alerts" },
  updateReceiver: { role: "operator", scope: "alerts" },
  archiveReceiver: { role: "operator", scope: "alerts" },
  testChannel: { role: "operator", scope: "alerts" },
  listNotifications: { role: "viewer", scope: "alerts:read" },
  retryNotification: { role: "operator", scope: "alerts" },
  receiveCallback: { role: "admin", scope: "alerts" },
  deliverNotification: { role: "admin", scope: "alerts" },
} as const satisfies Record<string, Permission>;
