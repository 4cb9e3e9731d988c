import { eq } from "drizzle-orm";
import { afterAll, expect, test } from "vitest";
import type { Database } from "#db/client.ts";
import { apiTokens } from "#db/schema/index.ts";
import { freshDatabase } from "#db/testing.ts";
import { dayMs } from "#server/base/durations.ts";
import { configureLog } from "#server/base/log.ts";
import { createRun } from "#server/develop/tracking/runs/create-run.ts";
import { createTokenFor } from "#server/platform/identity/tokens/create-token.ts";
import { scopes } from "#server/platform/permissions/permissions/permission.ts";
import { newTestGateway } from "#server/testing/fixtures/serving/router/testing.ts";
import { fingerprint } from "#server/testing/permissions/fingerprint.ts";
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
const { id: runId } = await createRun(admin, { experimentId: fixture.experimentId, name: "of a job" });
const bound = await createTokenFor(admin, admin.actor.id, { name: "bound", scopes: [...scopes] });
// Its use was just recorded, so that these requests change nothing of it.
await db
  .update(apiTokens)
  .set({ runId, datasets: [], lastUsedAt: new Date(Date.now() + dayMs) })
  .where(eq(apiTokens.id, bound.token.id));

const gateway = newTestGateway(db);
let current: Database = db;
const { app, routes } = await fullServer(db, withTransfers(fixture.store), gateway.core, () => current);
await gateway.core.start();
afterAll(async () => {
  await app.close();
  await gateway.close();
});
const headers = { authorization: `Bearer ${bound.secret}` };
const before = await fingerprint(admin, fixture.workspaceId);

const walked = [...routes].filter((route) => forClients(route) in everyRow && rowOf(route).answer !== "open");
/** What the program of a job does in its own experiment: its runs, and their models. */
const ownWork = [
  "GET /api/2.0/mlflow/experiments/get",
  "GET /api/2.0/mlflow/experiments/get-by-name",
  "POST /api/2.0/mlflow/runs/create",
  "POST /api/2.0/mlflow/logged-models",
];
/** Says which version this is, and whose token it is. */
const harmless = ["/label-studio/api/version", "/label-studio/api/current-user/whoami"];
const isHarmless = (route: string) => harmless.some((path) => route.replace(/\/$/, "").endsWith(` ${path}`));

test.each(walked)("%s returns and changes nothing beside the run of a training job's token", async (route) => {
  const question = questionOf(route, fixture, rowOf(route).request(fixture));
  await undone(admin, async (ctx) => {
    current = ctx.db;
    const { statusCode, body } = await app.inject({ ...question, headers: { ...question.headers, ...headers } });
    expect(statusCode, body).not.toBe(500);
    if (ownWork.includes(forClients(route))) return;
    expect(leaksIn(body, question, fixture).filter((name) => name !== "workspaceId")).toEqual([]);
    if (!isHarmless(route)) expect(statusCode, body).toBeGreaterThanOrEqual(400);
    expect(await fingerprint(ctx, fixture.workspaceId)).toEqual(before);
  });
});
