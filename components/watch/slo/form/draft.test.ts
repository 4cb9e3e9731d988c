import { expect, test } from "vitest";
import type { Slo } from "#server/watch/slo/objectives/contract.ts";
import { SloDraft } from "#server/watch/slo/objectives/contract.ts";
import { definitionOf, draftOf, emptyDraft, type FormDraft, formKinds } from "./draft.ts";

const endpointId = "0b5f7f8e-1111-4222-8333-444455556666";

function saved(draft: FormDraft): Slo {
  const definition = SloDraft.parse(definitionOf(draft));
  const { teamId, runbookId, name } = draft;
  return { name, teamId, runbookId, endpointId: draft.endpointId, definition } as unknown as Slo;
}

test.each(formKinds.filter((kind) => kind !== "composite"))("round-trips a %s draft through its saved form", (kind) => {
  const draft: FormDraft = {
    ...emptyDraft,
    name: "churn",
    endpointId,
    viewId: endpointId,
    countsMissing: true,
    labelsOf: "audit",
    kind,
    limit: 12,
    source: "shop",
    targetPercent: 99.9,
    method: "timeslices",
    period: "month",
    timeZone: "Europe/Berlin",
    rules: { tiers: [], gate: 1e-4, cap: 0.9, absent: null },
  };
  const definition = definitionOf(draft);
  expect(definition.target).toBe(0.999);
  const back = draftOf(saved(draft));
  expect(back && definitionOf(back)).toEqual(definition);
});

test("keeps the components and the mode of a composite", () => {
  const draft: FormDraft = { ...emptyDraft, kind: "composite", mode: "weighted", parts: [endpointId, endpointId] };
  const back = draftOf(saved(draft));
  expect(back).toMatchObject({ kind: "composite", mode: "weighted", parts: [endpointId, endpointId] });
});

test("leaves incomplete numbers to the validation of the server", () => {
  const wrong = SloDraft.safeParse(definitionOf({ ...emptyDraft, endpointId, kind: "latency", limit: "" }));
  expect(wrong.success).toBe(false);
});
