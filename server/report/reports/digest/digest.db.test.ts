import { eq } from "drizzle-orm";
import { expect, test } from "vitest";
import { digestSubscriptions, notifications } from "#db/schema/index.ts";
import { type Context, systemContext } from "#server/base/context.ts";
import { dayMs, hourMs } from "#server/base/durations.ts";
import { inWorkspace } from "#server/testing/testing.ts";
import { createReportFixture } from "../../../testing/fixtures/reports/testing.ts";
import { getReport } from "../get-report.ts";
import { nameOf, spanOf } from "../periods.ts";
import { plainSentence } from "../sentence/text.ts";
import { getDigest } from "./queries.ts";
import { sendDigests } from "./send-digests.ts";
import { setDigest } from "./set-digest.ts";

const outbox = (ctx: Context) =>
  ctx.db.select().from(notifications).where(eq(notifications.workspaceId, ctx.actor.workspaceId));

const job = (ctx: Context, now: number) =>
  sendDigests(systemContext(ctx.db, ctx.actor.workspaceId, "send-digests"), now);

/** Creates a subscription that is long in effect. */
async function subscribe(ctx: Context) {
  await setDigest(ctx, { isOn: true, settings: { weekday: 1, at: "07:30" } });
  await ctx.db.update(digestSubscriptions).set({ createdAt: new Date(0) });
}

test(
  "sends the weekly email once at its time, with the wording and numbers of the page",
  inWorkspace(async (ctx) => {
    const { week } = await createReportFixture(ctx);
    await subscribe(ctx);
    const { to } = spanOf(week, "UTC");
    await job(ctx, to + 7 * hourMs);
    expect(await outbox(ctx)).toEqual([]);
    await job(ctx, to + 8 * hourMs);
    await job(ctx, to + 9 * hourMs);
    const [mail, ...more] = await outbox(ctx);
    expect(more).toEqual([]);
    const facts = await getReport(ctx, { name: nameOf(week) });
    const message = mail?.message as { lines: string[]; facts: { value: string }[] };
    expect(message.lines[0]).toBe(plainSentence(facts.sentence));
    expect(message.facts.map(({ value }) => value)).toContain(facts.response.restore.text);
    expect(mail).toMatchObject({ userId: ctx.actor.id, channelId: null, state: "pending" });
    expect((await getDigest(ctx, { hasMailServer: true })).sentFor).toBe(week.start);
  }),
);

test(
  "sends nothing after unsubscribing, and has no digest for tokens",
  inWorkspace(async (ctx) => {
    const { week } = await createReportFixture(ctx);
    await subscribe(ctx);
    await setDigest(ctx, { isOn: false });
    await job(ctx, spanOf(week, "UTC").to + dayMs);
    expect(await outbox(ctx)).toEqual([]);
    expect(await getDigest(ctx, { hasMailServer: false })).toMatchObject({ isOn: false, nextAt: null });
    const token = { ...ctx, actor: { ...ctx.actor, kind: "token" as const } };
    await expect(setDigest(token, { isOn: true })).rejects.toMatchObject({ code: "invalid" });
  }),
);
