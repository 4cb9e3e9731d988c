import { randomBytes } from "node:crypto";
import { and, desc, eq, gt, inArray, lte, or, sql } from "drizzle-orm";
import type { Database } from "#db/client.ts";
import { knownBrowsers, users } from "#db/schema/index.ts";
import { dayMs } from "#server/base/durations.ts";
import { hashSecret } from "../tokens/secret.ts";
import { isSecure } from "./session.ts";

const knownDays = 90;
/** Browsers per person; the oldest are evicted first. */
const maxBrowsers = 20;

/** Lifetime of the cookie by which a browser is known. */
export const browserSeconds = knownDays * 24 * 3600;

/** Returns the name of the cookie by which a browser is known. */
export function browserCookieName(publicUrl: string): string {
  return isSecure(publicUrl) ? "__Host-leeway-browser" : "leeway-browser";
}

/** Returns the hash of a browser's cookie if the person with this email has signed in with it before; undefined otherwise. */
export async function findKnownBrowser(
  db: Database,
  { email, browser, now }: { email: string; browser: string | undefined; now: Date },
): Promise<string | undefined> {
  if (!browser) return undefined;
  const [known] = await db
    .select({ hash: knownBrowsers.hash })
    .from(knownBrowsers)
    .innerJoin(users, eq(users.id, knownBrowsers.userId))
    .where(
      and(
        eq(sql`lower(${users.email})`, email),
        eq(knownBrowsers.hash, hashSecret(browser)),
        gt(knownBrowsers.expiresAt, now),
      ),
    );
  return known?.hash;
}

/**
 * Remembers the browser of a person who has just signed in, for 90 days. A browser keeps its cookie; one that is unknown for this person
 * gets a new one, so that nobody can choose the value for another.
 * @param browser value of the cookie that the browser sent.
 * @returns the value of the cookie to set.
 */
export async function rememberBrowser(
  db: Database,
  userId: string,
  browser: string | undefined,
  now = new Date(),
): Promise<string> {
  const expiresAt = new Date(now.getTime() + knownDays * dayMs);
  const [known] = await db
    .update(knownBrowsers)
    .set({ expiresAt })
    .where(
      and(
        eq(knownBrowsers.userId, userId),
        eq(knownBrowsers.hash, hashSecret(browser ?? "")),
        gt(knownBrowsers.expiresAt, now),
      ),
    )
    .returning({ hash: knownBrowsers.hash });
  if (known && browser) return browser;
  const value = randomBytes(20).toString("hex");
  await db.insert(knownBrowsers).values({ userId, hash: hashSecret(value), createdAt: now, expiresAt });
  await evictOldest(db, userId, now);
  return value;
}

async function evictOldest(db: Database, userId: string, now: Date): Promise<void> {
  const surplus = db
    .select({ hash: knownBrowsers.hash })
    .from(knownBrowsers)
    .where(eq(knownBrowsers.userId, userId))
    .orderBy(desc(knownBrowsers.expiresAt))
    .offset(maxBrowsers);
  await db
    .delete(knownBrowsers)
    .where(
      and(
        eq(knownBrowsers.userId, userId),
        or(lte(knownBrowsers.expiresAt, now), inArray(knownBrowsers.hash, surplus)),
      ),
    );
}
