import { expect, test } from "vitest";
import { newOutgoing, publicUrl } from "../../../testing/fixtures/notifications/channels/testing.ts";
import { newAlert, newMessage } from "../../../testing/fixtures/notifications/testing.ts";
import { toEmail } from "./email-message.ts";

test("shares thread root and subject in a group, with a message id per email that is stable across retries", () => {
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

test("keeps the subject on one line, and escapes external text", () => {
  const message = newMessage({ title: "a\r\nBcc: x@y.z", lines: ["<script>alert(1)</script>"] });
  const { subject, html, text } = toEmail(newOutgoing({ message }), publicUrl);
  expect(subject).toBe("a Bcc: x@y.z");
  expect(html).not.toContain("<script>");
  expect(html).toContain("&lt;script&gt;");
  expect(text).toContain("<script>alert(1)</script>");
});

test("writes facts, alerts, full URLs and the reason in both text and HTML", () => {
  const ended = newAlert("b", { status: "resolved" });
  const { text, html } = toEmail(newOutgoing({ message: newMessage({ alerts: [ended, newAlert("a")] }) }), publicUrl);
  for (const part of ["76.9%", "firing: a fails", "resolved: b fails", `${publicUrl}/on-call?ticket=1`]) {
    expect(text).toContain(part);
    expect(html).toContain(part);
  }
  // Markup that mail clients need for the intended font sizes, widths and dark mode.
  expect(html).toMatch(/^<!doctype html>.*name="viewport".*content="light dark"/);
  expect(text.indexOf("firing: a")).toBeLessThan(text.indexOf("resolved: b"));
  expect(text).toContain("You received this because: first notification.");
});
