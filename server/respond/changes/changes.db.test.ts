import { eq, sql } from "drizzle-orm";
import { expect, test } from "vitest";
import { deployments } from "#db/schema/index.ts";
import type { Context } from "#server/base/context.ts";
import { dayMs } from "#server/base/durations.ts";
import { record } from "#server/platform/audit/record.ts";
import { deployVersion } from "#server/release/endpoints/deploy-version.ts";
import { abortRollout } from "#server/release/rollouts/abort-rollout.ts";
import { createEndpoint } from "#server/serve/endpoints/create-endpoint.ts";
import { updateEndpoint } from "#server/serve/endpoints/update-endpoint.ts";
import { newRollout } from "#server/testing/fixtures/rollouts/testing.ts";
import { newVersion } from "#server/testing/fixtures/serving/testing.ts";
import { inWorkspace, newWorkspace } from "#server/testing/testing.ts";
import { listChanges } from "./queries.ts";
import { recordChange } from "./record-change.ts";

const span = () => ({ from: new Date(Date.now() - dayMs), to: new Date(Date.now() + dayMs) });
const summarise = async (ctx: Context, endpointId?: string) =>
  (await listChanges(ctx, { endpointId, ...span() })).map(({ kind, before, after }) => [kind, before, after]);

async function served(ctx: Context, name = "churn") {
  const { id: endpointId } = await createEndpoint(ctx, { name });
  for (const version of [1, 2]) await newVersion(ctx, { model: name, version });
  for (const version of [1, 2, 1]) await deployVersion(ctx, { endpointId, model: name, version });
  return endpointId;
}

test(
  "returns deployments with the previous version, and marks rollbacks",
  inWorkspace(async (ctx) => {
    const endpointId = await served(ctx);
    // In one transaction all have one time, so they are set apart.
    await ctx.db
      .update(deployments)
      .set({ deployedAt: sql`now() - interval '1 hour' + ${deployments.id} * interval '1 ms'` });
    const changes = await listChanges(ctx, { endpointId, ...span() });
    expect(changes.filter(({ id }) => id.startsWith("deployment:"))).toMatchObject([
      { kind: "rollback", before: "churn version 2", after: "churn version 1", href: "/endpoints/churn" },
      {
        kind: "deploy",
        title: "churn version 2 deployed to churn",
        before: "churn version 1",
        actor: ctx.actor.name,
      },
      { kind: "deploy", before: null, after: "churn version 1" },
    ]);
  }),
);

test(
  "includes settings, datasets and pipeline changes, but not other endpoints and workspaces",
  inWorkspace(async (ctx) => {
    const { id: endpointId } = await createEndpoint(ctx, { name: "churn" });
    const { id: other } = await createEndpoint(ctx, { name: "other" });
    await updateEndpoint(ctx, { endpointId, captureShare: 0.5 });
    await updateEndpoint(ctx, { endpointId: other, captureShare: 0.2 });
    await record(ctx, "dataset.version-created", { subject: "dataset/customers", after: { digest: "abc" } });
    await recordChange(ctx, { endpointId, kind: "data", title: "merchant_profile loaded", body: "load 8813" });
    await recordChange(ctx, { endpointId: other, kind: "flag", title: "not here" });
    await recordChange(ctx, { kind: "schema", title: "concerns all" });
    const changes = await listChanges(ctx, { endpointId, ...span() });
    expect(changes.map(({ title }) => title).sort()).toEqual([
      "New version of dataset customers",
      "churn settings changed",
      "concerns all",
      "merchant_profile loaded",
    ]);
    const config = changes.find(({ title }) => title === "churn settings changed");
    expect(config?.before).toContain("capture share 0.1");
    expect(config?.after).toContain("capture share 0.5");
    expect(await listChanges(await newWorkspace(ctx.db), span())).toEqual([]);
  }),
);

test(
  "returns a rollout by its decisions, without repeating its deployment",
  inWorkspace(async (ctx) => {
    const { endpointId, rolloutId } = await newRollout(ctx);
    await abortRollout(ctx, { rolloutId, reason: "too slow" });
    await ctx.db.update(deployments).set({ deployedAt: new Date() }).where(eq(deployments.endpointId, endpointId));
    const changes = await listChanges(ctx, { endpointId, ...span() });
    const rolled = changes.filter(({ id }) => id.startsWith("rollout-decision:"));
    expect(rolled).toMatchObject([
      { kind: "rollback", before: "digits version 2", after: "digits version 1", href: `/rollouts/${rolloutId}` },
      { kind: "rollout", before: "digits version 1", after: "digits version 2" },
    ]);
    expect(changes.filter(({ id }) => id.startsWith("deployment:"))).toHaveLength(0);
  }),
);

test(
  "records a change once per key, rejects future times, and limits a restricted token to its endpoints",
  inWorkspace(async (ctx) => {
    const input = { kind: "deploy" as const, title: "billing 4.2" };
    const first = await recordChange(ctx, input, "key");
    expect(await recordChange(ctx, input, "key")).toEqual(first);
    expect(await summarise(ctx)).toEqual([["deploy", null, null]]);
    const ahead = recordChange(ctx, { ...input, at: new Date(Date.now() + dayMs) });
    await expect(ahead).rejects.toMatchObject({ code: "invalid", field: "at" });
    const limited = { ...ctx, actor: { ...ctx.actor, endpoints: ["churn"] } };
    await expect(recordChange(limited, input)).rejects.toMatchObject({ code: "forbidden" });
    const { id: endpointId } = await createEndpoint(ctx, { name: "other" });
    await expect(listChanges(limited, { endpointId, ...span() })).rejects.toMatchObject({ code: "forbidden" });
    const backwards = listChanges(ctx, { from: new Date(2), to: new Date(1) });
    await expect(backwards).rejects.toMatchObject({ code: "invalid", field: "to" });
  }),
);
