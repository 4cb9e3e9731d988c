import { expect, test } from "vitest";
import { answerMs, type Receipt, receiptState, type SentPage } from "./receipt.ts";

const page: SentPage = { state: "delivered", isFailing: false, isPerson: true, hasAcknowledged: false, at: 0 };

test.each<[string, Partial<SentPage>, number | null, number, Receipt["state"]]>([
  ["delivered a moment ago", {}, null, answerMs - 1, "delivered"],
  ["delivered, and nobody acknowledged", {}, null, answerMs, "no-answer"],
  ["delivered, and someone else acknowledged soon", {}, answerMs - 1, 10 * answerMs, "delivered"],
  ["delivered, and someone else acknowledged late", {}, answerMs, 10 * answerMs, "no-answer"],
  ["acknowledged by its person", { hasAcknowledged: true }, answerMs, 10 * answerMs, "acknowledged"],
  ["delivered to a channel", { isPerson: false }, null, 10 * answerMs, "delivered"],
  ["waits", { state: "pending" }, null, 10 * answerMs, "queued"],
  ["waits after failures", { state: "pending", isFailing: true }, null, 0, "failed"],
  ["failed for good", { state: "dead" }, null, 0, "failed"],
  ["failed for its person, who acknowledged otherwise", { state: "dead", hasAcknowledged: true }, 1, 2, "failed"],
  ["superseded", { state: "cancelled" }, null, 0, "not-sent"],
  ["over the limit", { state: "capped" }, null, 0, "not-sent"],
])("%s", (_name, of, acknowledgedAt, now, expected) => {
  expect(receiptState({ ...page, ...of }, acknowledgedAt, now)).toBe(expected);
});
