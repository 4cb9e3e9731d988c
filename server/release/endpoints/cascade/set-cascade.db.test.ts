import { eq } from "drizzle-orm";
import { expect, test } from "vitest";
import { deployments, modelVersions } from "#db/schema/index.ts";
import { readAuditLog } from "#server/admin/audit-log/queries.ts";
import type { Context } from "#server/base/context.ts";
import { getModelSummary } from "#server/develop/registry/models/queries.ts";
import { deleteModelVersion } from "#server/develop/registry/versions/delete-model-version.ts";
import { getVersionDetails } from "#server/develop/registry/versions/lineage-queries.ts";
import { as, inWorkspace, newWorkspace } from "#server/testing/testing.ts";
import { getCascade } from "../../../serve/cascade/cascade-queries.ts";
import { Cascade } from "../../../serve/cascade/contract.ts";
import { getCascadeReport } from "../../../serve/cascade/report-queries.ts";
import { createEndpoint } from "../../../serve/endpoints/create-endpoint.ts";
import { readRoutes } from "../../../serve/router/routes.ts";
import { readCascades, servedCascade } from "../../../serve/router/served-cascade.ts";
import { mlpSignature, newVersion } from "../../../testing/fixtures/serving/testing.ts";
import { archiveEndpoint } from "../archive-endpoint.ts";
import { deployVersion } from "../deploy-version.ts";
import { setCascade } from "./set-cascade.ts";

const input = Cascade.parse({
  rules: { confidence: { output: "y", below: 0.6 } },
  next: [{ model: "large", version: 1, costPerThousand: 2 }],
});

async function fixture(ctx: Context) {
  await newVersion(ctx);
  const large = await newVersion(ctx, { model: "large" });
  const { id: endpointId } = await createEndpoint(ctx, { name: "digits" });
  await deployVersion(ctx, { endpointId, model: "digits", version: 1 });
  return { endpointId, large };
}

async function served(ctx: Context, endpointId: string) {
  const route = (await readRoutes(ctx.db)).find((one) => one.endpointId === endpointId);
  return route && servedCascade(route, await readCascades(ctx.db));
}

test(
  "stores, serves and audits the cascade that was set, and removes it without steps",
  inWorkspace(async (ctx) => {
    const { endpointId, large } = await fixture(ctx);
    expect(await getCascade(ctx, { endpointId })).toEqual(Cascade.parse({}));
    expect(await served(ctx, endpointId)).toBeUndefined();
    await setCascade(ctx, { endpointId, cascade: input });
    expect(await getCascade(ctx, { endpointId })).toEqual(input);
    expect(await served(ctx, endpointId)).toMatchObject({
      rules: input.rules,
      comparedShare: 0,
      next: [{ model: { versionId: large.id, modelName: "large", version: 1 } }],
    });
    const [entry] = (await readAuditLog(ctx, { limit: 1 })).events;
    expect(entry).toMatchObject({ action: "endpoint.cascade-set", subject: "endpoint/digits" });
    await setCascade(ctx, { endpointId, cascade: Cascade.parse({}) });
    expect(await served(ctx, endpointId)).toBeUndefined();
  }),
);

test(
  "rejects a version with a different signature, naming the difference, and unknown rules and versions",
  inWorkspace(async (ctx) => {
    const { endpointId } = await fixture(ctx);
    const outputs = [{ name: "y", datatype: "FP32" as const, shape: ["N", 7] }];
    await newVersion(ctx, { model: "large", version: 2, signature: { ...mlpSignature, outputs } });
    const setting = (next: object[], rules: object = input.rules) =>
      setCascade(ctx, { endpointId, cascade: Cascade.parse({ rules, next }) });
    await expect(setting([{ model: "large", version: 2 }])).rejects.toMatchObject({
      code: "conflict",
      message: expect.stringContaining('Output "y" has shape [N, 7]; the first version has ['),
    });
    await expect(setting([{ model: "large", version: 9 }])).rejects.toMatchObject({ code: "not-found" });
    await expect(setting([{ model: "digits", version: 1 }])).rejects.toMatchObject({ code: "invalid" });
    await expect(setting([{ model: "large", version: 1 }], {})).rejects.toMatchObject({ code: "invalid" });
    expect(await getCascade(ctx, { endpointId })).toEqual(Cascade.parse({}));
  }),
);

