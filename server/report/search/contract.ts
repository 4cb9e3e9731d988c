import { z } from "zod";

export const SearchEverything = z.object({
  /** Part of a name, or the beginning of an id or SHA-256; "digits v3" finds a version. */
  q: z.string().trim().min(1, "Enter a search term.").max(200, "Search terms can have at most 200 characters."),
});
export type SearchEverything = z.input<typeof SearchEverything>;

export const SearchHit = z.object({
  kind: z.enum([
    "experiment",
    "run",
    "model",
    "version",
    "dataset",
    "feature-view",
    "feature-service",
    "training-set",
    "label-project",
    "endpoint",
    "rollout",
  ]),
  id: z.string(),
  label: z.string(),
  detail: z.string().optional(),
  /** Path of its page in the console. */
  href: z.string(),
});
export type SearchHit = z.infer<typeof SearchHit>;
