import { expect, test } from "vitest";
import { newMailServer, newOutside } from "#server/testing/fixtures/notifications/testing.ts";
import { mailInvitations } from "./mail-invitations.ts";

const mail = {
  id: "d3b0f0a4-6c1b-4f0e-9f39-5b2f0d7f3a11",
  to: "cfo@a.test",
  workspaceName: "Halyard",
  invitedByName: "Ada <b>",
  role: "viewer" as const,
  path: "/invitations/invite_0123456789",
  expiresAt: new Date("2026-05-15T12:00:00Z"),
};

test("mails the link with workspace, role and sender", async () => {
  const { url, mails } = await newMailServer();
  const { send } = mailInvitations(newOutside({ mail: { url, from: "leeway@example.org" } }));
  expect(await send?.(mail)).toEqual({ error: null });
  const [sent] = mails;
  expect(sent?.to).toEqual(["cfo@a.test"]);
  const source = sent?.source.replaceAll(/=\r?\n/g, "");
  expect(source).toContain("Subject: Invitation to Halyard in Leeway");
  expect(source).toContain("https://leeway.example.org/invitations/invite_0123456789");
  expect(source).toContain("Ada &lt;b&gt; invites you to the workspace Halyard.");
  expect(source).toContain("Valid until: 2026-05-15 12:00 UTC");
});

test("returns why the mail server rejected the address", async () => {
  const { url } = await newMailServer(() => Object.assign(new Error("no such mailbox"), { responseCode: 550 }));
  const { send } = mailInvitations(newOutside({ mail: { url, from: "leeway@example.org" } }));
  expect((await send?.(mail))?.error).toContain("550 no such mailbox");
});

test("does not send without a mail server", () => {
  expect(mailInvitations(newOutside()).send).toBeUndefined();
});