test(
  "does not find foreign versions, and rejects members, undeployed and archived endpoints",
  inWorkspace(async (ctx) => {
    const other = await newWorkspace(ctx.db);
    const { endpointId } = await fixture(ctx);
    await newVersion(other, { model: "theirs" });
    const next = [{ model: "theirs", version: 1 }];
    const theirs = setCascade(ctx, { endpointId, cascade: Cascade.parse({ rules: input.rules, next }) });
    await expect(theirs).rejects.toMatchObject({ code: "not-found" });
    await expect(setCascade(other, { endpointId, cascade: input })).rejects.toMatchObject({ code: "not-found" });
    await expect(setCascade(as(ctx, "member"), { endpointId, cascade: input })).rejects.toMatchObject({
      code: "forbidden",
    });
    const { id: empty } = await createEndpoint(ctx, { name: "empty" });
    await expect(setCascade(ctx, { endpointId: empty, cascade: input })).rejects.toMatchObject({ code: "conflict" });
    await archiveEndpoint(ctx, { endpointId });
    await expect(setCascade(ctx, { endpointId, cascade: input })).rejects.toMatchObject({ code: "conflict" });
  }),
);

test(
  "skips incompatible steps after a deployment, and reports the reason",
  inWorkspace(async (ctx) => {
    const { endpointId, large } = await fixture(ctx);
    await setCascade(ctx, { endpointId, cascade: input });
    const inputs = [{ name: "z", datatype: "FP32" as const, shape: ["N", 4] }];
    await newVersion(ctx, { version: 2, signature: { ...mlpSignature, inputs } });
    await deployVersion(ctx, { endpointId, model: "digits", version: 2 });
    expect(await served(ctx, endpointId)).toBeUndefined();
    const span = { endpointId, from: new Date(Date.now() - 1000), to: new Date() };
    const report = await getCascadeReport(ctx, span);
    expect(report?.problems).toEqual([
      expect.stringMatching(/Step 2, large version 1, is not compatible.*Missing input "z"/),
    ]);
    await ctx.db.delete(modelVersions).where(eq(modelVersions.id, large.id));
    expect((await getCascade(ctx, { endpointId })).next).toEqual([]);
    expect((await getCascadeReport(ctx, span))?.problems).toEqual([
      expect.stringContaining("Step 2 is no longer available"),
    ]);
  }),
);

test(
  "rejects deleting a version that is a cascade step",
  inWorkspace(async (ctx) => {
    const { endpointId } = await fixture(ctx);
    await setCascade(ctx, { endpointId, cascade: input });
    const key = { name: "large", version: 1 };
    const there = [{ id: endpointId, name: "digits" }];
    expect((await getModelSummary(ctx, "large")).endpoints).toEqual([{ ...there[0], version: 1 }]);
    expect((await getVersionDetails(ctx, key)).lineage.endpoints).toEqual(there);
    await expect(deleteModelVersion(ctx, key)).rejects.toMatchObject({
      code: "conflict",
      message: expect.stringContaining('cascade step of the endpoint "digits"'),
    });
    await setCascade(ctx, { endpointId, cascade: Cascade.parse({}) });
    expect((await getModelSummary(ctx, "large")).endpoints).toEqual([]);
    await deleteModelVersion(ctx, key);
  }),
);

test(
  "accepts a step without a file if it was deployed to an engine, and reports when no engine is left",
  inWorkspace(async (ctx) => {
    const { endpointId } = await fixture(ctx);
    const remote = await newVersion(ctx, { model: "remote", inspection: "unservable", signature: mlpSignature });
    const cascade = Cascade.parse({ rules: input.rules, next: [{ model: "remote", version: 1 }] });
    await expect(setCascade(ctx, { endpointId, cascade })).rejects.toMatchObject({ code: "conflict" });
    const { id: elsewhere } = await createEndpoint(ctx, { name: "elsewhere" });
    const header = { name: "Authorization", value: "Bearer s3cret" };
    const engine = { url: "http://127.0.0.1:9/", model: "net", header };
    await deployVersion(ctx, { endpointId: elsewhere, model: "remote", version: 1, engine }, { allowsPrivate: true });
    await setCascade(ctx, { endpointId, cascade });
    expect((await served(ctx, endpointId))?.next).toMatchObject([
      { model: { versionId: remote.id }, providers: [], engine: { model: "net", secret: "Bearer s3cret" } },
    ]);
    const span = { endpointId, from: new Date(Date.now() - 1000), to: new Date() };
    expect((await getCascadeReport(ctx, span))?.problems).toEqual([]);
    await ctx.db.delete(deployments).where(eq(deployments.endpointId, elsewhere));
    expect(await served(ctx, endpointId)).toBeUndefined();
    expect((await getCascadeReport(ctx, span))?.problems).toEqual([expect.stringContaining("Deploy it to an engine")]);
  }),
);
