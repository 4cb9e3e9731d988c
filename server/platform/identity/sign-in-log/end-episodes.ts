import { and, count, desc, eq, gte, lt, lte, or } from "drizzle-orm";
import type { Database } from "#db/client.ts";
import { signInAttempts, signInEpisodes } from "#db/schema/index.ts";
import type { Context } from "#server/base/context.ts";
import { hourMs, minuteMs } from "#server/base/durations.ts";
import { recordForInstallation } from "#server/platform/audit/record-for-installation.ts";
import { type AttemptAction, endOf, notSignedIn } from "./actions.ts";

/** An episode ends after this time without an attempt, */
const quietMs = 15 * minuteMs;
/** or at this age, so that a long one shows in the log every hour. */
const maxAgeMs = hourMs;

type Episode = typeof signInEpisodes.$inferSelect;

/** Runs the work for one episode: the job passes its failure policy, whose folder imports this one. */
type AttemptEpisode = (item: { id: string }, work: () => Promise<void>) => Promise<unknown>;

/** Job: ends episodes of failed and throttled sign-ins, and records how many attempts they had. */
export async function endSignInEpisodes(
  { db }: Context,
  now = new Date(),
  attempt: AttemptEpisode = (_, work) => work(),
): Promise<void> {
  const isOver = or(
    lt(signInEpisodes.lastAt, new Date(now.getTime() - quietMs)),
    lt(signInEpisodes.firstAt, new Date(now.getTime() - maxAgeMs)),
  );
  const ended = await db.select({ key: signInEpisodes.key }).from(signInEpisodes).where(isOver);
  for (const { key } of ended) {
    const end = async (db: Database) => {
      const [episode] = await db
        .delete(signInEpisodes)
        .where(and(eq(signInEpisodes.key, key), isOver))
        .returning();
      // The entry of a single attempt says all.
      if (episode && episode.count > 1) await recordEnd(db, episode);
    };
    await attempt({ id: key }, () => db.transaction(end));
  }
}

async function recordEnd(db: Database, episode: Episode): Promise<void> {
  const { subject, count: attempts, firstAt, lastAt } = episode;
  const addresses = await addressesOf(db, episode);
  const action = endOf[episode.action as AttemptAction];
  const after = { attempts, firstAt, lastAt, ...(addresses.length > 0 && { addresses }) };
  await recordForInstallation(db, notSignedIn, action, { subject, after });
}

/** Returns the addresses with the most failures at an account during an episode, at most ten. */
async function addressesOf(db: Database, { subject, firstAt, lastAt }: Episode): Promise<string[]> {
  const [kind, email] = subject.split("/");
  if (kind !== "user" || !email) return [];
  const { address, at, succeeded } = signInAttempts;
  const rows = await db
    .select({ address })
    .from(signInAttempts)
    .where(and(eq(signInAttempts.email, email.toLowerCase()), eq(succeeded, false), gte(at, firstAt), lte(at, lastAt)))
    .groupBy(address)
    .orderBy(desc(count()))
    .limit(10);
  return rows.map((row) => row.address);
}
