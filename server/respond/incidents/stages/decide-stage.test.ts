import { expect, test } from "vitest";
import { hourMs, minuteMs } from "#server/base/durations.ts";
import { Recovery, type RecoveryAction } from "./contract.ts";
import { decideStage, type StageFacts } from "./decide-stage.ts";
import { stageViewOf } from "./describe-stage.ts";

const start = Date.UTC(2026, 4, 4, 2, 39);
const at = (minutes: number) => start + minutes * minuteMs;
const action: RecoveryAction = { kind: "rollback", title: "Rolled back to v31", by: "Ines", at: at(15), burn: 31 };
const recovery = (more: Partial<Recovery> = {}) => Recovery.parse(more);
const facts = (more: Partial<StageFacts> = {}): StageFacts => ({
  stage: "act",
  stageAt: start,
  recovery: recovery(),
  severity: "SEV2",
  burn: 31,
  isChance: false,
  firing: 2,
  otherPages: 0,
  now: at(16),
  ...more,
});
const watching = (more: Partial<StageFacts>, of: Partial<Recovery> = {}) =>
  facts({ stage: "watch", stageAt: at(15), ...more, recovery: recovery({ action, burn: 31, ...of }) });

test.each<[string, StageFacts, Partial<ReturnType<typeof decideStage>>]>([
  ["acts while it burns and nothing was done", facts(), { stage: "act", isMoved: false, pagesLead: false }],
  ["watches after an action", facts({ recovery: recovery({ action }) }), { stage: "watch", isMoved: true }],
  ["watches once the burn rate is below 1", facts({ burn: 0.9 }), { stage: "watch", isMoved: true, pagesLead: false }],
  ["acts at a burn rate of exactly 1", facts({ burn: 1 }), { stage: "act", isMoved: false }],
  ["acts while another page fires, whatever burns", facts({ burn: 0, otherPages: 1 }), { stage: "act" }],
  ["watches without SLOs once nothing fires", facts({ burn: null, firing: 0 }), { stage: "watch" }],
  ["acts without SLOs while something fires", facts({ burn: null, firing: 1 }), { stage: "act" }],
  ["gives an action 5 minutes", watching({ burn: 31, now: at(19.9) }), { stage: "watch", pagesLead: false }],
  [
    "acts again when an action has no effect in 5 minutes",
    watching({ burn: 31, now: at(20) }),
    { stage: "act", pagesLead: true },
  ],
  [
    "acts at another endpoint when an action helped at its own",
    watching({ burn: 31, actionBurn: 0.2, now: at(20) }),
    {
      stage: "act",
      pagesLead: false,
      recovery: recovery({ action, burn: 31, reason: "burn rate 31× at another endpoint" }),
    },
  ],
  [
    "acts again when an action has no effect at its own endpoint either",
    watching({ burn: 31, actionBurn: 14, now: at(20) }),
    { stage: "act", pagesLead: true },
  ],
  [
    "acts again when the burn rate rises after it",
    watching({ burn: 40, now: at(20) }),
    { stage: "act", pagesLead: true },
  ],
  [
    "keeps watching a burn rate that falls",
    watching({ burn: 12, now: at(20) }, { check: { at: at(15), burn: 31 } }),
    { stage: "watch", pagesLead: false },
  ],
  [
    "acts again when it stops falling",
    watching({ burn: 11.9, now: at(25) }, { check: { at: at(20), burn: 12 } }),
    { stage: "act", pagesLead: true },
  ],
  [
    "acts again when a calm one burns again",
    watching({ burn: 1.4, now: at(18) }, { calmSince: at(16) }),
    { stage: "act", pagesLead: true },
  ],
  [
    "compares with the first burn rate after an action that was recorded before any",
    watching({ burn: 31, now: at(16) }, { check: { at: at(15), burn: null } }),
    { stage: "watch", recovery: expect.objectContaining({ check: { at: at(15), burn: 31 } }) },
  ],
  [
    "pages no one when the rate flickers around 1 and nothing was done",
    watching({ burn: 1.1, now: at(18) }, { action: null, calmSince: at(16) }),
    { stage: "act", pagesLead: false },
  ],
  [
    "pages when it burns again after five calm minutes",
    watching({ burn: 1.1, now: at(21) }, { action: null, calmSince: at(16) }),
    { stage: "act", pagesLead: true },
  ],
  [
    "stays calm beside a failure that may be chance",
    watching({ burn: 3.7, isChance: true, now: at(18) }, { calmSince: at(16) }),
    { stage: "watch", isMoved: false },
  ],
  [
    "watches for 10 minutes of calm",
    watching({ burn: 0.2, now: at(25.9) }, { calmSince: at(16) }),
    { stage: "watch", isMoved: false },
  ],
  [
    "may be resolved after 10 minutes of calm",
    watching({ burn: 0.2, now: at(26) }, { calmSince: at(16) }),
    { stage: "resolve", isMoved: true, resolves: false },
  ],
  [
    "acts again when a resolvable one burns again",
    facts({ stage: "resolve", burn: 1 }),
    { stage: "act", pagesLead: true },
  ],
  [
    "leaves a SEV2 to people",
    facts({ stage: "resolve", burn: 0, now: start + 9 * hourMs }),
    { stage: "resolve", resolves: false },
  ],
  [
    "resolves a SEV3 after two calm hours",
    facts({ stage: "resolve", severity: "SEV3", burn: 0, now: start + 2 * hourMs }),
    { resolves: true },
  ],
  [
    "resolves a SEV4 no earlier",
    facts({ stage: "resolve", severity: "SEV4", burn: 0, now: start + 2 * hourMs - 1 }),
    { resolves: false },
  ],
])("%s", (_name, given, expected) => {
  expect(decideStage(given)).toMatchObject(expected);
});

