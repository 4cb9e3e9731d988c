import { z } from "zod";

/** What the trash holds. */
export const trashKinds = ["experiment", "run", "logged-model", "model", "version"] as const;
export const TrashKind = z.enum(trashKinds);
export type TrashKind = z.infer<typeof TrashKind>;
