import { z } from "zod";

const number = z.number().int().positive();

export const AddFollowUp = z.object({
  number,
  words: z.string().trim().min(1, "Describe what is to be done.").max(500),
  ownerId: z.uuid().nullable().default(null),
  dueOn: z.iso.date("Enter a date such as 2026-05-12.").nullable().default(null),
});
export type AddFollowUp = z.input<typeof AddFollowUp>;

export const FinishFollowUp = z.object({ number, id: z.uuid(), isDone: z.boolean() });
export type FinishFollowUp = z.input<typeof FinishFollowUp>;
