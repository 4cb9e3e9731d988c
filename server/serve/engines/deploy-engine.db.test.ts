import { desc, eq } from "drizzle-orm";
import { expect, test } from "vitest";
import { deployments } from "#db/schema/index.ts";
import type { Context } from "#server/base/context.ts";
import { decryptSecret } from "#server/platform/secrets/decrypt-secret.ts";
import { as, inWorkspace } from "#server/testing/testing.ts";
import { deployVersion } from "../../release/endpoints/deploy-version.ts";
import { mlpSignature, newVersion } from "../../testing/fixtures/serving/testing.ts";
import { createEndpoint } from "../endpoints/create-endpoint.ts";
import { getEndpoint } from "../endpoints/endpoint-queries.ts";

const rules = { allowsPrivate: true };
const engine = { url: "http://triton.test:8000/", model: "net" };
const header = { name: "Authorization", value: "Bearer secret" };

/** Creates an endpoint, and version 1 with a file, 2 with a signature only, 3 with neither. */
async function fixture(ctx: Context) {
  const { id: endpointId } = await createEndpoint(ctx, { name: "digits" });
  await newVersion(ctx);
  await newVersion(ctx, { version: 2, inspection: "unservable", signature: mlpSignature });
  await newVersion(ctx, { version: 3, inspection: "unservable" });
  return { endpointId, model: "digits" };
}

const secretOf = async (ctx: Context, endpointId: string) => {
  const rows = ctx.db.select().from(deployments).where(eq(deployments.endpointId, endpointId));
  const [row] = await rows.orderBy(desc(deployments.id)).limit(1);
  const { id = 0, engineSecret = null } = row ?? {};
  return engineSecret && decryptSecret(ctx.db, "deployments.engine_secret", id, engineSecret);
};

test(
  "returns the engine of a deployment, but never its secret",
  inWorkspace(async (ctx) => {
    const { endpointId, model } = await fixture(ctx);
    const deployed = await deployVersion(ctx, { endpointId, model, version: 1, engine: { ...engine, header } }, rules);
    const shown = {
      url: "http://triton.test:8000",
      model: "net",
      modelVersion: null,
      timeoutMs: 10_000,
      headerName: "Authorization",
    };
    expect(deployed.engine).toEqual(shown);
    const details = await getEndpoint(ctx, { name: "digits" });
    expect(details.current?.engine).toEqual(shown);
    expect(JSON.stringify(details)).not.toContain("Bearer secret");
    expect(await secretOf(ctx, endpointId)).toBe("Bearer secret");
  }),
);

test(
  "requires an engine and a signature for a version without a file",
  inWorkspace(async (ctx) => {
    const { endpointId, model } = await fixture(ctx);
    await expect(deployVersion(ctx, { endpointId, model, version: 2 }, rules)).rejects.toMatchObject({
      code: "conflict",
    });
    await deployVersion(ctx, { endpointId, model, version: 2, engine }, rules);
    expect((await getEndpoint(ctx, { name: "digits" })).current).toMatchObject({
      version: 2,
      engine: { model: "net" },
    });
    await expect(deployVersion(ctx, { endpointId, model, version: 3, engine }, rules)).rejects.toThrow("signature");
  }),
);

test(
  "keeps the secret for the same URL and header, and never sends it to another URL",
  inWorkspace(async (ctx) => {
    const { endpointId, model } = await fixture(ctx);
    await deployVersion(ctx, { endpointId, model, version: 1, engine: { ...engine, header } }, rules);
    await deployVersion(ctx, { endpointId, model, version: 1 }, rules);
    const again = { endpointId, model, version: 1, engine: { ...engine, header: { name: "Authorization" } } };
    await deployVersion(ctx, again, rules);
    expect(await secretOf(ctx, endpointId)).toBe("Bearer secret");
    const elsewhere = { ...again, engine: { ...again.engine, url: "http://evil.test" } };
    await expect(deployVersion(ctx, elsewhere, rules)).rejects.toThrow("Enter a value for header");
    await expect(deployVersion(ctx, again, rules)).rejects.toMatchObject({ code: "conflict" }); // serves already
    const renewed = { ...again, engine: { ...engine, header: { ...header, value: "Bearer new" } } };
    await deployVersion(ctx, renewed, rules);
    expect(await secretOf(ctx, endpointId)).toBe("Bearer new");
  }),
);

test(
  "requires the rule for private networks, and rejects execution providers with an engine",
  inWorkspace(async (ctx) => {
    const { endpointId, model } = await fixture(ctx);
    const deploy = (change: object, by = ctx) =>
      deployVersion(by, { endpointId, model, version: 1, engine: { ...engine, ...change } });
    await expect(deploy({})).rejects.toThrow("ENGINE_PRIVATE_ADDRESSES");
    await expect(deploy({ url: "https://127.0.0.1" })).rejects.toThrow("private address");
    await expect(deploy({ header: { name: "Host", value: "x" } })).rejects.toMatchObject({ name: "ZodError" });
    await expect(deploy({}, as(ctx, "member"))).rejects.toMatchObject({ code: "forbidden" });
    const both = { endpointId, model, version: 1, engine, providers: ["cpu" as const] };
    await expect(deployVersion(ctx, both, rules)).rejects.toMatchObject({ name: "ZodError" });
  }),
);
