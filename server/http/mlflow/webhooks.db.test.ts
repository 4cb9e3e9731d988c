import { expect, test } from "vitest";
import { readConfig } from "#server/admin/settings/config.ts";
import { newReceiver } from "#server/testing/fixtures/webhooks/testing.ts";
import { inWorkspace } from "#server/testing/testing.ts";
import { replay } from "../../testing/fixtures/http/mlflow/replay.ts";
import { mlflowServer } from "../../testing/fixtures/http/mlflow/testing.ts";

test(
  "webhooks: responds as MLflow does",
  inWorkspace(async (ctx) => {
    const { url, received } = await newReceiver(200, 200, 404);
    const config = readConfig({ WEBHOOK_PRIVATE_ADDRESSES: "true" });
    const app = await mlflowServer(ctx, { config });
    expect(await replay(app, "webhooks", undefined, new Map([["$hook1", url]]))).toEqual([]);
    expect(received).toHaveLength(3);
  }),
);

test(
  "webhooks-default: allows only https and public addresses, as MLflow does",
  inWorkspace(async (ctx) => {
    expect(await replay(await mlflowServer(ctx), "webhooks-default")).toEqual([]);
  }),
);
