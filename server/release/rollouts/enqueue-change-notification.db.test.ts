import { asc, eq } from "drizzle-orm";
import { expect, test } from "vitest";
import { notifications } from "#db/schema/index.ts";
import { newReceiver } from "#server/testing/fixtures/notifications/testing.ts";
import { inWorkspace } from "#server/testing/testing.ts";
import { newRollout } from "../../testing/fixtures/rollouts/testing.ts";
import { abortRollout } from "./abort-rollout.ts";
import { pauseRollout } from "./pause-rollout.ts";

test(
  "notifies PagerDuty of the start and the rollback of a rollout, but not of a pause",
  inWorkspace(async (ctx) => {
    const { channelIds } = await newReceiver(ctx, "on-call", [
      { settings: { kind: "pagerduty" }, secret: "0".repeat(32) },
      { settings: { kind: "pagerduty", sendsChanges: false }, secret: "0".repeat(32) },
    ]);
    const { rolloutId } = await newRollout(ctx);
    await pauseRollout(ctx, { rolloutId, reason: "look" });
    await abortRollout(ctx, { rolloutId, reason: "bad" });
    const received = await ctx.db
      .select({ channelId: notifications.channelId, kind: notifications.kind, message: notifications.message })
      .from(notifications)
      .where(eq(notifications.workspaceId, ctx.actor.workspaceId))
      .orderBy(asc(notifications.sequence));
    const titles = received.map(({ message }) => (message as { title: string }).title);
    expect(titles.map((title) => title.replace(/^.*: /, ""))).toEqual([
      expect.stringMatching(/^Rollout of v2 started/),
      "v2 rolled back",
    ]);
    expect(new Set(received.map(({ channelId, kind }) => `${kind} ${channelId}`))).toEqual(
      new Set([`change ${channelIds[0]}`]),
    );
  }),
);
