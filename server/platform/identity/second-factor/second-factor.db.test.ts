import { eq } from "drizzle-orm";
import { expect, test } from "vitest";
import { recoveryCodes, secondFactors, users, workspaces } from "#db/schema/index.ts";
import { freshDatabase } from "#db/testing.ts";
import type { Context } from "#server/base/context.ts";
import { inWorkspace, newWorkspace } from "#server/testing/testing.ts";
import { contextOfPassword } from "../sign-in/identify-password.ts";
import { hashPassword } from "../sign-in/password.ts";
import { confirmSecondFactor } from "./confirm-second-factor.ts";
import { getSecondFactor } from "./queries.ts";
import { removeSecondFactor } from "./remove-second-factor.ts";
import { resetSecondFactor } from "./reset-second-factor.ts";
import { startSecondFactor } from "./start-second-factor.ts";
import { totpCode } from "./totp.ts";
import { hasSecondFactor, verifySecondFactor } from "./verify-second-factor.ts";

const currentPassword = "a long enough password";

async function setPassword(ctx: Context) {
  await ctx.db
    .update(users)
    .set({ passwordHash: await hashPassword(currentPassword) })
    .where(eq(users.id, ctx.actor.id));
}

/** Gives the caller a second factor. @returns its secret, its recovery codes, and moments whose codes were not used. */
async function withFactor(ctx: Context) {
  await setPassword(ctx);
  const { secret } = await startSecondFactor(ctx, { currentPassword });
  const codes = await confirmSecondFactor(ctx, { code: totpCode(secret, new Date()) });
  const later = (steps: number) => new Date(Date.now() + (steps + 1) * 30_000);
  return { secret, recoveryCodes: codes.recoveryCodes, later };
}

const verify = (ctx: Context, code: string | undefined, now: Date) =>
  verifySecondFactor(ctx.db, ctx.actor.id, code, now).then(
    () => "right",
    ({ code, retryAfterSeconds }) => [code, retryAfterSeconds].filter(Boolean).join(" "),
  );

test(
  "asks for a code only after the first one was entered",
  inWorkspace(async (ctx) => {
    await setPassword(ctx);
    const { secret, address } = await startSecondFactor(ctx, { currentPassword });
    expect(new URL(address).searchParams.get("secret")).toBe(secret);
    expect(await hasSecondFactor(ctx.db, ctx.actor.id)).toBe(false);
    expect(await verify(ctx, undefined, new Date())).toBe("right");
    await expect(confirmSecondFactor(ctx, { code: "000" })).rejects.toMatchObject({ code: "invalid", field: "code" });
    const { recoveryCodes } = await confirmSecondFactor(ctx, { code: totpCode(secret, new Date()) });
    expect(new Set(recoveryCodes).size).toBe(10);
    expect(await getSecondFactor(ctx)).toMatchObject({ since: expect.any(Date), recoveryCodesLeft: 10 });
    expect(await verify(ctx, undefined, new Date())).toBe("unauthenticated");
    await expect(startSecondFactor(ctx, { currentPassword })).rejects.toMatchObject({ code: "conflict" });
  }),
);

test(
  "accepts a code once, and not the one that confirmed the app",
  inWorkspace(async (ctx) => {
    const { secret, later } = await withFactor(ctx);
    expect(await verify(ctx, totpCode(secret, new Date()), new Date())).toBe("unauthenticated");
    const code = totpCode(secret, later(1));
    expect(await verify(ctx, `${code.slice(0, 3)} ${code.slice(3)}`, later(1))).toBe("right");
    expect(await verify(ctx, code, later(1))).toBe("unauthenticated");
  }),
);

test(
  "accepts each recovery code once, however it is typed",
  inWorkspace(async (ctx) => {
    const { recoveryCodes: codes, later } = await withFactor(ctx);
    const [first = "", second = ""] = codes;
    expect(await verify(ctx, first, later(0))).toBe("right");
    expect(await verify(ctx, first, later(0))).toBe("unauthenticated");
    expect(await verify(ctx, second.toUpperCase().replaceAll("-", " "), later(0))).toBe("right");
    expect((await getSecondFactor(ctx)).recoveryCodesLeft).toBe(8);
    const rows = await ctx.db.select().from(recoveryCodes).where(eq(recoveryCodes.userId, ctx.actor.id));
    expect(JSON.stringify(rows)).not.toContain(codes[2]);
  }),
);

