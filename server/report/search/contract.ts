import { z } from "zod";

/** Everything that search finds, in the order of equally good kinds. */
export const searchKinds = [
  "incident",
  "alert",
  "alert-rule",
  "silence",
  "endpoint",
  "slo",
  "rollout",
  "model",
  "version",
  "experiment",
  "run",
  "evaluation",
  "dataset",
  "feature-view",
  "feature-service",
  "training-set",
  "job",
  "sweep",
  "job-template",
  "retraining",
  "retraining-cycle",
  "label-project",
  "game-day",
  "runbook",
  "team",
  "person",
  "schedule",
  "escalation-policy",
  "guide",
] as const;
export const SearchKind = z.enum(searchKinds);
export type SearchKind = z.infer<typeof SearchKind>;

/** Largest limit of hits of each kind. */
const maxHits = 210;

export const SearchEverything = z.object({
  /** Words of a name in any order, or the prefix of an ID or SHA-256; "digits v3" finds a version. */
  q: z.string().trim().min(1, "Enter a search term.").max(200, "Search terms can have at most 200 characters."),
  /** Only these kinds, separated by commas: "incident,alert". */
  kinds: z.string().max(500).optional(),
  /** Maximum number of hits of each kind; by default 6, or 30 where kinds are named. */
  limit: z.coerce.number().int().min(1).max(maxHits).optional(),
  /** "ids": only IDs, however short the prefix. */
  by: z.enum(["ids"]).optional(),
});
export type SearchEverything = z.input<typeof SearchEverything>;

/** A number, a name or a time that the server knows of a hit. */
export const SearchFact = z.object({
  label: z.string(),
  value: z.string().optional(),
  /** Milliseconds since 1970, instead of a value. */
  at: z.number().optional(),
});
export type SearchFact = z.infer<typeof SearchFact>;

/** State of a hit: the shape that stands for it, and its word. */
export const SearchState = z.object({
  shape: z.enum([
    "on-target",
    "watch",
    "missed",
    "no-data",
    "running",
    "not-started",
    "paused",
    "rolled-back",
    "finished",
  ]),
  word: z.string(),
});
export type SearchState = z.infer<typeof SearchState>;

export const SearchHit = z.object({
  kind: SearchKind,
  id: z.string(),
  label: z.string(),
  detail: z.string().optional(),
  /** Path of its page in the console. */
  href: z.string(),
  state: SearchState.optional(),
  /** Version that a model or an endpoint serves, or that a version is. */
  version: z.number().int().optional(),
  /** Whether it is an incident that is not resolved yet. */
  isOpen: z.boolean().optional(),
  /** How well it matches: 0 is its whole name or ID, 4 only words beside its name. */
  rank: z.number().int(),
  facts: z.array(SearchFact),
});
export type SearchHit = z.infer<typeof SearchHit>;

/** Something to do with the best match. */
export const SearchAction = z.object({
  id: z.string(),
  /** Starts with a verb; ends with an ellipsis if it asks first. */
  label: z.string(),
  detail: z.string().optional(),
  /** Page where it is done. */
  href: z.string(),
  /** Action of that page that opens its dialog; without one, the page is the form. */
  opens: z.string().optional(),
  /** How well the thing that it acts on matches, as of hits. */
  rank: z.number().int(),
  /** Why this user cannot do it: "requires the operator role"; null if they can. */
  denial: z.string().nullable(),
  facts: z.array(SearchFact),
});
export type SearchAction = z.infer<typeof SearchAction>;

export const SearchAnswer = z.object({
  items: z.array(SearchHit),
  /** Number of matches of each kind that has any, with those that are not among the items. */
  totals: z.partialRecord(SearchKind, z.number().int()),
  /** Kinds with more matches than their total: what matches thousands of runs is not counted to the end. */
  uncounted: z.array(SearchKind),
  actions: z.array(SearchAction),
  /** A name that is spelled almost like the query; only if nothing matches. */
  didYouMean: z.string().optional(),
});
export type SearchAnswer = z.infer<typeof SearchAnswer>;
