import { expect, test } from "vitest";
import type { AliasChange } from "#server/develop/registry/aliases/contract.ts";
import { aliasAtSentence, changeSentence, changeState } from "./alias-history-text.ts";

type Case = [AliasChange["cause"], number | null, number | null, string, string];

test.each([
  ["direct", null, 1, "champion was set to v1", "on-target"],
  ["request", 1, 2, "champion moved from v1 to v2, via an approved request", "finished"],
  ["override", 2, 1, "champion moved from v2 to v1, overriding its protection", "watch"],
  ["direct", 1, null, "champion was removed from v1", "paused"],
  ["deletion", 1, null, "v1 was deleted, which removed champion", "paused"],
] as Case[])("describes a move by %s from %s to %s as: %4$s", (cause, fromVersion, toVersion, sentence, state) => {
  const change = { alias: "champion", cause, fromVersion, toVersion };
  expect(changeSentence(change)).toBe(sentence);
  expect(changeState(change)).toBe(state);
});

test("reports where an alias pointed at a time, that it pointed nowhere, or that it was never set", () => {
  const since: AliasChange = {
    id: 1,
    alias: "champion",
    fromVersion: 1,
    toVersion: null,
    cause: "direct",
    requestId: null,
    reason: null,
    actorName: "Ada",
    at: new Date(0),
  };
  expect(aliasAtSentence({ alias: "champion", version: 2, since })).toBe("champion was v2");
  expect(aliasAtSentence({ alias: "champion", version: null, since })).toBe("champion was not set");
  expect(aliasAtSentence({ alias: "champion", version: null, since: null })).toContain("champion had not been set yet");
});
