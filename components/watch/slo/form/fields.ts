import type { FormDraft } from "./draft.ts";

/** Props of each part of the form: the draft, a function that changes it, and the error messages by field of the input. */
export interface FieldsProps {
  draft: FormDraft;
  change: (change: Partial<FormDraft>) => void;
  complaints: Record<string, string>;
}

/** Returns the error of any of the fields, matched by prefix. */
export function complaintOf(complaints: Record<string, string>, ...fields: string[]): string | undefined {
  const key = Object.keys(complaints).find((each) =>
    fields.some((field) => each === field || each.startsWith(`${field}.`)),
  );
  return key && complaints[key];
}
