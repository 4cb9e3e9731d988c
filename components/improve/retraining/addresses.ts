/** Page that lists retraining policies. */
export const retrainingPath = "/retraining";

/** Returns the address of a model's policy. */
export function policyHref(model: string): string {
  return `${retrainingPath}/${encodeURIComponent(model)}`;
}

/** Returns the address of a model's policy with the dialog that asks for a cycle. */
export function retrainHref(model: string): string {
  return `${policyHref(model)}?retrain=1`;
}

/** Returns the address of the form of a model's policy. */
export function editPolicyHref(model: string): string {
  return `${policyHref(model)}/edit`;
}

/** Returns the address of a cycle. */
export function cycleHref(model: string, number: number): string {
  return `${policyHref(model)}/${number}`;
}
