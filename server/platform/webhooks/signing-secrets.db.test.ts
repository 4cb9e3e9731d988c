import { randomUUID } from "node:crypto";
import { expect, test } from "vitest";
import { rolledBack } from "#db/testing.ts";
import { encryptSecret } from "../secrets/encrypt-secret.ts";
import { renewedSecret } from "./renewed-secret.ts";
import { signingSecrets } from "./signing-secrets.ts";

const now = new Date(1_700_000_000_000);

test("signs with both secrets for a day after a change, then with the new one", () =>
  rolledBack(async (db) => {
    const id = randomUUID();
    const before = { id, secret: await encryptSecret(db, "webhooks.secret", id, "old") };
    const webhook = { id, ...(await renewedSecret(db, before, "new", now)) };
    expect(await signingSecrets(db, webhook, now)).toEqual(["new", "old"]);
    expect(await signingSecrets(db, webhook, webhook.previousSecretUntil)).toEqual(["new"]);
  }));

test("returns no secret for a webhook without one", () =>
  rolledBack(async (db) => {
    const webhook = { id: randomUUID(), secret: null, previousSecret: null, previousSecretUntil: null };
    expect(await signingSecrets(db, webhook, now)).toEqual([]);
  }));
