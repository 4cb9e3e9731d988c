import { expect, test } from "vitest";
import { describeProposal, proposalAsked, withProposal } from "./describe-proposal.ts";
import { emptyDraft } from "./draft.ts";

const draft = { ...emptyDraft, kind: "view-lag" as const, viewId: "a", limit: 5 };

test.each([
  ["takes the limit, which is not below the proposed one", draft, 10_000, 0.17],
  ["takes whole minutes as they are", draft, 1_800_000, 30],
  ["keeps the limit when another view was chosen meanwhile", { ...draft, viewId: "b" }, 10_000, 5],
  [
    "keeps the limit when ages at look-up were chosen meanwhile",
    { ...draft, kind: "feature-freshness" as const },
    10_000,
    5,
  ],
  ["keeps the limit when nothing is proposed", draft, null, 5],
])("%s", (_case, chosen, limitMs, limit) => {
  expect(withProposal(draft, proposalAsked(chosen), { limitMs })).toEqual({ ...draft, limit });
});

test("asks for what the SLO counts: minutes of the view, or look-ups of the endpoint", () => {
  const ages = { ...draft, kind: "feature-freshness" as const };
  expect(proposalAsked({ ...draft, endpointId: "e" })).toEqual({ viewId: "a", indicator: "view-lag" });
  expect(proposalAsked({ ...ages, endpointId: "e" })).toEqual({
    viewId: "a",
    indicator: "feature-freshness",
    endpointId: "e",
  });
  expect(proposalAsked(ages)).toEqual({ viewId: "a", indicator: "feature-freshness" });
});

test("says where a limit comes from, or that too little is known", () => {
  const proposal = { counted: 1000, p99Ms: 8_000, limitMs: 10_000 };
  expect(describeProposal({ ...proposal, indicator: "view-lag" })).toBe("99% of minutes lagged by at most 8\u00a0s.");
  expect(describeProposal({ ...proposal, indicator: "feature-freshness" })).toBe(
    "99% of the rows looked up had an age of at most 8\u00a0s.",
  );
  expect(describeProposal({ ...proposal, limitMs: null, indicator: "feature-freshness" })).toBe(
    "Not enough look-ups have found a row of this view yet.",
  );
});
