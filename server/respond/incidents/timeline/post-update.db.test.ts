import { expect, test } from "vitest";
import { listNotifications, newEmailReceiver, newIncident } from "#server/testing/fixtures/incidents/testing.ts";
import { as, inWorkspace } from "#server/testing/testing.ts";
import { moveIncident } from "../move-incident.ts";
import { postUpdate } from "./post-update.ts";
import { listTimeline } from "./queries.ts";

test(
  "sends an update to the receivers of the incident and adds it to the timeline, and pages no one",
  inWorkspace(async (ctx) => {
    const { id, number } = await newIncident(ctx);
    const update = { number, text: "Rolled back; payments are being reviewed" };
    await newEmailReceiver(ctx, "on-call");
    expect(await postUpdate(ctx, update, "key-1")).toEqual({ channels: 1 });
    expect(await postUpdate(ctx, update, "key-1")).toEqual({ channels: 1 });
    const [sent, ...more] = await listNotifications(ctx, id);
    expect(sent).toMatchObject({ kind: "incident", severity: "ticket", message: { status: "info" } });
    expect(more).toEqual([]);
    const events = await listTimeline(ctx, { number });
    expect(events.filter(({ title }) => title.startsWith("Update: Rolled back"))).toHaveLength(1);
    await expect(postUpdate(as(ctx, "viewer"), update)).rejects.toMatchObject({ code: "forbidden" });
    await moveIncident(ctx, { number, to: "cancelled", reason: "Noise" });
    await expect(postUpdate(ctx, update)).rejects.toMatchObject({ code: "conflict" });
  }),
);
