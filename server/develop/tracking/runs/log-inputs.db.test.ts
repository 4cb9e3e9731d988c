import { expect, test, vi } from "vitest";
import { freshDatabase } from "#db/testing.ts";
import { type ChangeMessage, listen } from "#server/platform/events/listen.ts";
import { newWorkspace } from "#server/testing/testing.ts";
import { newRun } from "../../../testing/fixtures/tracking/testing.ts";
import { logInputs } from "./log-inputs.ts";

test("notifies the pages of the run and of each dataset that a run used it", async () => {
  const { db, url } = await freshDatabase();
  const ctx = await newWorkspace(db);
  const { runId } = await newRun(ctx);
  const feed = listen(url, "test");
  await feed.ready;
  const message: ChangeMessage[] = [];
  feed.subscribe((event) => message.push(event));
  const dataset = (name: string, digest: string) => ({ name, digest, sourceType: "local", source: "here" });
  await logInputs(ctx, { runId, datasets: [dataset("train", "1"), dataset("train", "2"), dataset("test", "1")] });
  const { workspaceId } = ctx.actor;
  const summarise = (topic: string, id: string) => expect.objectContaining({ workspaceId, topic, id });
  const all = [summarise("run", runId), summarise("dataset", "train"), summarise("dataset", "test")];
  await vi.waitFor(() => expect(message).toEqual(expect.arrayContaining(all)));
  await feed.close();
});
