import { readFileSync } from "node:fs";
import type { AddressInfo } from "node:net";
import { expect, onTestFinished, test, vi } from "vitest";
import { freshDatabase } from "#db/testing.ts";
import { readConfig } from "#server/admin/settings/config.ts";
import { inferencePlugin } from "#server/http/inference/plugin.ts";
import { createServer, type WebDependencies } from "#server/http/server.ts";
import { cascadeEndpoint, ensureCascade, ensureUnsureLogged } from "#server/roles/demo/cascade.ts";
import { type DemoTarget, send } from "#server/roles/demo/client.ts";
import { ensureEndpoint } from "#server/roles/demo/deploy.ts";
import { demoFile, readSamples } from "#server/roles/demo/recording.ts";
import type { CaptureSettings } from "#server/serve/capture/contract.ts";
import type { Cascade, CascadeReport } from "#server/serve/cascade/contract.ts";
import { newTestGateway, newToken } from "#server/testing/fixtures/serving/router/testing.ts";
import { mlpSignature, newVersion } from "#server/testing/fixtures/serving/testing.ts";
import { newWorkspace } from "#server/testing/testing.ts";
import { v1Plugin } from "./plugin.ts";

const signature = {
  ...mlpSignature,
  inputs: [{ name: "image", datatype: "FP32" as const, shape: ["N", 1, 8, 8] }],
  outputs: [{ name: "probabilities", datatype: "FP32" as const, shape: ["N", 10] }],
};

/** Creates the product with the demo's digits in its registry and its gateway on the same address. */
async function newProduct(): Promise<{ target: DemoTarget; flush: () => Promise<void> }> {
  const { db } = await freshDatabase();
  const ctx = await newWorkspace(db);
  const gateway = newTestGateway(db);
  const app = createServer(readConfig({}));
  onTestFinished(async () => {
    await app.close();
    await gateway.close();
  });
  for (const version of [1, 2]) {
    const bytes = readFileSync(demoFile("digits", `models/digits-v${version}.onnx`));
    await newVersion(ctx, { version, bytes, signature }, gateway.models);
  }
  await inferencePlugin(app, { core: gateway.core });
  const rules = { allowsPrivate: true };
  const config = { publicUrl: "http://leeway.test", engines: rules, notifications: { rules } };
  const deps = { config, authenticate: async () => ctx } as unknown as WebDependencies;
  await app.register((scope) => v1Plugin(scope, deps), { prefix: "/api/v1" });
  await app.listen({ port: 0, host: "127.0.0.1" });
  await gateway.core.start();
  const url = `http://127.0.0.1:${(app.server.address() as AddressInfo).port}`;
  return { target: { url, gatewayUrl: url, token: await newToken(ctx) }, flush: () => gateway.core.flush() };
}

test("escalates low-confidence predictions and logs those of the digits, and is unchanged by a second start", async () => {
  const { target, flush } = await newProduct();
  const api = `${target.url}/api/v1/endpoints`;
  await ensureEndpoint(target, { name: "digits", model: "digits", version: 2, captureShare: 0.2 });
  for (let start = 0; start < 2; start += 1) {
    await ensureUnsureLogged(target, "digits");
    await ensureCascade(target);
  }
  const kept = await send<CaptureSettings>(target, "GET", `${api}/digits/capture`);
  expect(kept).toMatchObject({ share: 0.2, lowConfidence: { output: "probabilities", below: 0.8 } });
  const mine = { ...kept, lowConfidence: { output: null, below: 0.5 } };
  await send(target, "PUT", `${api}/digits/capture`, mine);
  await ensureUnsureLogged(target, "digits");
  expect(await send<CaptureSettings>(target, "GET", `${api}/digits/capture`)).toEqual(mine);
  expect((await send<Cascade>(target, "GET", `${api}/${cascadeEndpoint}/cascade`)).next).toHaveLength(1);
  const request = (inputs: unknown[]) =>
    send<{ parameters: { cascade_step?: number } }>(
      target,
      "POST",
      `${target.gatewayUrl}/v2/models/${cascadeEndpoint}/infer`,
      { inputs },
    );
  const samples = await readSamples("digits");
  const [first] = samples;
  await vi.waitFor(async () => expect((await request(first?.inputs ?? [])).parameters).toHaveProperty("cascade_step"));
  const steps = await Promise.all(
    samples.slice(0, 200).map(async ({ inputs }) => (await request(inputs)).parameters.cascade_step),
  );
  expect(new Set(steps)).toEqual(new Set([1, 2]));
  await flush();
  const { report } = await send<{ report: CascadeReport }>(
    target,
    "GET",
    `${api}/${cascadeEndpoint}/cascade-report?to=2100-01-01&from=2020-01-01`,
  );
  expect(report.problems).toEqual([]);
  expect(report.escalatedShare).toBeGreaterThan(0.1);
  expect(report.escalatedShare).toBeLessThan(0.35);
  expect(report.cost.unit).toBe("cost");
  expect(report.cost.savedShare).toBeGreaterThan(0.6);
});
