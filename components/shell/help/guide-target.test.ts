import { expect, test } from "vitest";
import { guideHref, guideImage, guideTarget } from "./guide-target.ts";

const names = ["README", "slos", "roll-out", "spec/README", "spec/slo"];

test.each([
  ["slos.md", "roll-out", "/help/slos"],
  ["slos.md#error-budget-policy", "roll-out", "/help/slos#error-budget-policy"],
  ["spec/slo.md", "slos", "/help/spec/slo"],
  ["../slos.md", "spec/slo", "/help/slos"],
  ["README.md", "spec/slo", "/help/spec"],
  ["../README.md", "spec/slo", "/help"],
  ["#gates", "roll-out", "#gates"],
])("keeps %s of %s in the console", (href, from, address) => {
  expect(guideTarget(href, from, names)).toEqual({ kind: "guide", href: address });
});

test("opens web and email addresses outside the console", () => {
  expect(guideTarget("https://openslo.com", "slos", names)).toEqual({ kind: "outside", href: "https://openslo.com" });
});

test.each(["../CONTRIBUTING.md", "absent.md", "/etc/passwd", "javascript:alert(1)", "slos"])(
  "returns no link for %s",
  (href) => {
    expect(guideTarget(href, "slos", names)).toEqual({ kind: "file" });
  },
);

test("addresses the index of a folder by the folder", () => {
  expect(["README", "spec/README", "slos"].map(guideHref)).toEqual(["/help", "/help/spec", "/help/slos"]);
});

test("accepts images from the screenshots folder only", () => {
  expect(guideImage("../public/screenshots/slo.png", "slos")).toBe("/screenshots/slo.png");
  expect(guideImage("../../public/screenshots/slo.png", "spec/slo")).toBe("/screenshots/slo.png");
  expect(guideImage("../server/x.png", "slos")).toBeUndefined();
  expect(guideImage("https://example.test/x.png", "slos")).toBeUndefined();
});
