import type { FormDraft } from "./draft.ts";

/** What each part of the form is given: the draft, how to change it, and what is wrong with it by field of the input. */
export interface FieldsProps {
  draft: FormDraft;
  change: (change: Partial<FormDraft>) => void;
  complaints: Record<string, string>;
}

/** The complaint about any of the fields, by their beginning. */
export function complaintOf(complaints: Record<string, string>, ...fields: string[]): string | undefined {
  const key = Object.keys(complaints).find((each) =>
    fields.some((field) => each === field || each.startsWith(`${field}.`)),
  );
  return key && complaints[key];
}
