import { expect, test } from "vitest";
import { inWorkspace } from "#server/testing/testing.ts";
import { expectRefusal, newRun } from "../../../testing/fixtures/tracking/testing.ts";
import { tagRuns } from "../bulk/tag-runs.ts";
import { logBatch } from "../metrics/log-batch.ts";
import { createRun } from "./create-run.ts";
import { logParam } from "./log-param.ts";
import { getRun } from "./queries.ts";
import { setRunTag } from "./set-run-tag.ts";

/** The name of a run is a tag of every run. */
const tagsOf = (count: number, length = 1) =>
  Array.from({ length: count }, (_, index) => ({ key: `k${index}`, value: "v".repeat(length) }));

test(
  "rejects the first tag beyond the limit, and stores new values of those there are",
  inWorkspace(async (ctx) => {
    const { experimentId } = await newRun(ctx);
    const { id: runId } = await createRun(ctx, { experimentId, tags: tagsOf(9_998) });
    await setRunTag(ctx, { runId, key: "last", value: "1" });
    const refused = [
      () => setRunTag(ctx, { runId, key: "more", value: "1" }),
      () => logBatch(ctx, { runId, metrics: [], params: [], tags: [{ key: "more", value: "1" }] }),
      () => tagRuns(ctx, { experimentId, runIds: [runId], key: "more", value: "1" }),
    ];
    for (const one of refused) await expectRefusal(one(), "invalid", "At most 10,000 tags per run; got 10,001");
    await setRunTag(ctx, { runId, key: "last", value: "2" });
    const { tags } = await getRun(ctx, runId);
    expect(tags).toHaveLength(10_000);
    expect(tags).toContainEqual({ key: "last", value: "2" });
    await expectRefusal(
      createRun(ctx, { experimentId, tags: tagsOf(10_000) }),
      "invalid",
      "got 10,001 for the new run",
    );
  }),
);

test(
  "rejects the first param beyond the limit, and accepts one again that is there",
  inWorkspace(async (ctx) => {
    const { runId } = await newRun(ctx);
    const params = tagsOf(10_000);
    for (let at = 0; at < params.length; at += 100) {
      await logBatch(ctx, { runId, metrics: [], params: params.slice(at, at + 100), tags: [] });
    }
    await expectRefusal(logParam(ctx, { runId, key: "more", value: "1" }), "invalid", "At most 10,000 params per run");
    await logParam(ctx, { runId, key: "k0", value: "v" });
    expect((await getRun(ctx, runId)).params).toHaveLength(10_000);
  }),
);

test(
  "rejects values beyond the bytes of a run",
  inWorkspace(async (ctx) => {
    const { runId } = await newRun(ctx);
    const tags = tagsOf(1_100, 8_000);
    const log = (at: number) => logBatch(ctx, { runId, metrics: [], params: [], tags: tags.slice(at, at + 100) });
    for (let at = 0; at < 1_000; at += 100) await log(at);
    await expectRefusal(log(1_000), "invalid", "At most 8,388,608 bytes of tags per run");
    expect((await getRun(ctx, runId)).tags).toHaveLength(1_001);
  }),
);
