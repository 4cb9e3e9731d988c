import type { Database } from "#db/client.ts";
import { auditEvents } from "#db/schema/index.ts";
import type { Actor } from "#server/base/context.ts";
import type { AuditEntry } from "./entry.ts";

type InstallationActor = Pick<Actor, "kind" | "id" | "name" | "address">;

/**
 * Writes one entry of the audit log that belongs to no workspace, such as a sign-in, in the caller's transaction. Only admins of the
 * installation and the person concerned see it, and webhooks, which belong to workspaces, do not carry it.
 */
export async function recordForInstallation(
  db: Database,
  actor: InstallationActor,
  action: string,
  entry: AuditEntry,
): Promise<void> {
  const { kind, id, name, address } = actor;
  await db.insert(auditEvents).values({ actorKind: kind, actorId: id, actorName: name, address, action, ...entry });
}
