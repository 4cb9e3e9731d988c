import { z } from "zod";

export const incidentLinkKinds = [
  "alert-group",
  "slo",
  "rollout",
  "deployment",
  "prediction",
  "change",
  "issue",
] as const;

export const IncidentLink = z.object({
  kind: z.enum(incidentLinkKinds),
  /** Id of what is linked; of an issue, its address. */
  ref: z.string(),
  title: z.string(),
  /** URL of its page; null where it has none. */
  href: z.string().nullable(),
  addedBy: z.string(),
  at: z.date(),
});
export type IncidentLink = z.infer<typeof IncidentLink>;

export const LinkIncident = z.object({
  number: z.number().int().positive(),
  kind: z.enum(incidentLinkKinds),
  ref: z.string().trim().min(1, "Select an item.").max(2000),
  title: z.string().trim().max(300).default(""),
});
export type LinkIncident = z.input<typeof LinkIncident>;

export const UnlinkIncident = LinkIncident.omit({ title: true });
export type UnlinkIncident = z.input<typeof UnlinkIncident>;
