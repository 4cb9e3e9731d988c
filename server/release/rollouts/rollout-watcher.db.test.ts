import { eq, sql } from "drizzle-orm";
import { expect, onTestFinished, test, vi } from "vitest";
import { rollouts } from "#db/schema/index.ts";
import { freshDatabase } from "#db/testing.ts";
import { configureLog } from "#server/base/log.ts";
import type { ChangeMessage } from "#server/platform/events/listen.ts";
import { newWorkspace } from "#server/testing/testing.ts";
import { beat, newRollout } from "../../testing/fixtures/rollouts/testing.ts";
import { abortRollout } from "./abort-rollout.ts";
import { listRolloutDecisions } from "./decision-queries.ts";
import { getRollout } from "./queries.ts";
import { rolloutWatcher } from "./rollout-watcher.ts";

configureLog({ role: "test", level: "silent" });
const { db } = await freshDatabase();

function newRunner() {
  const hearing = new Set<(message: ChangeMessage) => void>();
  const subscribe = (onMessage: (message: ChangeMessage) => void) => {
    hearing.add(onMessage);
    return () => hearing.delete(onMessage);
  };
  const runner = rolloutWatcher({ db, feed: { subscribe } });
  onTestFinished(() => runner.stop());
  return {
    runner,
    emit: (message: ChangeMessage) => {
      for (const onMessage of hearing) onMessage(message);
    },
  };
}

test("advances nothing without a worker, and makes each step once with several", async () => {
  const ctx = await newWorkspace(db);
  const { rolloutId, endpointId, canary } = await newRollout(ctx);
  await beat(ctx, { endpointId, versionId: canary.id });
  expect(await getRollout(ctx, { rolloutId })).toMatchObject({ phase: "starting", evaluatedAt: null });
  const runners = [newRunner(), newRunner(), newRunner()];
  await Promise.all(runners.map(({ runner }) => runner.start()));
  await vi.waitFor(async () => expect((await getRollout(ctx, { rolloutId })).phase).toBe("stepping"));
  const { decisions } = await listRolloutDecisions(ctx, { rolloutId });
  expect(decisions.map(({ kind }) => kind)).toEqual(["advance", "started"]);
  await abortRollout(ctx, { rolloutId, reason: "done" });
});

test("holds a rollout whose evaluation fails with the reason, continues others, and resumes it later", async () => {
  const ctx = await newWorkspace(db);
  const broken = await newRollout(ctx);
  const other = await newWorkspace(db);
  const healthy = await newRollout(other);
  for (const { endpointId, canary } of [broken, healthy]) {
    await beat(ctx, { endpointId, versionId: canary.id }, "ready", { gatewayId: "gw-1" });
  }
  const { plan } = broken.rollout;
  const setPlan = (value: unknown) =>
    db
      .update(rollouts)
      .set({ plan: value as never })
      .where(eq(rollouts.id, broken.rolloutId));
  await setPlan({ ...plan, guardrails: [] });
  const { runner, emit } = newRunner();
  await runner.start();
  const holdOf = async () => {
    const { rows } = await db.execute<{ code: string | null }>(
      sql`select state -> 'hold' ->> 'code' as code from rollouts where id = ${broken.rolloutId}`,
    );
    return rows[0]?.code;
  };
  expect(await holdOf()).toBe("evaluation-failed");
  emit({ workspaceId: ctx.actor.workspaceId, topic: "rollout", id: broken.rolloutId });
  expect((await getRollout(other, { rolloutId: healthy.rolloutId })).evaluatedAt).not.toBeNull();
  await setPlan(plan);
  await vi.waitFor(async () => expect(await holdOf()).not.toBe("evaluation-failed"));
  const { decisions } = await listRolloutDecisions(ctx, { rolloutId: broken.rolloutId });
  expect(decisions.filter(({ code }) => code === "evaluation-failed")).toHaveLength(1);
});
