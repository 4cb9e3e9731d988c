import { expect, test } from "vitest";
import { codeFacts, uncommittedDiff } from "./code-facts.ts";

const facts = (tags: Record<string, string>) =>
  codeFacts({ tags: Object.entries(tags).map(([key, value]) => ({ key, value })) }).map(
    ({ label, value }) => `${label} ${value.replaceAll("\u00a0", " ")}`,
  );

test("lists code facts from the newer and the older tag names", () => {
  expect(
    facts({
      "mlflow.source.git.commit": "9d02f1a1c3f5aa",
      "mlflow.source.name": "train.py",
      team: "x",
      "mlflow.user": "a",
    }),
  ).toEqual(["commit 9d02f1a1c3", "source train.py"]);
  expect(facts({ "mlflow.git.branch": "main", "mlflow.git.dirty": "True" })).toEqual([
    "branch main",
    "uncommitted changes present, not recorded",
  ]);
  expect(facts({})).toEqual([]);
});

test("counts uncommitted changes, and distinguishes two of the same size", () => {
  const patch = (word: string) => ({
    "mlflow.git.diff": `--- a/x.py\n+++ b/x.py\n@@ -1 +1,2 @@\n-old\n+${word}\n+more`,
  });
  const [one = "", other = ""] = ["new", "odd"].map((word) => facts(patch(word))[0]);
  expect(one).toMatch(/^uncommitted changes 2 lines added, 1 removed \([0-9a-f]{4}\)$/);
  expect(one).not.toBe(other);
  expect(uncommittedDiff({ tags: [{ key: "git.diff", value: "+a" }] })).toBe("+a");
});
