import { eq } from "drizzle-orm";
import { expect, test } from "vitest";
import type { Database } from "#db/client.ts";
import { memberships, signInAttempts, users } from "#db/schema/index.ts";
import { freshDatabase } from "#db/testing.ts";
import type { Context } from "#server/base/context.ts";
import { inWorkspace } from "#server/testing/testing.ts";
import { hashPassword } from "./password.ts";
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
async function outcome(db: Database, email: string, given: string, now: Date, from = address): Promise<string> {
  return verifySignIn(db, { email, password: given, address: from }, now).then(
    () => "in",
    (error) => (error.retryAfterSeconds ? `${error.code} ${error.retryAfterSeconds}` : error.code),
  );
}

test(
  "signs in with the correct password, ignoring the case of the email, and records it",
  inWorkspace(async (ctx) => {
    const email = await withPassword(ctx);
    const signedIn = await verifySignIn(ctx.db, { email: ` ${email.toUpperCase()} `, password, address }, start);
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
  "delays an address that tries many emails, but no other address",
  inWorkspace(async (ctx) => {
    const email = await withPassword(ctx);
    const many = Array.from({ length: 50 }, (_, index) => ({
      email: `${index}@example.test`,
      address,
      succeeded: false,
    }));
    await ctx.db.insert(signInAttempts).values(many.map((attempt) => ({ ...attempt, at: start })));
    expect(await outcome(ctx.db, email, password, after(1))).toBe("rate-limited 899");
    expect(await outcome(ctx.db, email, password, after(1), "198.51.100.7")).toBe("in");
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
