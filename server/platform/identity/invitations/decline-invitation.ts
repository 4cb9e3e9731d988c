import { and, eq } from "drizzle-orm";
import type { Database } from "#db/client.ts";
import { invitations } from "#db/schema/index.ts";
import { record } from "#server/platform/audit/record.ts";
import { publish } from "#server/platform/events/publish.ts";
import { AcceptInvitation } from "../contract.ts";
import { findInvitation, invalidInvitation } from "./open-invitation.ts";
import { isOpen } from "./queries.ts";

/**
 * Declines an invitation by the secret of its link. No sign-in is needed: who is invited may not have an account.
 * @param address network address of the caller, for the audit log.
 * @throws DomainError "not-found" for a link that is not valid.
 */
export async function declineInvitation(
  db: Database,
  input: AcceptInvitation,
  address: string | undefined,
): Promise<void> {
  const { secret } = AcceptInvitation.parse(input);
  await db.transaction(async (db) => {
    const { id, workspaceId, email } = await findInvitation(db, secret);
    const [declined] = await db
      .update(invitations)
      .set({ declinedAt: new Date() })
      .where(and(eq(invitations.id, id), eq(invitations.workspaceId, workspaceId), isOpen()))
      .returning({ id: invitations.id });
    if (!declined) throw invalidInvitation();
    const actor = { kind: "system", id: "invitation", name: email, workspaceId, role: "viewer", address } as const;
    await record({ db, actor }, "invitation.declined", { subject: `invitation/${email}` });
    await publish({ db, actor }, "settings", id);
  });
}
