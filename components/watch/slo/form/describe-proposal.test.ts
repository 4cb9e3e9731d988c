import { expect, test } from "vitest";
import { withProposal } from "./describe-proposal.ts";
import { emptyDraft } from "./draft.ts";

const draft = { ...emptyDraft, kind: "view-lag" as const, viewId: "a", limit: 5 };

test.each([
  ["takes the limit, which is not below the proposed one", "a", 10_000, 0.17],
  ["takes whole minutes as they are", "a", 1_800_000, 30],
  ["keeps the limit when another view was chosen meanwhile", "b", 10_000, 5],
  ["keeps the limit when nothing is proposed", "a", null, 5],
])("%s", (_case, viewId, limitMs, limit) => {
  expect(withProposal(draft, viewId, { limitMs })).toEqual({ ...draft, limit });
});
