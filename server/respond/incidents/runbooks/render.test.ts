import { expect, test } from "vitest";
import { runbookVariables } from "./contract.ts";
import { momentOf } from "./moments.ts";
import { parseSteps, unknownMoments } from "./parse-steps.ts";
import { readyMade } from "./ready-made/all.ts";
import { renderParts, unknownIn } from "./render.ts";

const body = `## First
Look at {{endpoint}}.

- [ ] Open /endpoints/{{endpoint}}
* [x] Roll back to version {{previous_version}} {{when:rolled-back}}

Then:
\`\`\`
- [ ] not a step, but code
\`\`\`
1. [ ] Write a note
- [ ] Write a note`;

test("returns text and steps in order, replaces variables, and keeps unknown ones", () => {
  const ticks = new Map([["Open /endpoints/{{endpoint}}", { by: "Ada", at: new Date(1) }]]);
  const rendered = renderParts(body, { endpoint: "churn" }, ticks);
  expect(rendered).toMatchObject({ done: 1, total: 3, unknown: ["previous_version"] });
  expect(rendered.parts.map(({ kind }) => kind)).toEqual(["text", "steps", "text", "steps", "text"]);
  expect(rendered.parts[0]).toEqual({ kind: "text", markdown: "## First\nLook at churn." });
  expect(rendered.parts[1]).toMatchObject({
    steps: [
      { text: "Open /endpoints/churn", isAutomatic: false, tick: { by: "Ada" } },
      { text: "Roll back to version {{previous_version}}", isAutomatic: true, tick: null },
    ],
  });
});

test("parses steps without checkbox and moment, skips code, and merges identical texts", () => {
  expect(parseSteps(body).map(({ step, when }) => [step, when])).toEqual([
    ["Open /endpoints/{{endpoint}}", null],
    ["Roll back to version {{previous_version}}", "rolled-back"],
    ["Write a note", null],
  ]);
  expect(unknownMoments("- [ ] x {{when:paged}}\n- [ ] y {{when:silenced}}")).toEqual(["paged"]);
});

test("maps timeline events to moments that steps wait for", () => {
  const moment = (kind: Parameters<typeof momentOf>[0]["kind"], title = "x", isProbableCause = false) =>
    momentOf({ kind, title, isProbableCause });
  expect([moment("ack"), moment("rollback"), moment("silence"), moment("note")]).toEqual([
    "acknowledged",
    "rolled-back",
    "silenced",
    undefined,
  ]);
  expect([moment("state", "Mitigated: calm"), moment("state", "Resolved"), moment("state", "Active")]).toEqual([
    "mitigated",
    "resolved",
    "acknowledged",
  ]);
  expect([moment("state", "Reopened: again"), moment("state", "Confirmed by acknowledgement")]).toEqual([
    "acknowledged",
    "acknowledged",
  ]);
  expect([moment("note", "found it", true), moment("change", "deployed", true)]).toEqual(["cause-found", undefined]);
});

test.each(readyMade)("has steps and only known variables in the built-in runbook “$name”", ({ body }) => {
  expect(parseSteps(body).length).toBeGreaterThanOrEqual(6);
  expect(unknownMoments(body)).toEqual([]);
  const known = Object.fromEntries(runbookVariables.map((name) => [name, "x"]));
  expect(unknownIn(body, known)).toEqual([]);
});
