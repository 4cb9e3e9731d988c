import { eq } from "drizzle-orm";
import { expect, test } from "vitest";
import type { Database } from "#db/client.ts";
import { knownBrowsers, memberships, signInAttempts, users } from "#db/schema/index.ts";
import { freshDatabase } from "#db/testing.ts";
import type { Context } from "#server/base/context.ts";
import { inWorkspace } from "#server/testing/testing.ts";
import { rememberBrowser } from "./known-browsers.ts";
import { hashPassword } from "./password.ts";
import { signInWithPassword } from "./sign-in-with-password.ts";
import { verifySignIn } from "./verify-sign-in.ts";

const password = "a long password";
const address = "192.0.2.1";
const start = new Date("2026-05-08T12:00:00Z");
const after = (seconds: number) => new Date(start.getTime() + seconds * 1000);

/** Sets a password for the user of the context; returns their email. */
async function withPassword(ctx: Context): Promise<string> {
  const [user] = await ctx.db
    .update(users)
    .set({ passwordHash: await hashPassword(password) })
    .where(eq(users.id, ctx.actor.id))
    .returning();
  return user?.email as string;
}

/** Returns the code of the error, or "in". */
async function outcome(
  db: Database,
  email: string,
  given: string,
  now: Date,
  from = address,
  browser?: string,
): Promise<string> {
  return verifySignIn(db, { email, password: given, address: from, browser }, now).then(
    () => "in",
    (error) => (error.retryAfterSeconds ? `${error.code} ${error.retryAfterSeconds}` : error.code),
  );
}

test(
  "signs in with the correct password, ignoring the case of the email, and records it",
  inWorkspace(async (ctx) => {
    const email = await withPassword(ctx);
    const signedIn = await signInWithPassword(ctx.db, { email: ` ${email.toUpperCase()} `, password, address }, start);
    expect(signedIn).toMatchObject({ userId: ctx.actor.id, email, sessionVersion: 1, mustChangePassword: false });
    const [user] = await ctx.db.select().from(users).where(eq(users.id, ctx.actor.id));
    expect(user?.lastSignInAt).toEqual(start);
    expect(await ctx.db.select().from(signInAttempts).where(eq(signInAttempts.email, email))).toMatchObject([
      { succeeded: true, address },
    ]);
  }),
);

test(
  "returns the same message for a wrong password and an unknown email",
  inWorkspace(async (ctx) => {
    const email = await withPassword(ctx);
    const refusal = (of: string) =>
      verifySignIn(ctx.db, { email: of, password: "wrong", address }, start).catch((error) => error.message);
    expect(await refusal(email)).toBe(await refusal("nobody@example.test"));
  }),
);

test(
  "rejects any password of a user without one",
  inWorkspace(async (ctx) => {
    const [user] = await ctx.db.select().from(users).where(eq(users.id, ctx.actor.id));
    expect(await outcome(ctx.db, user?.email as string, "anything", start)).toBe("unauthenticated");
  }),
);

test(
  "rejects even the correct password during the delay after five failures, until it ends",
  inWorkspace(async (ctx) => {
    const email = await withPassword(ctx);
    for (let tries = 0; tries < 4; tries++)
      expect(await outcome(ctx.db, email, "wrong", start)).toBe("unauthenticated");
    expect(await outcome(ctx.db, email, "wrong", start)).toBe("rate-limited 30");
    expect(await outcome(ctx.db, email, password, after(10))).toBe("rate-limited 20");
    expect(await outcome(ctx.db, email, "wrong", after(31))).toBe("rate-limited 60");
    expect(await outcome(ctx.db, email, password, after(92))).toBe("in");
    expect(await outcome(ctx.db, email, "wrong", after(93))).toBe("unauthenticated");
  }),
);

test(
  "delays an unknown email as well",
  inWorkspace(async (ctx) => {
    for (let tries = 0; tries < 4; tries++) await outcome(ctx.db, "nobody@example.test", "wrong", start);
    expect(await outcome(ctx.db, "nobody@example.test", "wrong", start)).toBe("rate-limited 30");
  }),
);

test(
  "delays a network that tries many emails, but no other network",
  inWorkspace(async (ctx) => {
    const email = await withPassword(ctx);
    const many = Array.from({ length: 50 }, (_, index) => ({
      email: `${index}@example.test`,
      address: "2001:db8::7",
      network: "2001:db8:0:0::/64",
      succeeded: false,
    }));
    await ctx.db.insert(signInAttempts).values(many.map((attempt) => ({ ...attempt, at: start })));
    expect(await outcome(ctx.db, email, password, after(1), "2001:db8::9")).toBe("rate-limited 899");
    expect(await outcome(ctx.db, email, password, after(1), "2001:db8:0:1::9")).toBe("in");
  }),
);

test(
  "does not lock a person out by wrong passwords from another network",
  inWorkspace(async (ctx) => {
    const email = await withPassword(ctx);
    for (let tries = 0; tries < 5; tries++) await outcome(ctx.db, email, "wrong", start, "198.51.100.7");
    expect(await outcome(ctx.db, email, "wrong", start, "198.51.100.7")).toBe("rate-limited 30");
    expect(await outcome(ctx.db, email, password, start)).toBe("in");
  }),
);

