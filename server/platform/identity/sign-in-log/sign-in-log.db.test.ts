import { asc, eq, isNull } from "drizzle-orm";
import { expect, test } from "vitest";
import type { Database } from "#db/client.ts";
import { auditEvents, memberships, signInEpisodes, users } from "#db/schema/index.ts";
import { freshDatabase } from "#db/testing.ts";
import type { Context } from "#server/base/context.ts";
import { hourMs, minuteMs } from "#server/base/durations.ts";
import { limits } from "#server/base/limits.ts";
import { newWorkspace } from "#server/testing/testing.ts";
import { hashPassword } from "../sign-in/password.ts";
import { signInWithPassword } from "../sign-in/sign-in-with-password.ts";
import { endSignInEpisodes } from "./end-episodes.ts";
import { recordFailedSignIn, recordRefusedCompanySignIn, recordThrottledSignIn } from "./record-refused-sign-in.ts";
import { recordSignOut } from "./record-sign-in.ts";

const password = "a long password";
const start = new Date("2026-05-08T12:00:00Z");
const after = (ms: number) => new Date(start.getTime() + ms);

/** A person in a database of their own, so that its entries are theirs. */
async function newPerson(): Promise<{ ctx: Context; db: Database; email: string }> {
  const { db } = await freshDatabase();
  const ctx = await newWorkspace(db);
  const passwordHash = await hashPassword(password);
  const [user] = await db.update(users).set({ passwordHash }).where(eq(users.id, ctx.actor.id)).returning();
  return { ctx, db, email: user?.email ?? "" };
}

const entries = (db: Database) =>
  db.select().from(auditEvents).where(isNull(auditEvents.workspaceId)).orderBy(asc(auditEvents.id));

const attempt = (db: Database, email: string, typed: string, now: Date, address = "192.0.2.1") =>
  signInWithPassword(db, { email, password: typed, address }, now).then(
    () => "in",
    ({ code }) => code,
  );

test("records sign-ins and sign-outs with their method and address, above workspaces", async () => {
  const { ctx, db, email } = await newPerson();
  expect(await attempt(db, ` ${email.toUpperCase()} `, password, start)).toBe("in");
  await recordSignOut(db, ctx.actor.id, "192.0.2.9");
  await recordSignOut(db, undefined, "192.0.2.9");
  const person = { workspaceId: null, actorKind: "user", actorId: ctx.actor.id, subject: `user/${email}` };
  expect(await entries(db)).toMatchObject([
    { ...person, action: "sign-in.succeeded", after: { method: "password" }, address: "192.0.2.1" },
    { ...person, action: "sign-in.signed-out", address: "192.0.2.9" },
  ]);
});

test("records the first failure and the first delay of an episode, and counts the others at its end", async () => {
  const { ctx, db, email } = await newPerson();
  for (let second = 0; second < 5; second++) await attempt(db, email, "wrong", after(second * 1_000));
  for (let second = 5; second < 12; second++) {
    expect(await attempt(db, email, password, after(second * 1_000))).toBe("rate-limited");
  }
  const first = { subject: `user/${email}`, address: "192.0.2.1", actorName: "Not signed in" };
  expect(await entries(db)).toMatchObject([
    { ...first, action: "sign-in.failed", reason: "Incorrect email or password." },
    { ...first, action: "sign-in.throttled", reason: "Too many failures." },
  ]);
  await endSignInEpisodes(ctx, after(10 * minuteMs));
  expect(await entries(db)).toHaveLength(2);
  await endSignInEpisodes(ctx, after(16 * minuteMs));
  const ended = (await entries(db)).slice(2).toSorted((one, other) => one.action.localeCompare(other.action));
  expect(ended).toMatchObject([
    { action: "sign-in.failures-ended", subject: first.subject, after: { attempts: 5, addresses: ["192.0.2.1"] } },
    { action: "sign-in.throttling-ended", subject: first.subject, after: { attempts: 7 } },
  ]);
  expect(await db.$count(signInEpisodes)).toBe(0);
  // The next one is another episode.
  await attempt(db, email, "wrong", after(hourMs));
  expect(await entries(db)).toHaveLength(5);
  await endSignInEpisodes(ctx, after(2 * hourMs));
  expect(await entries(db)).toHaveLength(5);
});

