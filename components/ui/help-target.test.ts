import { expect, test } from "vitest";
import { helpHref, helpTopic } from "./help-target.ts";

test("returns the heading of a target", () => {
  expect(helpTopic("on-call#alert-rules")).toBe("Alert rules");
});

test("keeps the spelling of abbreviations and names", () => {
  expect(helpTopic("slos#create-an-slo")).toBe("Create an SLO");
  expect(helpTopic("getting-started#set-up-leeway")).toBe("Set up Leeway");
});

test("falls back to the guide if a target has no heading", () => {
  expect(helpTopic("roll-out")).toBe("Roll out");
});

test("links to the guide within the console", () => {
  expect(helpHref("on-call#alert-rules")).toBe("/help/on-call#alert-rules");
});
