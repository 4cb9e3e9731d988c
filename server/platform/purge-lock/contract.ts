import { z } from "zod";

/** Kinds of objects in the trash. */
export const trashKinds = ["experiment", "run", "logged-model", "model", "version"] as const;
export const TrashKind = z.enum(trashKinds);
export type TrashKind = z.infer<typeof TrashKind>;