/** Adds failures of an email, each from another network. */
async function addBotnet(db: Database, email: string, count: number): Promise<void> {
  const from = (index: number) => `198.18.${index >> 8}.${index & 255}`;
  const rows = Array.from({ length: count }, (_, index) => ({ address: from(index), network: from(index) }));
  await db.insert(signInAttempts).values(rows.map((row) => ({ ...row, email, succeeded: false, at: start })));
}

test(
  "spaces out attempts from new networks during guesses from many, for unknown emails alike",
  inWorkspace(async (ctx) => {
    for (const email of [await withPassword(ctx), "nobody@example.test"]) {
      await addBotnet(ctx.db, email, 100);
      expect(await outcome(ctx.db, email, password, after(1))).toBe("rate-limited 59");
    }
  }),
);

test(
  "lets a known browser, and a network that has signed in before, pass during guesses from many networks",
  inWorkspace(async (ctx) => {
    const email = await withPassword(ctx);
    expect(await outcome(ctx.db, email, password, after(-3600))).toBe("in");
    const browser = await rememberBrowser(ctx.db, ctx.actor.id, undefined, start);
    await addBotnet(ctx.db, email, 1_000);
    const [hotel, hotelNetwork] = ["203.0.113.5", "203.0.113.5"];
    expect(await outcome(ctx.db, email, password, after(1))).toBe("in");
    expect(await outcome(ctx.db, email, password, after(1), hotel)).toBe("rate-limited 59");
    expect(await outcome(ctx.db, email, password, after(1), hotel, "not-a-known-browser")).toBe("rate-limited 59");
    const crowded = { email: "x@example.test", address: hotel, network: hotelNetwork, succeeded: false, at: start };
    await ctx.db.insert(signInAttempts).values(Array.from({ length: 50 }, () => crowded));
    expect(await outcome(ctx.db, email, password, after(1), hotel, browser)).toBe("in");
  }),
);

test(
  "delays a known browser after its own failures only",
  inWorkspace(async (ctx) => {
    const email = await withPassword(ctx);
    const browser = await rememberBrowser(ctx.db, ctx.actor.id, undefined, start);
    for (let tries = 0; tries < 5; tries++) await outcome(ctx.db, email, "wrong", start, address, browser);
    expect(await outcome(ctx.db, email, password, start, "203.0.113.5", browser)).toBe("rate-limited 30");
    expect(await outcome(ctx.db, email, password, start, "203.0.113.5")).toBe("in");
  }),
);

test(
  "knows a browser for 90 days, for its person only, and at most 20 per person",
  inWorkspace(async (ctx) => {
    const email = await withPassword(ctx);
    const browser = await rememberBrowser(ctx.db, ctx.actor.id, undefined, start);
    expect(await rememberBrowser(ctx.db, ctx.actor.id, browser, start)).toBe(browser);
    expect(await rememberBrowser(ctx.db, ctx.actor.id, "chosen by someone else", start)).not.toBe(
      "chosen by someone else",
    );
    expect(JSON.stringify(await ctx.db.select().from(knownBrowsers))).not.toContain(browser);
    const [other] = await ctx.db.insert(users).values({ email: "other@example.test", name: "Other" }).returning();
    expect(await rememberBrowser(ctx.db, other?.id as string, browser, start)).not.toBe(browser);
    const late = after(90 * 24 * 3600 + 1);
    const guesses = async (now: Date) => {
      await ctx.db.delete(signInAttempts);
      const rows = Array.from({ length: 100 }, () => ({ email, address: "198.18.0.1", network: "198.18.0.1" }));
      await ctx.db.insert(signInAttempts).values(rows.map((row) => ({ ...row, succeeded: false, at: now })));
      return outcome(ctx.db, email, password, now, address, browser);
    };
    expect(await guesses(after(1))).toBe("in");
    expect(await guesses(late)).toBe("rate-limited 60");
    for (let index = 1; index <= 25; index++) await rememberBrowser(ctx.db, ctx.actor.id, undefined, after(index));
    expect(await ctx.db.$count(knownBrowsers, eq(knownBrowsers.userId, ctx.actor.id))).toBe(20);
  }),
);

test(
  "reveals a disabled account only with the correct password",
  inWorkspace(async (ctx) => {
    const email = await withPassword(ctx);
    await ctx.db.update(memberships).set({ disabledAt: start }).where(eq(memberships.userId, ctx.actor.id));
    expect(await outcome(ctx.db, email, "wrong", start)).toBe("unauthenticated");
    expect(await outcome(ctx.db, email, password, start)).toBe("forbidden");
  }),
);

test("checks at most five passwords for 20 concurrent wrong attempts", async () => {
  const { db } = await freshDatabase();
  const tries = Array.from({ length: 20 }, () => outcome(db, "crowd@example.test", "wrong", start));
  await Promise.all(tries);
  expect(await db.$count(signInAttempts)).toBe(5);
});
