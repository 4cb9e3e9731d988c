import { randomUUID } from "node:crypto";
import { expect, test, vi } from "vitest";
import { freshDatabase } from "#db/testing.ts";
import { newWorkspace } from "#server/testing/testing.ts";
import { announce } from "./announce.ts";
import { type ChangeMessage, listen } from "./listen.ts";

test("announces frequent changes immediately and once more, and all changes of different objects", async () => {
  const { db, url } = await freshDatabase();
  const ctx = await newWorkspace(db);
  const feed = listen(url, "test");
  await feed.ready;
  const message: ChangeMessage[] = [];
  feed.subscribe((event) => message.push(event));
  const busy = randomUUID();
  const others = Array.from({ length: 20 }, () => randomUUID());
  for (let change = 0; change < 100; change++) announce(ctx, "run", busy);
  for (const id of others) announce(ctx, "run", id);
  const receivedIds = () => message.flatMap((event) => (event === "missed" ? [] : [event.id]));
  await vi.waitFor(() => expect(new Set(receivedIds())).toEqual(new Set([busy, ...others])));
  await vi.waitFor(() => expect(receivedIds().filter((id) => id === busy)).toHaveLength(2));
  expect(receivedIds()).toHaveLength(22);
  await feed.close();
});
