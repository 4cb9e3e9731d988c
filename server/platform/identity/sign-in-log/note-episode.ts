import { count, like, sql } from "drizzle-orm";
import type { Database } from "#db/client.ts";
import { signInEpisodes } from "#db/schema/index.ts";
import { limits } from "#server/base/limits.ts";
import { recordForInstallation } from "#server/platform/audit/record-for-installation.ts";
import { type AttemptAction, notSignedIn } from "./actions.ts";

interface Attempt {
  action: AttemptAction;
  /** Attempts with the same key are one episode, until it ends. */
  key: string;
  /** For the first entry only, so it may take a query. */
  subject: string | (() => Promise<string>);
  address: string;
  reason: string;
  after: Record<string, unknown>;
  now?: Date | undefined;
}

/**
 * Records the first attempt of an episode in the audit log, and counts the others. The table is bounded: by the accounts there are, and by
 * a maximum of networks, beyond which all share one episode.
 */
export async function noteEpisode(db: Database, attempt: Attempt): Promise<void> {
  const { action, key, now = new Date() } = attempt;
  if (await countAttempt(db, key, now)) return;
  const subject = typeof attempt.subject === "string" ? attempt.subject : await attempt.subject();
  const isNetwork = key.startsWith(networksOf(action));
  await db.transaction(async (db) => {
    const isFull = isNetwork && (await countNetworks(db, action)) >= limits.signInEpisodes;
    const opened = isFull ? `${networksOf(action)}*` : key;
    const [episode] = await db
      .insert(signInEpisodes)
      .values({ key: opened, action, subject: isFull ? "unknown-user" : subject, firstAt: now, lastAt: now, count: 1 })
      .onConflictDoUpdate({ target: signInEpisodes.key, set: { count: sql`${signInEpisodes.count} + 1`, lastAt: now } })
      .returning({ count: signInEpisodes.count });
    if (episode?.count !== 1) return;
    const { address, reason, after } = attempt;
    await recordForInstallation(db, { ...notSignedIn, address }, action, { subject, reason, after });
  });
}

/**
 * Counts an attempt of an open episode. Does not wait for the disk: a flood must not hold connections that others need, and a count that
 * a crash loses is no loss.
 */
async function countAttempt(db: Database, key: string, now: Date): Promise<boolean> {
  const { rowCount } = await db.execute(sql`
    with quick as (select set_config('synchronous_commit', 'off', true))
    update sign_in_episodes set count = count + 1, last_at = ${now} from quick where key = ${key}
  `);
  return rowCount === 1;
}

const networksOf = (action: AttemptAction): string => `${action} network/`;

async function countNetworks(db: Database, action: AttemptAction): Promise<number> {
  const [row] = await db
    .select({ count: count() })
    .from(signInEpisodes)
    .where(like(signInEpisodes.key, `${networksOf(action)}%`));
  return row?.count ?? 0;
}
