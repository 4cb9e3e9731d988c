import type { AddressInfo } from "node:net";
import { afterAll, expect, vi } from "vitest";
import { freshDatabase } from "#db/testing.ts";
import { readConfig } from "#server/admin/settings/config.ts";
import type { Context } from "#server/base/context.ts";
import { configureLog } from "#server/base/log.ts";
import { createServer } from "#server/http/server.ts";
import { deployVersion } from "#server/release/endpoints/deploy-version.ts";
import { createEndpoint } from "#server/serve/endpoints/create-endpoint.ts";
import { newTestGateway, newToken, type TestGateway } from "#server/testing/scenes/serving/router/testing.ts";
import { newVersion } from "#server/testing/scenes/serving/testing.ts";
import { newWorkspace } from "#server/testing/testing.ts";
import { FastPath } from "../../../../../http/inference/fast-path/fast-path.ts";
import { inferencePlugin } from "../../../../../http/inference/plugin.ts";
import { type Answer, askServer, expectError, type Question } from "./ask.ts";
import { type FixtureName, fixtures } from "./fixtures.ts";

export interface Scene {
  ctx: Context;
  gateway: TestGateway;
  /** One request with a token that may infer and serve. */
  ask(question: Question): Promise<Answer>;
  /** POST …/infer of a model, which is answered 200 by the model and version it is expected of. */
  infer(model: string, body: Question["body"], headers?: Question["headers"]): Promise<Answer>;
  /** The same where a refusal is expected. */
  refuse(
    model: string,
    body: Question["body"],
    status: number,
    message?: RegExp,
    headers?: Question["headers"],
  ): Promise<void>;
  /** Until what was deployed and what is kept has been loaded. */
  settled(): Promise<void>;
}

/** A gateway over HTTP that serves fixture models in a workspace of its own; every test file opens one. */
export async function openScene(names: FixtureName[]): Promise<Scene> {
  configureLog({ role: "test", level: "silent" });
  const { db } = await freshDatabase();
  const ctx = await newWorkspace(db);
  const gateway = newTestGateway(db);
  const authorization = `Bearer ${await newToken(ctx, ["infer", "serving"])}`;
  for (const name of names) await deployFixture(ctx, gateway, name);
  const app = createServer(readConfig({}));
  await inferencePlugin(app, { core: gateway.core });
  new FastPath(app, gateway.core, false);
  await gateway.core.start();
  await app.listen({ port: 0, host: "127.0.0.1" });
  afterAll(async () => {
    await app.close();
    await gateway.close();
  });
  const { port } = app.server.address() as AddressInfo;
  const ask = (question: Question) => askServer(port, { ...question, headers: { authorization, ...question.headers } });
  const settled = async () => {
    await vi.waitFor(
      () =>
        expect(
          gateway.core.table.all
            .flatMap(({ wanted, kept }) => [wanted, ...kept])
            .filter(isLoading)
            .map(({ key }) => key),
        ).toEqual([]),
      { timeout: 30_000, interval: 20 },
    );
  };
  await settled();
  return {
    ctx,
    gateway,
    ask,
    settled,
    infer: async (model, body, headers = {}) => {
      const answer = await ask({ method: "POST", path: `/v2/models/${model}/infer`, body, headers });
      expect([answer.status, answer.json?.error]).toEqual([200, undefined]);
      const isBinary = answer.headers["inference-header-content-length"] !== undefined;
      expect(answer.headers["content-type"]).toContain(isBinary ? "application/octet-stream" : "application/json");
      const name = model.replace(/\/.*/, "");
      if (answer.json)
        expect(answer.json).toMatchObject({ model_name: name, model_version: expect.stringMatching(/^\d+$/) });
      return answer;
    },
    refuse: async (model, body, status, message, headers = {}) => {
      expectError(await ask({ method: "POST", path: `/v2/models/${model}/infer`, body, headers }), status, message);
    },
  };
}

const isLoading = ({ state }: { state: string }) => state === "loading";

async function deployFixture(ctx: Context, { models }: TestGateway, model: FixtureName): Promise<void> {
  const { id: endpointId } = await createEndpoint(ctx, { name: model, captureShare: 0, previousVersionsLoaded: 1 });
  const { files, signature } = fixtures[model]();
  for (const [index, bytes] of files.entries()) {
    await newVersion(ctx, { model, version: index + 1, bytes, signature }, models);
  }
  // Of three versions the first two serve.
  const served = files.slice(0, 2).map((_, index) => index + 1);
  for (const version of served) await deployVersion(ctx, { endpointId, model, version });
}
