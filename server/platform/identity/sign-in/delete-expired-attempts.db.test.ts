import { expect, test } from "vitest";
import { signInAttempts } from "#db/schema/index.ts";
import { dayMs } from "#server/base/durations.ts";
import { inWorkspace } from "#server/testing/testing.ts";
import { deleteOldSignInAttempts } from "./delete-expired-attempts.ts";

test(
  "deletes attempts older than 30 days, and keeps younger ones",
  inWorkspace(async (ctx) => {
    const now = new Date("2026-05-08T12:00:00Z");
    const attempt = { email: "a@example.test", address: "192.0.2.1", succeeded: false };
    const at = (days: number) => new Date(now.getTime() - days * dayMs);
    await ctx.db.insert(signInAttempts).values([31, 29].map((days) => ({ ...attempt, at: at(days) })));
    await deleteOldSignInAttempts(ctx, now);
    expect(await ctx.db.select({ at: signInAttempts.at }).from(signInAttempts)).toEqual([{ at: at(29) }]);
  }),
);
