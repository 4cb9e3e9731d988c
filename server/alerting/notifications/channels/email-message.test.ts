import { expect, test } from "vitest";
import { newOutgoing, publicUrl } from "../../../testing/fixtures/notifications/channels/testing.ts";
import { newAlert, newMessage } from "../../../testing/fixtures/notifications/testing.ts";
import { toEmail } from "./email-message.ts";

test("messages of one group share a root and a subject, and each has an address of its own that stays at every try", () => {
  const first = toEmail(newOutgoing(), publicUrl);
  expect(toEmail(newOutgoing(), publicUrl)).toEqual(first);
  const message = newMessage({ title: "RESOLVED · churn", status: "resolved" });
  const later = toEmail(newOutgoing({ id: "2", message, firstTitle: newMessage().title }), publicUrl);
  expect(later.references).toBe(first.references);
  expect(later.inReplyTo).toBe(first.references);
  expect(later.messageId).not.toBe(first.messageId);
  expect(later.subject).toBe(`Re: ${first.subject}`);
  expect(later.text).toContain("RESOLVED · churn");
});

test("a subject has one line, and what comes from outside is no HTML", () => {
  const message = newMessage({ title: "a\r\nBcc: x@y.z", lines: ["<script>alert(1)</script>"] });
  const { subject, html, text } = toEmail(newOutgoing({ message }), publicUrl);
  expect(subject).toBe("a Bcc: x@y.z");
  expect(html).not.toContain("<script>");
  expect(html).toContain("&lt;script&gt;");
  expect(text).toContain("<script>alert(1)</script>");
});

test("the text says what the HTML says: facts, alerts, whole addresses and why it was sent", () => {
  const ended = newAlert("b", { status: "resolved" });
  const { text, html } = toEmail(newOutgoing({ message: newMessage({ alerts: [ended, newAlert("a")] }) }), publicUrl);
  for (const part of ["76.9%", "firing: a fails", "resolved: b fails", `${publicUrl}/on-call?group=1`]) {
    expect(text).toContain(part);
    expect(html).toContain(part);
  }
  // Markup that mail clients need for the intended font sizes, widths and dark mode.
  expect(html).toMatch(/^<!doctype html>.*name="viewport".*content="light dark"/);
  expect(text.indexOf("firing: a")).toBeLessThan(text.indexOf("resolved: b"));
  expect(text).toContain("You received this because: first notification.");
});
