import type { FastifyInstance } from "fastify";
import { afterAll, expect, vi } from "vitest";
import { readConfig } from "#server/admin/settings/config.ts";
import { createServer } from "#server/http/server.ts";
import type { TestGateway } from "#server/testing/scenes/serving/router/testing.ts";
import { inferencePlugin } from "../../../../http/inference/plugin.ts";

/**
 * The Open Inference Protocol of a gateway, once it has loaded what it serves. After the tests of the file both are closed.
 * @param environment what the installation sets
 */
export async function serveInference(
  gateway: TestGateway,
  environment: Record<string, string> = {},
): Promise<FastifyInstance> {
  const app = createServer(readConfig(environment));
  afterAll(async () => {
    await app.close();
    await gateway.close();
  });
  await inferencePlugin(app, { core: gateway.core });
  await gateway.core.start();
  await vi.waitFor(() => expect(gateway.core.unreadyReason).toBeUndefined(), { timeout: 20_000 });
  return app;
}
