import type { Cascade, EscalationRules } from "#server/serve/cascade/contract.ts";

type Entry = string | number;

/** Step as edited in the form: empty fields are not set. */
export interface StepDraft {
  /** Identifies the step as long as it has no version. */
  key: number;
  model: string;
  version: Entry;
  cost: Entry;
  confidenceOutput: string;
  confidencePercent: Entry;
  onError: boolean;
  timeoutMs: Entry;
  tagParameter: string;
  tagEquals: string;
}

export interface CascadeDraft {
  /** The first one is what is deployed. */
  steps: StepDraft[];
  comparedPercent: Entry;
}

const none: EscalationRules = { confidence: null, onError: false, timeoutMs: null, tag: null };

/** Converts the stored cascade to its form. */
export function draftOf({ rules, costPerThousand, next, comparedShare }: Cascade): CascadeDraft {
  const steps = [{ model: "", version: "" as Entry, rules, costPerThousand }, ...next];
  return { steps: steps.map(stepOf), comparedPercent: percentOf(comparedShare) };
}

/** Converts the draft to a cascade. The last step never escalates. */
export function parseQuery({ steps, comparedPercent }: CascadeDraft): Cascade {
  const [first, ...next] = steps.map((step, index) => ({
    model: step.model,
    version: Number(step.version),
    costPerThousand: step.cost === "" ? null : Number(step.cost),
    rules: index === steps.length - 1 ? none : rulesOf(step),
  }));
  return {
    rules: first?.rules ?? none,
    costPerThousand: first?.costPerThousand ?? null,
    next,
    comparedShare: next.length > 0 ? Number(comparedPercent) / 100 : 0,
  };
}

export function addStep(draft: CascadeDraft): CascadeDraft {
  const key = Math.max(...draft.steps.map((step) => step.key)) + 1;
  const step = { ...stepOf({ model: "", version: "", rules: none, costPerThousand: null }, key), key };
  return { ...draft, steps: [...draft.steps, step] };
}

export function removeStep(draft: CascadeDraft, index: number): CascadeDraft {
  return { ...draft, steps: draft.steps.toSpliced(index, 1) };
}

export function replaceStep(draft: CascadeDraft, position: number, change: Partial<StepDraft>): CascadeDraft {
  return { ...draft, steps: draft.steps.map((step, index) => (index === position ? { ...step, ...change } : step)) };
}

interface StepEstimate {
  model: string;
  version: Entry;
  rules: EscalationRules;
  costPerThousand: number | null;
}

function stepOf({ model, version, rules, costPerThousand }: StepEstimate, key: number): StepDraft {
  const { confidence, onError, timeoutMs, tag } = rules;
  return {
    key,
    model,
    version,
    cost: costPerThousand ?? "",
    onError,
    timeoutMs: timeoutMs ?? "",
    confidenceOutput: confidence?.output ?? "",
    confidencePercent: confidence ? percentOf(confidence.below) : "",
    tagParameter: tag?.parameter ?? "",
    tagEquals: tag?.equals ?? "",
  };
}

function rulesOf({ confidenceOutput, confidencePercent, onError, timeoutMs, ...tag }: StepDraft): EscalationRules {
  return {
    confidence: confidencePercent === "" ? null : { output: confidenceOutput, below: Number(confidencePercent) / 100 },
    onError,
    timeoutMs: timeoutMs === "" ? null : Number(timeoutMs),
    tag: tag.tagParameter === "" ? null : { parameter: tag.tagParameter, equals: tag.tagEquals },
  };
}

function percentOf(share: number): number {
  return Number((share * 100).toPrecision(6));
}
