import { Readable } from "node:stream";
import type { InjectOptions, LightMyRequestResponse } from "fastify";
import { afterAll, expect, test } from "vitest";
import type { Database } from "#db/client.ts";
import { freshDatabase } from "#db/testing.ts";
import type { Context } from "#server/base/context.ts";
import { configureLog } from "#server/base/log.ts";
import { storeArtifact } from "#server/develop/tracking/artifacts/store-artifact.ts";
import { getViewer } from "#server/platform/identity/queries.ts";
import { scopes } from "#server/platform/permissions/permissions/permission.ts";
import { newTestGateway, newToken } from "#server/testing/fixtures/serving/router/testing.ts";
import { changedSince, fingerprint } from "#server/testing/permissions/fingerprint.ts";
import { setUpFixture } from "#server/testing/permissions/fixture.ts";
import { undone } from "#server/testing/permissions/undone.ts";
import { newWorkspace } from "#server/testing/testing.ts";
import { everyRow, forClients, rowOf } from "./every-row.ts";
import { mixedRows } from "./mixed-rows.ts";
import { leaksIn, questionOf } from "./question.ts";
import { fullServer, withTransfers } from "./server.ts";

configureLog({ role: "test", level: "silent" });
const { db } = await freshDatabase();

interface Caller {
  ctx: Context;
  token: string;
}
async function newCaller(): Promise<Caller> {
  const ctx = await newWorkspace(db);
  return { ctx, token: await newToken(ctx, [...scopes]) };
}
const owner = await newCaller();
const theirs = await setUpFixture(owner.ctx, "their-secret");
// One caller with an empty workspace, and one with an item of each kind and the same names.
const outsider = await newCaller();
const twin = await newCaller();
const own = await setUpFixture(twin.ctx, "own-secret");

const gateway = newTestGateway(db);
let current: Database = db;
const { app, routes } = await fullServer(db, withTransfers(theirs.store), gateway.core, () => current);
await gateway.core.start();
afterAll(async () => {
  await app.close();
  await gateway.close();
});
/** Routes tested elsewhere: an endless stream, whose filter is watchEvents, which the matrix of commands and queries calls. */
const elsewhere = ["GET /api/v1/events"];
const walked = [...routes].filter((route) => forClients(route) in everyRow);
const before = await fingerprint(owner.ctx, theirs.workspaceId);

type Ask = (question: InjectOptions) => Promise<LightMyRequestResponse>;

/** Runs requests of a caller and reverts their effects afterwards. */
function requested<Result>(
  { ctx, token }: Caller,
  work: (request: Ask, ctx: Context) => Promise<Result>,
): Promise<Result> {
  const authorization = `Bearer ${token}`;
  return undone(ctx, (ctx) => {
    current = ctx.db;
    return work((question) => app.inject({ ...question, headers: { ...question.headers, authorization } }), ctx);
  });
}

/** Works like asked(), and checks that everything in the other workspace is unchanged afterwards. */
const unchanged = (caller: Caller, work: (request: Ask) => Promise<void>) =>
  requested(caller, async (request, ctx) => {
    await work(request);
    expect(await changedSince(ctx, theirs.workspaceId, before)).toEqual([]);
  });

test("lists every route of the REST, MLflow and inference APIs, and no others", () => {
  expect([...routes].filter((route) => !walked.includes(route))).toEqual(elsewhere);
  expect(Object.keys(everyRow).filter((route) => !walked.map(forClients).includes(route))).toEqual([]);
});

test.each(walked)("%s neither reveals nor changes data of another workspace", async (route) => {
  const { answer: result, request } = rowOf(route);
  const question = questionOf(route, theirs, request(theirs));
  await unchanged(outsider, async (request) => {
    const { statusCode, body } = await request(question);
    expect(leaksIn(body, question, theirs)).toEqual([]);
    if (result === "nothing" || result === "open") expect(statusCode, body).toBeLessThan(300);
    else expect(statusCode, body).toBe({ absent: 404, refused: 403 }[result as string] ?? result);
  });
  // A request by name finds the twin's own item of that name.
  await unchanged(twin, async (request) => {
    const { statusCode, body } = await request(question);
    expect(leaksIn(body, question, theirs)).toEqual([]);
    expect([500, 502], body).not.toContain(statusCode);
  });
});

// What takes no token of the API knows no caller, and so no workspace of one.
const guarded = walked.filter((route) => !["open", 401].includes(rowOf(route).answer));

test.each(guarded)("%s returns not found under the URL of another workspace", async (route) => {
  const { workspace } = await getViewer(owner.ctx);
  const question = questionOf(route, theirs, rowOf(route).request(theirs));
  await unchanged(outsider, async (request) => {
    const { statusCode, body } = await request({ ...question, url: `/w/${workspace.slug}${question.url}` });
    expect([statusCode, leaksIn(body, question, theirs)]).toEqual([404, []]);
    const headers = { ...question.headers, "x-mlflow-workspace": workspace.slug };
    expect((await request({ ...question, headers })).statusCode).toBe(404);
  });
});

test("returns not found for mixed references to another workspace, and stores none of them", async () => {
  await unchanged(twin, async (request) => {
    const wrong: unknown[] = [];
    for (const row of mixedRows) {
      const question = questionOf(row.route, own, row.request(own, theirs));
      const { statusCode, body } = await request(question);
      const isRight = statusCode === (row.status ?? 404);
      if (!isRight) wrong.push([row.route, statusCode, body]);
      if (body.includes(theirs.secret)) wrong.push([row.route, "tells", body]);
    }
    expect(wrong).toEqual([]);
    // Includes the versions created by these requests, the second to the last one.
    for (const version of [own.version, own.version + 1, own.version + 2]) {
      const fixture = { ...own, version };
      for (const route of walked.filter((route) => route.startsWith("GET /") && rowOf(route).answer !== "open")) {
        const { body } = await request(questionOf(route, fixture, rowOf(route).request(fixture)));
        expect(body, route).not.toContain(theirs.secret);
      }
      const file = { name: own.model, version: String(version), path: `${theirs.secret}.txt` };
      expect((await request({ url: "/model-versions/get-artifact", query: file })).statusCode).not.toBe(200);
    }
  });
});

test("no other connection has changed anything either", async () => {
  expect(await fingerprint(owner.ctx, theirs.workspaceId)).toEqual(before);
});

// These tests come last, because the use of the owner's token is recorded.
const forOwners = walked.filter((route) => route === forClients(route) && rowOf(route).answer !== "refused");

test.each(forOwners)("%s works for the owner of the data", async (route) => {
  const { request, owner: expected } = rowOf(route);
  await requested(owner, async (requestAsOwner, ctx) => {
    await storeArtifact(ctx, theirs.store, {
      path: theirs.artifactPath,
      body: Readable.from([Buffer.from("x")]),
      maxBytes: 10,
    });
    const { statusCode, body } = await requestAsOwner(questionOf(route, theirs, request(theirs)));
    if (expected !== undefined) expect(statusCode, body).toBe(expected);
    else expect(statusCode, body).toSatisfy((status) => status < 300 || status === 409);
  });
});
