import { expect, test } from "vitest";
import { describeAcknowledgement, lineBadge } from "./triage-text.ts";

type Line = Parameters<typeof lineBadge>[0];
const stage = (name: "act" | "watch" | "resolve") => ({ stage: name }) as Line["stage"];
const page: Line = { severity: "page", state: "unacknowledged", stage: null };

test("names what there is to do about an incident, and else whether it pages", () => {
  expect(lineBadge({ ...page, stage: stage("act") })).toEqual({ state: "missed", word: "Act" });
  expect(lineBadge({ ...page, stage: stage("watch") }).word).toBe("Watch recovery");
  expect(lineBadge({ ...page, stage: stage("resolve"), state: "quiet" }).word).toBe("Resolve");
  expect(lineBadge(page)).toEqual({ state: "missed", word: "Page" });
  expect(lineBadge({ ...page, severity: "ticket" })).toEqual({ state: "watch", word: "Ticket" });
  expect(lineBadge({ ...page, stage: stage("act"), state: "silenced" })).toEqual({ state: "paused", word: "Page" });
});

test("is urgent about a page that nobody has acknowledged", () => {
  const row = { state: "unacknowledged", severity: "page", owner: null } as Parameters<
    typeof describeAcknowledgement
  >[0];
  expect(describeAcknowledgement(row, null)).toEqual({ words: "Not acknowledged", isUrgent: true });
  expect(describeAcknowledgement({ ...row, severity: "ticket" }, null).isUrgent).toBe(false);
});
