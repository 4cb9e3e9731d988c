import { expect, test } from "vitest";
import { recommend, type Situation } from "./recommend.ts";

/** A page at night: the deployment of the version that serves is to blame, and an earlier version may serve again. */
const page: Situation = {
  stage: "act",
  firing: 1,
  isUnacknowledged: true,
  mayResolve: false,
  isActing: false,
  cause: "deploy",
  isBlamedServing: true,
  hasTarget: true,
  hasFallback: true,
};

test.each<[string, Partial<Situation>, ReturnType<typeof recommend>]>([
  ["a deployment is the cause", {}, "roll-back"],
  ["the same, acknowledged", { isUnacknowledged: false }, "roll-back"],
  ["the same, before it has an incident", { stage: null }, "roll-back"],
  ["the blamed version no longer serves", { isBlamedServing: false }, "acknowledge"],
  ["the blamed version no longer serves, acknowledged", { isBlamedServing: false, isUnacknowledged: false }, null],
  ["no version is left to roll back to", { hasTarget: false }, "acknowledge"],
  ["rolled back, burn rate falls", { stage: "watch", isBlamedServing: false }, null],
  ["rolled back, and the version deployed again", { stage: "watch" }, null],
  ["rolled back, no effect, and no other cause", { cause: null, isUnacknowledged: false }, null],
  ["rolled back, no effect, and the next cause is in the data", { cause: "data" }, "fall-back"],
  ["rolled back, no effect, and the next cause is a setting", { cause: "other", isUnacknowledged: false }, null],
  ["the data is the cause", { cause: "data" }, "fall-back"],
  ["the data is the cause, and nothing can stand in", { cause: "data", hasFallback: false }, "acknowledge"],
  ["no cause is known", { cause: null }, "acknowledge"],
  ["someone acts", { isActing: true }, null],
  ["someone acts, unacknowledged", { isActing: true, isUnacknowledged: true }, null],
  ["calm for ten minutes", { stage: "resolve", firing: 0, mayResolve: true }, "resolve"],
  ["calm for ten minutes, not confirmed yet", { stage: "resolve", firing: 0, mayResolve: false }, null],
  ["calm, while the long window still fires", { stage: "resolve", firing: 1, mayResolve: true }, "resolve"],
  ["nothing fires", { firing: 0, mayResolve: true }, "resolve"],
  ["nothing fires, and recovery is watched", { stage: "watch", firing: 0, mayResolve: true }, null],
])("%s", (_name, of, expected) => {
  expect(recommend({ ...page, ...of })).toBe(expected);
});

test("never recommends a rollback from a version that is not blamed, whatever else is so", () => {
  const flags = [true, false];
  const stages = ["act", "watch", "resolve", null] as const;
  for (const stage of stages) {
    for (const isBlamedServing of flags) {
      for (const hasTarget of flags) {
        for (const isActing of flags) {
          for (const cause of ["deploy", "data", "other", null] as const) {
            const act = recommend({ ...page, stage, isBlamedServing, hasTarget, isActing, cause });
            const isRight = cause === "deploy" && isBlamedServing && hasTarget && !isActing;
            expect(act === "roll-back").toBe(isRight && (stage === "act" || stage === null));
          }
        }
      }
    }
  }
});
