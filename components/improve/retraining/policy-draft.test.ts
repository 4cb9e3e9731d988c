import { expect, test } from "vitest";
import { RetrainingPlan, RetrainingPolicy } from "#server/improve/retraining/contract.ts";
import type { RetrainingPolicyDetails } from "#server/improve/retraining/policies/contract.ts";
import { newPolicyDraft, policyDraftOf, readPolicyDraft } from "./policy-draft.ts";

const frozenSet = "00000000-0000-4000-8000-000000000001";
const filled = { ...newPolicyDraft, dataset: "photos", template: "damage", frozenSet };

/** A policy as the server gives it back. */
function policyOf(rules: unknown, plan: unknown): RetrainingPolicyDetails {
  const parsed = { rules: RetrainingPolicy.parse(rules), plan: RetrainingPlan.parse(plan) };
  return { model: "parcel-damage", endpoint: { id: "", name: "depots" }, ...parsed } as RetrainingPolicyDetails;
}

test("a new form is the default policy, once it names what a candidate learns from", () => {
  const { rules, plan } = readPolicyDraft(filled);
  const { triggers, ...others } = RetrainingPolicy.parse(rules);
  expect(others).toEqual((({ triggers: _, ...rest }) => rest)(RetrainingPolicy.parse({ triggers: [] })));
  expect(triggers).toEqual([{ kind: "drift", features: [], forHours: 24 }]);
  expect(RetrainingPlan.parse(plan).data).toEqual({ kind: "dataset", name: "photos" });
});

test("what the form does not show survives a change", () => {
  const { rules, plan } = readPolicyDraft(filled);
  const slo = { kind: "slo", slo: frozenSet, remainingBelow: 0.3 };
  const policy = policyOf(
    { ...rules, triggers: [...rules.triggers, slo], accept: { margin: 0.004, alpha: 0.01 } },
    { ...plan, job: { ...plan.job, parameters: { epochs: 3 } } },
  );
  const saved = readPolicyDraft({ ...policyDraftOf(policy), cooldownHours: "48" }, policy);
  const again = policyOf(saved.rules, saved.plan);
  expect(again.rules).toEqual({ ...policy.rules, limits: { ...policy.rules.limits, cooldownHours: 48 } });
  expect(again.plan).toEqual(policy.plan);
});

test("an empty number is refused at its field", () => {
  const { rules } = readPolicyDraft({ ...filled, hasQuality: true, qualityBelow: "" });
  const problems = RetrainingPolicy.safeParse(rules).error?.issues.map(({ path }) => path.join("."));
  expect(problems).toEqual(["triggers.1.below"]);
});
