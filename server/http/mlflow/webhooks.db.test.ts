import { expect, test } from "vitest";
import { readConfig } from "#server/config.ts";
import { inWorkspace } from "#server/testing.ts";
import { newReceiver } from "#server/webhooks/testing.ts";
import { replay } from "./replay.ts";
import { mlflowServer } from "./testing.ts";

test(
  "webhooks: Leeway answers as MLflow does",
  inWorkspace(async (ctx) => {
    const { url, received } = await newReceiver(200, 200, 404);
    const config = readConfig({ WEBHOOK_PRIVATE_ADDRESSES: "true" });
    const app = await mlflowServer(ctx, { config });
    expect(await replay(app, "webhooks", undefined, new Map([["$hook1", url]]))).toEqual([]);
    expect(received).toHaveLength(3);
  }),
);

test(
  "webhooks-default: only https and public addresses, as in MLflow",
  inWorkspace(async (ctx) => {
    expect(await replay(await mlflowServer(ctx), "webhooks-default")).toEqual([]);
  }),
);
