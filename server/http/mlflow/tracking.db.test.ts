import { afterEach, beforeEach, expect, test, vi } from "vitest";
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

test.each([
  "protocol",
  "system",
  "experiments",
  "runs",
  "log-batch",
  "metric-history",
  "inputs-outputs",
  "artifacts",
  "logged-models",
  "search-runs-arguments",
  "client-training-run",
  "client-log-model",
  "client-traces",
])("%s: responds as MLflow does", (name) =>
  inWorkspace(async (ctx) => {
    const app = await mlflowServer(ctx);
    app.addHook("onRequest", async () => {
      vi.advanceTimersByTime(1);
    });
    expect(await replay(app, name)).toEqual([]);
  })(),
);

const listed = {
  runs: (row: { info: { run_name: string } }) => row.info.run_name,
  experiments: (row: { name: string }) => row.name,
  models: (row: { info: { name: string } }) => row.info.name,
};

/** Summarises the result of a search in the terms of the recorded probes. */
function summarise(body: Record<string, unknown>): Record<string, unknown> {
  const names = <Row>(rows: unknown, nameOf: (row: Row) => string) => ((rows ?? []) as Row[]).map(nameOf);
  return {
    runs: names(body.runs, listed.runs),
    names: [...names(body.experiments, listed.experiments), ...names(body.models, listed.models)],
    more: body.next_page_token !== undefined,
  };
}

test.each(["search-runs", "search-experiments", "search-logged-models"])(
  "%s: finds what MLflow finds, in its order",
  (name) =>
    inWorkspace(async (ctx) => {
      const app = await mlflowServer(ctx);
      app.addHook("onRequest", async () => {
        vi.advanceTimersByTime(1);
      });
      expect(await replay(app, name, summarise)).toEqual([]);
    })(),
);
