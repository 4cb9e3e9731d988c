import { eq } from "drizzle-orm";
import { afterAll, expect, test } from "vitest";
import type { Database } from "#db/client.ts";
import { apiTokens, endpoints, incidents } from "#db/schema/index.ts";
import { freshDatabase } from "#db/testing.ts";
import { dayMs } from "#server/base/durations.ts";
import { configureLog } from "#server/base/log.ts";
import { createTokenFor } from "#server/platform/identity/tokens/create-token.ts";
import { scopes } from "#server/platform/permissions/permissions/permission.ts";
import { createEndpoint } from "#server/serve/endpoints/create-endpoint.ts";
import { newTestGateway } from "#server/testing/fixtures/serving/router/testing.ts";
import { changedSince, fingerprint } from "#server/testing/permissions/fingerprint.ts";
import { setUpFixture } from "#server/testing/permissions/fixture.ts";
import { undone } from "#server/testing/permissions/undone.ts";
import { newWorkspace } from "#server/testing/testing.ts";
import { everyRow, forClients, rowOf } from "./every-row.ts";
import { leaksIn, questionOf } from "./question.ts";
import { fullServer, withTransfers } from "./server.ts";

configureLog({ role: "test", level: "silent" });
const { db } = await freshDatabase();
const admin = await newWorkspace(db);
const fixture = await setUpFixture(admin, "their-secret");
await createEndpoint(admin, { name: "quiet" });
await db.update(incidents).set({ endpointId: fixture.endpointId }).where(eq(incidents.id, fixture.incidentId));
const bound = await createTokenFor(admin, admin.actor.id, { name: "bound", scopes: [...scopes], endpoints: ["quiet"] });
const others = (await db.select().from(endpoints).where(eq(endpoints.workspaceId, fixture.workspaceId))).filter(
  ({ name }) => name !== "quiet",
);

const gateway = newTestGateway(db);
let current: Database = db;
const { app, routes } = await fullServer(db, withTransfers(fixture.store), gateway.core, () => current);
await gateway.core.start();
afterAll(async () => {
  await app.close();
  await gateway.close();
});
const headers = { authorization: `Bearer ${bound.secret}` };
// Its use was just recorded, so that these requests change nothing of it.
await db
  .update(apiTokens)
  .set({ lastUsedAt: new Date(Date.now() + dayMs) })
  .where(eq(apiTokens.id, bound.token.id));
const before = await fingerprint(admin, fixture.workspaceId);

const walked = [...routes].filter((route) => forClients(route) in everyRow);
/** Stores the input of a task, which belongs to no endpoint yet. */
const harmless = ["POST /v2/task-inputs"];

test.each(walked)("%s returns and changes nothing of another endpoint with a token bound to one", async (route) => {
  const question = questionOf(route, fixture, rowOf(route).request(fixture));
  await undone(admin, async (ctx) => {
    current = ctx.db;
    const { statusCode, body } = await app.inject({ ...question, headers: { ...question.headers, ...headers } });
    // The token's own workspace is no secret.
    expect(leaksIn(body, question, fixture).filter((name) => name !== "workspaceId")).toEqual([]);
    for (const { id, name } of others) {
      if (!question.url?.toString().includes(id)) expect(body).not.toContain(id);
      expect(body).not.toContain(`"${name}"`);
    }
    expect(statusCode, body).not.toBe(500);
    if (!harmless.includes(route)) expect(await changedSince(ctx, fixture.workspaceId, before)).toEqual([]);
  });
});

test("no other connection has changed anything either, but for the input of a task", async () => {
  const now = await fingerprint(admin, fixture.workspaceId);
  const changed = [...now].filter(([name, digest]) => before.get(name) !== digest).map(([name]) => name);
  expect(changed.toSorted()).toEqual(["artifact_files", "task_inputs"]);
});