test("shows a long episode every hour", async () => {
  const { ctx, db, email } = await newPerson();
  for (const minute of [0, 10, 20, 30, 40, 50, 61]) {
    await recordFailedSignIn(db, { email, address: "192.0.2.1", reason: "x", now: after(minute * minuteMs) });
  }
  await endSignInEpisodes(ctx, after(62 * minuteMs));
  expect(await entries(db)).toMatchObject([{ action: "sign-in.failed" }, { after: { attempts: 7 } }]);
});

test("records a correct password of a disabled account as a failure", async () => {
  const { ctx, db, email } = await newPerson();
  await db.update(memberships).set({ disabledAt: start }).where(eq(memberships.userId, ctx.actor.id));
  expect(await attempt(db, email, password, start)).toBe("forbidden");
  expect(await entries(db)).toMatchObject([{ action: "sign-in.failed", reason: "The account is disabled." }]);
});

test("stores no typed text that may be a password, except a mistyped email of a known domain", async () => {
  const { db } = await newPerson();
  for (const [place, typed] of ["hunter2", "my@secret.pass", "typo@example.test", "a b@example.test"].entries()) {
    await recordFailedSignIn(db, { email: typed, address: `198.51.${place}.7`, reason: "x" });
  }
  expect((await entries(db)).map(({ subject }) => subject)).toEqual([
    "unknown-user",
    "unknown-user",
    "unknown-user/typo@example.test",
    "unknown-user",
  ]);
  expect(JSON.stringify([await entries(db), await db.select().from(signInEpisodes)])).not.toMatch(
    /hunter2|secret\.pass/,
  );
});

test("bounds the entries of a flood from many networks, and still records one against an account", async () => {
  const { ctx, db, email } = await newPerson();
  const from = (place: number) => {
    const address = `10.${Math.floor(place / 256)}.${place % 256}.1`;
    return recordFailedSignIn(db, { email: `${place}@nowhere.test`, address, reason: "x" });
  };
  const flood = Array.from({ length: limits.signInEpisodes + 60 }, (_, place) => place);
  // Each takes its time on purpose, so those before the limit come together.
  await Promise.all(flood.slice(0, limits.signInEpisodes).map(from));
  for (const place of flood.slice(limits.signInEpisodes)) await from(place);
  expect(await entries(db)).toHaveLength(limits.signInEpisodes + 1);
  await recordFailedSignIn(db, { email, address: "192.0.2.1", reason: "x" });
  expect((await entries(db)).at(-1)).toMatchObject({ subject: `user/${email}` });
  await endSignInEpisodes(ctx, new Date(Date.now() + hourMs));
  expect((await entries(db)).at(-1)).toMatchObject({ action: "sign-in.failures-ended", after: { attempts: 60 } });
});

test("records one entry for concurrent attempts, and counts all", async () => {
  const { ctx, db, email } = await newPerson();
  const attempts = Array.from({ length: 40 }, () => recordThrottledSignIn(db, { email, address: "192.0.2.1" }));
  await Promise.all(attempts);
  expect(await entries(db)).toHaveLength(1);
  await endSignInEpisodes(ctx, new Date(Date.now() + hourMs));
  expect((await entries(db)).at(-1)).toMatchObject({ action: "sign-in.throttling-ended", after: { attempts: 40 } });
});

test("records a company account that Leeway does not accept", async () => {
  const { db } = await newPerson();
  await recordRefusedCompanySignIn(db, { subject: "2482", address: "192.0.2.1", reason: "not-found" });
  expect(await entries(db)).toMatchObject([
    { action: "sign-in.failed", subject: "unknown-user", after: { method: "company", companySubject: "2482" } },
  ]);
});
