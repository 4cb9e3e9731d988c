import { sql } from "drizzle-orm";
import { expect, test } from "vitest";
import type { Database } from "#db/client.ts";
import { freshDatabase } from "#db/testing.ts";
import { startImport } from "#server/admin/transfer/imports/start-import.ts";
import { createWebhook } from "#server/admin/webhooks/create-webhook.ts";
import { updateWebhook } from "#server/admin/webhooks/update-webhook.ts";
import { bootstrap } from "#server/admin/workspaces/bootstrap.ts";
import { createReceiver } from "#server/alerting/notifications/receivers/create-receiver.ts";
import { type Context, systemContext } from "#server/base/context.ts";
import { confirmSecondFactor } from "#server/platform/identity/second-factor/confirm-second-factor.ts";
import { startSecondFactor } from "#server/platform/identity/second-factor/start-second-factor.ts";
import { totpCode } from "#server/platform/identity/second-factor/totp.ts";
import { sessionSecret } from "#server/platform/identity/session-secret.ts";
import { createSession } from "#server/platform/identity/sessions/create-session.ts";
import { createToken } from "#server/platform/identity/tokens/create-token.ts";
import { createUser } from "#server/platform/identity/users/create-user.ts";
import { instanceKey } from "#server/release/bundles/instance-key.ts";
import { deployVersion } from "#server/release/endpoints/deploy-version.ts";
import { createSchedule } from "#server/respond/oncall/schedules/create-schedule.ts";
import { renewCalendarAddress } from "#server/respond/oncall/schedules/renew-calendar-address.ts";
import { createEndpoint } from "#server/serve/endpoints/create-endpoint.ts";
import { loadTestKey } from "#server/serve/load-test/credential.ts";
import { setTaskWebhook } from "#server/serve/tasks/callbacks/set-task-webhook.ts";
import { newVersion } from "#server/testing/fixtures/serving/testing.ts";
import { newWorkspace } from "#server/testing/testing.ts";

const rules = { allowsPrivate: true };
const url = "http://127.0.0.1:1/in";

