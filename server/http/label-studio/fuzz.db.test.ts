import { afterAll, expect, test } from "vitest";
import { freshDatabase } from "#db/testing.ts";
import { readConfig } from "#server/admin/settings/config.ts";
import { configureLog } from "#server/base/log.ts";
import { createServer } from "#server/http/server.ts";
import { Mutations } from "#server/testing/fixtures/http/feast/mutations.ts";
import {
  type ChangedCall,
  changedCalls,
  firstCalls,
} from "#server/testing/fixtures/http/label-studio/changed-calls.ts";
import { KnownIds } from "#server/testing/fixtures/http/label-studio/known-ids.ts";
import { noPictures } from "#server/testing/fixtures/http/label-studio/no-pictures.ts";
import { newWorkspace } from "#server/testing/testing.ts";
import { labelStudioPlugin } from "./plugin.ts";

configureLog({ role: "test", level: "silent" });
const { db } = await freshDatabase();
const ctx = await newWorkspace(db);
const app = createServer(readConfig({}));
await labelStudioPlugin(app, { authenticate: () => ctx, artifacts: noPictures });
afterAll(() => app.close());

const calls = 500;

test(`answers ${calls} changed calls without a server error`, async () => {
  const known = new KnownIds();
  const draw = changedCalls(new Mutations(7), known);
  const counts: Record<number, number> = {};
  for (let index = 0; index < calls; index += 1) {
    if (known.projects < 2) for (const call of firstCalls(known, index)) await send(call, known);
    const call = draw();
    const { method, path, body } = call;
    const response = await send(call, known);
    counts[response.statusCode] = (counts[response.statusCode] ?? 0) + 1;
    const sent = [method, path, body?.slice(0, 500), response.body.slice(0, 200)];
    expect([...sent, response.statusCode < 500]).toEqual([...sent, true]);
    // An invalid URL reaches no route.
    if (response.statusCode < 400 || path.includes("%00")) continue;
    expect(response.json()).toMatchObject({ detail: expect.any(String), status_code: response.statusCode });
  }
  // Enough of each kind, or it would test only the parser.
  expect(counts[200]).toBeGreaterThan(calls / 5);
  expect(counts[201]).toBeGreaterThan(calls / 40);
  expect(counts[400]).toBeGreaterThan(calls / 5);
});

async function send({ method, path, headers, body }: ChangedCall, known: KnownIds) {
  const response = await app.inject({
    method,
    url: `/label-studio${path}`,
    headers,
    ...(body !== undefined && { payload: body }),
  });
  const isJson = response.statusCode < 300 && /^application\/json/.test(String(response.headers["content-type"]));
  if (response.statusCode < 300) known.learn(method, path, isJson ? response.json() : undefined);
  if (response.statusCode === 404) known.evict(path);
  return response;
}
