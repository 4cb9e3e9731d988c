import { expect, onTestFinished, test, vi } from "vitest";
import { freshDatabase } from "#db/testing.ts";
import { systemContext, transact } from "#server/base/context.ts";
import { configureLog } from "#server/base/log.ts";
import { type ChangeMessage, listen } from "./listen.ts";
import { publish } from "./publish.ts";

configureLog({ role: "test", level: "silent" });
const fresh = await freshDatabase();
const ctx = systemContext(fresh.db, "5d5f5e1c-4f4c-4b6e-9a4f-0c8f7d4f7a11", "test");

async function listener(): Promise<ChangeMessage[]> {
  const feed = listen(fresh.url, "leeway-test");
  onTestFinished(() => feed.close());
  const message: ChangeMessage[] = [];
  feed.subscribe((event) => message.push(event));
  await feed.ready;
  await vi.waitFor(() => expect(message).toEqual(["missed"]));
  return message;
}

test("delivers a change when its transaction commits, not before", async () => {
  const message = await listener();
  await transact(ctx, async (ctx) => {
    await publish(ctx, "run", "r1");
    await fresh.pool.query("select pg_notify('leeway_events', '{\"topic\":\"marker\"}')");
    await vi.waitFor(() => expect(message).toEqual(["missed", { topic: "marker" }]));
  });
  await vi.waitFor(() =>
    expect(message.at(-1)).toEqual({ workspaceId: ctx.actor.workspaceId, topic: "run", id: "r1" }),
  );
});

test("never delivers a change that was rolled back", async () => {
  const message = await listener();
  const failed = transact(ctx, async (ctx) => {
    await publish(ctx, "run", "undone");
    throw new Error("no");
  });
  await expect(failed).rejects.toThrow("no");
  await publish(ctx, "run", "after");
  await vi.waitFor(() => expect(message).toHaveLength(2));
  expect(message[1]).toMatchObject({ id: "after" });
});

test("reconnects after a lost connection, and reports that changes may have been missed", async () => {
  const message = await listener();
  await fresh.pool.query(
    "select pg_terminate_backend(pid) from pg_stat_activity where application_name = 'leeway-test-events' and datname = current_database()",
  );
  await vi.waitFor(() => expect(message).toEqual(["missed", "missed"]));
  await publish(ctx, "model", "m1");
  await vi.waitFor(() => expect(message.at(-1)).toMatchObject({ topic: "model", id: "m1" }));
});

test("delivers nothing after an unsubscribe", async () => {
  const feed = listen(fresh.url, "leeway-test");
  onTestFinished(() => feed.close());
  await feed.ready;
  const [gone, staying] = [vi.fn(), vi.fn()];
  feed.subscribe(gone)();
  feed.subscribe(staying);
  await publish(ctx, "run", "r2");
  await vi.waitFor(() => expect(staying).toHaveBeenCalledWith(expect.objectContaining({ id: "r2" })));
  expect(gone).not.toHaveBeenCalled();
});