test(
  "delays codes after five wrong ones, counts them although it throws, and starts anew after a right one",
  inWorkspace(async (ctx) => {
    const { secret, later } = await withFactor(ctx);
    const now = later(1);
    const after = (seconds: number) => new Date(now.getTime() + seconds * 1000);
    for (let tries = 0; tries < 4; tries++) expect(await verify(ctx, "000000", now)).toBe("unauthenticated");
    expect(await verify(ctx, "000000", now)).toBe("rate-limited 30");
    expect(await verify(ctx, totpCode(secret, after(29)), after(29))).toBe("rate-limited 1");
    expect(await verify(ctx, "000000", after(30))).toBe("rate-limited 60");
    expect(await verify(ctx, totpCode(secret, after(90)), after(90))).toBe("right");
    expect(await verify(ctx, "000000", after(91))).toBe("unauthenticated");
  }),
);

test("lets one of twenty concurrent uses of a code through", async () => {
  const { db } = await freshDatabase();
  const ctx = await newWorkspace(db);
  const { secret, later } = await withFactor(ctx);
  const code = totpCode(secret, later(1));
  const outcomes = await Promise.all(Array.from({ length: 20 }, () => verify(ctx, code, later(1))));
  expect(outcomes.filter((outcome) => outcome === "right")).toHaveLength(1);
});

test(
  "is removed with password and code, not with one of them",
  inWorkspace(async (ctx) => {
    const { recoveryCodes: codes } = await withFactor(ctx);
    const [code = ""] = codes;
    await expect(removeSecondFactor(ctx, { currentPassword: "wrong", code })).rejects.toMatchObject({
      code: "invalid",
    });
    await expect(removeSecondFactor(ctx, { currentPassword, code: "000000" })).rejects.toMatchObject({ field: "code" });
    await removeSecondFactor(ctx, { currentPassword, code });
    expect(await hasSecondFactor(ctx.db, ctx.actor.id)).toBe(false);
    expect(await ctx.db.$count(recoveryCodes, eq(recoveryCodes.userId, ctx.actor.id))).toBe(0);
  }),
);

test(
  "opens nothing to a password that is sent with each request, even if it was verified before",
  inWorkspace(async (ctx) => {
    await setPassword(ctx);
    const [user] = await ctx.db.select().from(users).where(eq(users.id, ctx.actor.id));
    const [workspace] = await ctx.db.select().from(workspaces).where(eq(workspaces.id, ctx.actor.workspaceId));
    const credentials = { email: user?.email ?? "", password: currentPassword, address: "192.0.2.1" };
    expect((await contextOfPassword(ctx.db, credentials)).actor.id).toBe(ctx.actor.id);
    const { secret } = await startSecondFactor(ctx, { currentPassword });
    await confirmSecondFactor(ctx, { code: totpCode(secret, new Date()) });
    // With the workspace in the request, the lookup is another one; the hash is known.
    await expect(contextOfPassword(ctx.db, credentials, workspace?.slug)).rejects.toMatchObject({ code: "forbidden" });
  }),
);

test(
  "is not for tokens, nor for people without a password",
  inWorkspace(async (ctx) => {
    const token = { ...ctx, actor: { ...ctx.actor, kind: "token" as const } };
    await expect(startSecondFactor(token, { currentPassword })).rejects.toMatchObject({ code: "forbidden" });
    await ctx.db.update(users).set({ passwordHash: null }).where(eq(users.id, ctx.actor.id));
    await expect(startSecondFactor(ctx, { currentPassword })).rejects.toMatchObject({ code: "conflict" });
  }),
);

test("is reset by an admin of the installation, and by no other workspace's admin", async () => {
  const { db } = await freshDatabase();
  const first = await newWorkspace(db);
  const second = await newWorkspace(db);
  await withFactor(second);
  const userId = second.actor.id;
  await expect(resetSecondFactor(second, { userId })).rejects.toMatchObject({ code: "forbidden" });
  expect(await db.$count(secondFactors)).toBe(1);
  await resetSecondFactor(first, { userId });
  expect(await db.$count(secondFactors)).toBe(0);
  await expect(resetSecondFactor(first, { userId })).rejects.toMatchObject({ code: "conflict" });
});