test("an action that failed is not watched again, and a new one is", () => {
  const failed = decideStage(watching({ burn: 31, now: at(20) }));
  expect(failed.recovery).toMatchObject({ failed: [action], calmSince: null });
  const again = facts({ stageAt: at(20), recovery: failed.recovery, now: at(21) });
  expect(decideStage(again).stage).toBe("act");
  const next = { ...action, kind: "fallback" as const, at: at(22) };
  expect(decideStage({ ...again, recovery: { ...failed.recovery, action: next }, now: at(22) }).stage).toBe("watch");
});

test("keeps only the newest actions that failed", () => {
  const failed = Array.from({ length: 20 }, (_, index) => ({ ...action, at: at(-20 + index) }));
  const { recovery } = decideStage(watching({ burn: 31, now: at(20) }, { failed }));
  expect(recovery.failed).toEqual([...failed.slice(1), action]);
});

test("a night from the page to the end takes each stage once", () => {
  const burns = [31, 31, 31, 18, 6, 0.9, 0.4, 0.2, 0.2, 0.1, 0.1, 0.1, 0, 0, 0, 0, 0, 0];
  let state = { stage: "act" as StageFacts["stage"], stageAt: start, recovery: recovery() };
  const seen: [number, string][] = [];
  burns.forEach((burn, minute) => {
    const now = at(minute);
    if (minute === 2) state = { ...state, recovery: { ...state.recovery, action: { ...action, at: now } } };
    const step = decideStage(facts({ ...state, burn, now }));
    if (step.isMoved) seen.push([minute, step.stage]);
    state = { stage: step.stage, stageAt: step.isMoved ? now : state.stageAt, recovery: step.recovery };
  });
  expect(seen).toEqual([
    [2, "watch"],
    [15, "resolve"],
  ]);
});

test("describes each stage in a sentence", () => {
  const of = (
    stage: StageFacts["stage"],
    of: Partial<Recovery>,
    minute: number,
    severity: StageFacts["severity"] = "SEV2",
  ) =>
    stageViewOf({ stage, stageAt: new Date(at(15)), detectedAt: new Date(start), recovery: of, severity }, at(minute));
  expect(of("act", {}, 3)).toMatchObject({ words: "", calmAt: null });
  expect(of("act", { failed: [action], reason: "no effect in 5\u00a0min, burn rate 31×" }, 20).words).toBe(
    "Rolled back to v31: no effect in 5\u00a0min, burn rate 31×.",
  );
  expect(of("watch", { action, burn: 0.2, calmSince: at(16) }, 22)).toMatchObject({
    words: "Recovering: burn rate 0.2×, 4\u00a0min to go.",
    calmAt: at(26),
  });
  const same = { ...action, burn: 12 };
  expect(of("watch", { action: same, burn: 12 }, 17).words).toBe(
    "Waiting for an effect: burn rate 12×, 3\u00a0min left.",
  );
  expect(of("watch", { action: { ...action, burn: 31 }, burn: 12 }, 17).words).toBe(
    "Waiting for an effect: burn rate 12×, down from 31×, 3\u00a0min left.",
  );
  expect(of("resolve", { burn: 0 }, 17).words).toBe("Calm for 12\u00a0min. Resolve the incident.");
  expect(of("resolve", { burn: 0 }, 75, "SEV4").words).toBe(
    "Calm for 1\u00a0h 10\u00a0min. Resolves automatically in 1\u00a0h.",
  );
});
