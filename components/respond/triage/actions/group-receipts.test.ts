import { expect, test } from "vitest";
import { groupReceipts } from "./group-receipts.ts";

test("groups receipts by person and receiver, people first, in the order in which they came", () => {
  const receipt = (to: string, by: string, isPerson: boolean) =>
    ({
      id: `${to} ${by}`,
      to,
      by,
      isPerson,
      at: "",
      state: "delivered",
      reason: "",
      canRetry: false,
      fixHref: null,
    }) as const;
  const groups = groupReceipts([
    receipt("ops", "slack-bot", false),
    receipt("Ines", "email", true),
    receipt("ops", "webhook", false),
    receipt("Ines", "webhook", true),
  ]);
  expect(groups.map(({ to, items }) => `${to}: ${items.map(({ by }) => by).join(", ")}`)).toEqual([
    "Ines: email, webhook",
    "ops: slack-bot, webhook",
  ]);
});