/** Creates one of every kind of secret with the commands that people use. @returns the secrets by what they are */
async function createSecrets(db: Database): Promise<Record<string, string>> {
  const first = await bootstrap(db, { adminEmail: "admin@leeway.local", adminPassword: undefined });
  const ctx = await newWorkspace(db);
  const { id: webhookId } = await createWebhook(
    ctx,
    { name: "all", url, events: ["*"], secret: "old-webhook-secret" },
    rules,
  );
  await updateWebhook(ctx, { webhookId, secret: "new-webhook-secret" }, rules);
  const { id: endpointId } = await createEndpoint(ctx, { name: "digits" });
  const oldTask = await setTaskWebhook(ctx, { endpointId, url }, rules);
  const newTask = await setTaskWebhook(ctx, { endpointId, url, renewsSecret: true }, rules);
  const channels = [
    { settings: { kind: "slack-hook" as const }, secret: "http://127.0.0.1:1/slack-hook-secret" },
    { settings: { kind: "slack-bot" as const, channel: "#a" }, secret: "xoxb-slack-bot-secret" },
    { settings: { kind: "pagerduty" as const }, secret: "p".repeat(32), callbackSecret: "pagerduty-callback-secret" },
    { settings: { kind: "webhook" as const, url, authorization: "bearer" as const }, secret: "bearer-secret" },
    { settings: { kind: "webhook" as const, url, authorization: "signature" as const }, secret: "signature-secret" },
  ];
  await createReceiver(ctx, { name: "on-call", channels }, rules);
  await newVersion(ctx);
  const engine = {
    url: "http://triton.test:8000",
    model: "net",
    header: { name: "Authorization", value: "engine-secret" },
  };
  await deployVersion(ctx, { endpointId, model: "digits", version: 1, engine }, rules);
  await startImport(ctx, { address: "http://127.0.0.1:1", token: "import-token" }, rules);
  const account = { userName: "somename", password: "import-password" };
  await startImport(ctx, { address: "http://127.0.0.1:2", ...account }, rules);
  const installation = systemContext(db, first.workspaceId, "test");
  const user = await createUser(installation, { email: "new@example.test", name: "New", role: "viewer" });
  const { id: userId, name } = user.user;
  const person: Context = {
    db,
    actor: { kind: "user", id: userId, name, workspaceId: first.workspaceId, role: "viewer" },
  };
  const factor = await startSecondFactor(person, { currentPassword: user.password ?? "" });
  const { recoveryCodes } = await confirmSecondFactor(person, { code: totpCode(factor.secret, new Date()) });
  const browser = { method: "password", address: "192.0.2.1", userAgent: null } as const;
  const schedule = await createSchedule(ctx, {
    name: "primary",
    timeZone: "UTC",
    layers: [{ name: "l", userIds: [ctx.actor.id], start: "2026-05-04T09:00", every: { unit: "week", count: 1 } }],
  });
  const calendar = new URL((await renewCalendarAddress(ctx, schedule.id)).path, "http://leeway");
  const { privateKey } = await instanceKey(db);
  return {
    "first password": first.password ?? "",
    "first token": first.token ?? "",
    "new webhook secret": "new-webhook-secret",
    "previous webhook secret": "old-webhook-secret",
    "task webhook secret": newTask.secret ?? "",
    "previous task webhook secret": oldTask.secret ?? "",
    "callback secret": "pagerduty-callback-secret",
    ...Object.fromEntries(channels.map(({ settings, secret }, index) => [`${settings.kind} ${index}`, secret])),
    "engine secret": "engine-secret",
    "import token": "import-token",
    "import password": account.password,
    "import password, encoded": Buffer.from(`${account.userName}:${account.password}`).toString("base64"),
    "new person's password": user.password ?? "",
    "authenticator app": factor.secret,
    "recovery code": recoveryCodes[0] ?? "",
    session: await createSession(db, { userId, sessionVersion: 1, ...browser }),
    token: (await createToken(ctx, { name: "t", scopes: ["read"] })).secret,
    calendar: calendar.searchParams.get("secret") ?? calendar.pathname.split("/").at(-1) ?? "",
    "session secret": await sessionSecret(db, undefined),
    "load test key": await loadTestKey(db),
    "bundle key": privateKey.export({ type: "pkcs8", format: "der" }).toString("base64"),
  };
}

/** Returns every row of every table as text, with its table. */
async function dump(db: Database): Promise<{ table: string; text: string }[]> {
  const { rows: tables } = await db.execute<{ table: string }>(sql`
    select format('%I.%I', table_schema, table_name) as "table" from information_schema.tables
    where table_schema not in ('pg_catalog', 'information_schema') and table_type = 'BASE TABLE'`);
  const all: { table: string; text: string }[] = [];
  for (const { table } of tables) {
    const { rows } = await db.execute<{ text: string }>(sql.raw(`select t::text as text from ${table} as t`));
    all.push(...rows.map(({ text }) => ({ table, text })));
  }
  return all;
}

test("no table of the database contains a readable secret", async () => {
  const { db } = await freshDatabase();
  const secrets = await createSecrets(db);
  for (const [name, secret] of Object.entries(secrets)) expect(secret.length, name).toBeGreaterThanOrEqual(12);
  const rows = await dump(db);
  expect(rows.filter(({ text }) => text.includes(url)).map(({ table }) => table)).toContain("public.webhooks");
  expect(rows.map(({ table }) => table)).toContain("pgboss.job_common");
  const found = Object.entries(secrets).flatMap(([name, secret]) =>
    rows.filter(({ text }) => text.includes(secret)).map(({ table }) => `${name} in ${table}`),
  );
  expect(found).toEqual([]);
  expect(rows.filter(({ text }) => text.includes("enc:v1:")).length).toBeGreaterThanOrEqual(12);
});
