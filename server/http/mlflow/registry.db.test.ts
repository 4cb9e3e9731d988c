import type { FastifyInstance } from "fastify";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import type { Context } from "#server/base/context.ts";
import { inWorkspace } from "#server/testing/testing.ts";
import { replay } from "../../testing/fixtures/http/mlflow/replay.ts";
import { mlflowServer } from "../../testing/fixtures/http/mlflow/testing.ts";

// Searches are ordered by time: each request is sent a millisecond after the one before.
beforeEach(() => {
  vi.useFakeTimers({ toFake: ["Date"] });
});
afterEach(() => {
  vi.useRealTimers();
});

async function server(ctx: Context): Promise<FastifyInstance> {
  const app = await mlflowServer(ctx);
  app.addHook("onRequest", async () => {
    vi.advanceTimersByTime(1);
  });
  return app;
}

test.each(["registry", "aliases-stages"])("%s: responds as MLflow does", (name) =>
  inWorkspace(async (ctx) => {
    expect(await replay(await server(ctx), name)).toEqual([]);
  })(),
);

test(
  "finds what MLflow finds, in its order",
  inWorkspace(async (ctx) => {
    const differences = await replay(await server(ctx), "search-registry", (body) => {
      const { registered_models: models = [], model_versions: versions = [] } = body as {
        registered_models?: { name: string }[];
        model_versions?: { name: string; version: string }[];
      };
      return {
        names: models.map(({ name }) => name),
        versions: versions.map(({ name, version }) => `${name} ${version}`),
        more: body.next_page_token !== undefined,
      };
    });
    expect(differences).toEqual([]);
  }),
);
