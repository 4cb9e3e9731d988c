import { setTimeout as pause } from "node:timers/promises";
import { eq, sql } from "drizzle-orm";
import { z } from "zod";
import type { Database } from "#db/client.ts";
import { users } from "#db/schema/index.ts";
import { siteOf } from "#server/platform/network/site-of.ts";
import { type AttemptAction, subjectOf } from "./actions.ts";
import { noteEpisode } from "./note-episode.ts";

interface RefusedSignIn {
  /** As typed, trimmed and in lower case. */
  email: string;
  address: string;
  reason: string;
  now?: Date;
}

/** Records a failed sign-in with a password. Repeated failures of an episode are counted, not recorded one by one. */
export const recordFailedSignIn = (db: Database, refused: RefusedSignIn): Promise<void> =>
  recordAttempt(db, "sign-in.failed", refused);

/** Records that a sign-in had to wait because of too many failures, once per episode. */
export const recordThrottledSignIn = (db: Database, refused: Omit<RefusedSignIn, "reason">): Promise<void> =>
  recordAttempt(db, "sign-in.throttled", { ...refused, reason: "Too many failures." });

/** Records that Leeway did not accept a company account. @param subject of the identity provider */
export async function recordRefusedCompanySignIn(
  db: Database,
  { subject, address, reason }: { subject: string; address: string; reason: string },
): Promise<void> {
  const key = `sign-in.failed network/${siteOf(address)}`;
  const after = { method: "company", companySubject: subject.slice(0, 255) };
  await noteEpisode(db, { action: "sign-in.failed", key, subject: "unknown-user", address, reason, after });
}

/** Recording takes at least this long, so that its duration does not reveal whether there is an account. */
const evenMs = 40;

async function recordAttempt(db: Database, action: AttemptAction, refused: RefusedSignIn): Promise<void> {
  await Promise.all([noteAttempt(db, action, refused), pause(evenMs)]);
}

async function noteAttempt(db: Database, action: AttemptAction, refused: RefusedSignIn): Promise<void> {
  const { email, address, reason, now } = refused;
  const [user] = await db
    .select({ email: users.email })
    .from(users)
    .where(eq(sql`lower(${users.email})`, email));
  const episode = { action, address, reason, now, after: { method: "password" } };
  if (user) {
    const subject = subjectOf(user.email);
    await noteEpisode(db, { ...episode, key: `${action} ${subject}`, subject });
  } else {
    const key = `${action} network/${siteOf(address)}`;
    await noteEpisode(db, { ...episode, key, subject: () => unknownSubject(db, email) });
  }
}

/**
 * Returns the subject for an email without an account. The typed text may be a password in the wrong field, so it is stored only if it is an
 * email of a domain that accounts here have: a mistyped colleague.
 */
async function unknownSubject(db: Database, typed: string): Promise<string> {
  const email = z.email().max(254).safeParse(typed);
  if (!email.success) return "unknown-user";
  const domain = email.data.slice(email.data.lastIndexOf("@") + 1);
  const [known] = await db
    .select({ id: users.id })
    .from(users)
    .where(eq(sql`split_part(lower(${users.email}), '@', 2)`, domain))
    .limit(1);
  return known ? `unknown-user/${email.data}` : "unknown-user";
}
