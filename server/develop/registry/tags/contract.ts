import { z } from "zod";
import { checked } from "../checked-text.ts";
import { problemOfTagKey, problemOfTagValue } from "../names.ts";

export const Tag = z.object({ key: z.string(), value: z.string() });
export type Tag = z.infer<typeof Tag>;

export const NewTag = z.object({ key: checked(problemOfTagKey), value: checked(problemOfTagValue) });

export const SetModelTag = NewTag.extend({ name: z.string() });
export type SetModelTag = z.input<typeof SetModelTag>;

export const DeleteModelTag = z.object({ name: z.string(), key: z.string() });
export type DeleteModelTag = z.input<typeof DeleteModelTag>;

export const SetVersionTag = NewTag.extend({ name: z.string(), version: z.number().int() });
export type SetVersionTag = z.input<typeof SetVersionTag>;

export const DeleteVersionTag = z.object({ name: z.string(), version: z.number().int(), key: z.string() });
export type DeleteVersionTag = z.input<typeof DeleteVersionTag>;
