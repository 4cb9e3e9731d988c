import { eq } from "drizzle-orm";
import type { Database } from "#db/client.ts";
import { users } from "#db/schema/index.ts";
import { recordForInstallation } from "#server/platform/audit/record-for-installation.ts";
import { subjectOf } from "./actions.ts";

interface SignInDetails {
  method: "password" | "company";
  address: string | undefined;
  now?: Date;
}

/** Records that a person has signed in: in the audit log, and as their last sign-in. */
export async function recordSignIn(
  db: Database,
  user: Pick<typeof users.$inferSelect, "id" | "email" | "name">,
  { method, address, now = new Date() }: SignInDetails,
): Promise<void> {
  const { id, email, name } = user;
  await db.transaction(async (db) => {
    await db.update(users).set({ lastSignInAt: now }).where(eq(users.id, id));
    const actor = { kind: "user", id, name, address } as const;
    await recordForInstallation(db, actor, "sign-in.succeeded", { subject: subjectOf(email), after: { method } });
  });
}

/** Records that a person has signed out of a browser. Does nothing for a session of nobody. */
export async function recordSignOut(db: Database, userId: unknown, address: string): Promise<void> {
  if (typeof userId !== "string") return;
  const [user] = await db.select().from(users).where(eq(users.id, userId));
  if (!user) return;
  const actor = { kind: "user", id: user.id, name: user.name, address } as const;
  await recordForInstallation(db, actor, "sign-in.signed-out", { subject: subjectOf(user.email) });
}
