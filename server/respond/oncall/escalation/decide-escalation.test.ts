import { expect, test } from "vitest";
import { decideEscalation, type EscalationChange, type LastEscalation, type PagingFacts } from "./decide-escalation.ts";

const now = 100_000_000;
const minute = 60_000;
const inProgress: LastEscalation = { endedAt: null, ended: null, lapsedAt: null, lapsed: null };
const ended = (why: string, minutesAgo = 1): LastEscalation => ({
  ...inProgress,
  endedAt: now - minutesAgo * minute,
  ended: why,
});
const lapsed = (why: string, minutesAgo = 1): LastEscalation => ({
  ...ended("at its end", 60),
  lapsedAt: now - minutesAgo * minute,
  lapsed: why,
});
const ago = (minutes: number) => now - minutes * minute;

const firing: PagingFacts = {
  hasEnded: false,
  pages: 1,
  unmuted: 1,
  isAcknowledged: false,
  pagedAt: ago(120),
  last: null,
};
const over = { ...firing, pages: 0, unmuted: 0 };
const muted = { ...firing, unmuted: 0 };
const acknowledged = { ...firing, isAcknowledged: true };

test.each<[string, PagingFacts, EscalationChange]>([
  ["a page fires", firing, { do: "open" }],
  ["a page fires of a group without a known time", { ...firing, pagedAt: null }, { do: "open" }],
  ["a page escalates", { ...firing, last: inProgress }, null],
  ["a page escalates, and a new one joins", { ...firing, pagedAt: now, last: inProgress }, null],
  ["one of two pages is muted", { ...firing, pages: 2, last: inProgress }, null],
  ["a page was escalated to the end", { ...firing, last: ended("at its end") }, null],
  ["a page found nobody", { ...firing, last: ended("no one to page") }, null],
  ["a new page after the end", { ...firing, pagedAt: now, last: ended("at its end") }, { do: "open" }],
  ["an escalated page of an older release", { ...firing, pagedAt: null, last: ended("at its end") }, null],
  ["only tickets fire", over, null],
  ["a page is over", { ...over, last: inProgress }, { do: "end", why: "resolved" }],
  ["a page is over after its end", { ...over, last: ended("at its end") }, { do: "lapse", why: "resolved" }],
  ["a page was over before", { ...over, last: ended("resolved") }, null],
  ["a page was over after its end before", { ...over, last: lapsed("resolved") }, null],
  ["a group ends", { ...firing, hasEnded: true, last: inProgress }, { do: "end", why: "resolved" }],
  ["a group ends after the escalation", { ...firing, hasEnded: true, last: ended("at its end") }, null],
  ["a page is muted", { ...muted, last: inProgress }, { do: "end", why: "silenced" }],
  ["a page is muted from the start", muted, null],
  ["a page is muted after the end", { ...muted, last: ended("at its end") }, { do: "lapse", why: "silenced" }],
  ["a page is acknowledged", { ...acknowledged, last: inProgress }, { do: "end", why: "acknowledged" }],
  ["a page is acknowledged before it escalates", acknowledged, null],
  [
    "a page is acknowledged after the end",
    { ...acknowledged, last: ended("no one to page") },
    { do: "lapse", why: "acknowledged" },
  ],
  ["an acknowledgement ends", { ...firing, last: ended("acknowledged") }, { do: "open" }],
  ["an acknowledgement after the end ends", { ...firing, last: lapsed("acknowledged") }, { do: "open" }],
  ["a page fires again at once", { ...firing, last: ended("resolved") }, { do: "resume" }],
  ["a page fires again much later", { ...firing, last: ended("resolved", 31) }, { do: "open" }],
  ["a page fires again, told anew", { ...firing, pagedAt: now, last: ended("resolved") }, { do: "open" }],
  ["a page fires again after the end", { ...firing, last: lapsed("resolved") }, { do: "resume" }],
  ["a page fires again long after the end", { ...firing, last: lapsed("resolved", 31) }, { do: "open" }],
  ["a mute is short", { ...firing, last: ended("silenced", 30) }, { do: "resume" }],
  ["a mute is long", { ...firing, last: ended("silenced", 31) }, { do: "open" }],
])("decides: %s", (_name, facts, expected) => {
  expect(decideEscalation(facts, now)).toEqual(expected);
});

test("has nothing left to do once the decision is carried out", () => {
  const after = (last: LastEscalation | null, change: EscalationChange): LastEscalation | null => {
    if (change === null) return last;
    if (change.do === "open") return inProgress;
    if (change.do === "end") return { ...inProgress, endedAt: now, ended: change.why };
    if (last && change.do === "lapse") return { ...last, lapsedAt: now, lapsed: change.why };
    return last?.lapsedAt ? { ...last, lapsedAt: null, lapsed: null } : inProgress;
  };
  const lasts = [
    null,
    inProgress,
    ended("at its end"),
    ended("resolved"),
    ended("silenced", 60),
    ended("acknowledged"),
  ];
  let cases = 0;
  for (const last of [...lasts, lapsed("resolved"), lapsed("acknowledged"), ended("no one to page")])
    for (const hasEnded of [false, true])
      for (const pages of [0, 1, 2])
        for (const unmuted of [0, 1])
          for (const isAcknowledged of [false, true])
            for (const pagedAt of [null, ago(600), ago(2), ago(0)]) {
              const facts = { hasEnded, pages, unmuted: Math.min(unmuted, pages), isAcknowledged, pagedAt, last };
              const next = after(last, decideEscalation(facts, now));
              expect(decideEscalation({ ...facts, last: next }, now), JSON.stringify(facts)).toBeNull();
              cases += 1;
            }
  expect(cases).toBe(9 * 2 * 3 * 2 * 2 * 4);
});
