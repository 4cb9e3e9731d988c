import { z } from "zod";
import { noControlCharacters } from "#server/base/text/control-characters.ts";

/** Variables that {{…}} may name in a runbook. */
export const runbookVariables = [
  "endpoint",
  "model",
  "version",
  "previous_version",
  "service",
  "slo",
  "alert",
  "severity",
  "summary",
  "team",
  "started",
  "incident",
  "rollout",
] as const;
export type RunbookVariable = (typeof runbookVariables)[number];

/** Marks such as `{{when:rolled-back}}`, with the blanks before them. */
export const momentMarks = /[ \t]{0,20}\{\{\s{0,20}when:(?<moment>[a-z-]{1,40})\s{0,20}\}\}/g;

/** Returns the body without the marks of moments, which only Leeway reads. */
export function withoutMoments(body: string): string {
  return body.replaceAll(momentMarks, "");
}

const Name = z.string().trim().min(1, "Enter a name.").max(120).check(noControlCharacters);
const Body = z.string().trim().min(1, "Add at least one step.").max(50_000);

export const RunbookSummary = z.object({
  id: z.uuid(),
  name: z.string(),
  steps: z.number().int(),
  /** Number of SLOs, rules and open incidents that use it. */
  uses: z.number().int(),
  revision: z.number().int(),
  updatedBy: z.string(),
  updatedAt: z.date(),
});
export type RunbookSummary = z.infer<typeof RunbookSummary>;

export const Runbook = RunbookSummary.extend({ body: z.string(), archivedAt: z.date().nullable() });
export type Runbook = z.infer<typeof Runbook>;

export const GetRunbook = z.object({ runbookId: z.uuid() });
export type GetRunbook = z.input<typeof GetRunbook>;

/** Markdown with {{variables}} and check boxes; {{when:rolled-back}} at the end of a step lets Leeway tick it automatically. */
export const CreateRunbook = z.object({ name: Name, body: Body });
export type CreateRunbook = z.input<typeof CreateRunbook>;

/** Partial update: omitted fields keep their values. */
export const UpdateRunbook = z.object({
  runbookId: z.uuid(),
  name: Name.optional(),
  body: Body.optional(),
  /** Revision that was read: of two concurrent changes, the second is rejected. */
  revision: z.number().int(),
});
export type UpdateRunbook = z.input<typeof UpdateRunbook>;

export const ArchiveRunbook = z.object({ runbookId: z.uuid(), reason: z.string().trim().max(500).optional() });
export type ArchiveRunbook = z.input<typeof ArchiveRunbook>;

/** Subject for which it is rendered: the id of an alert group or of an incident. */
export const RenderRunbook = z.object({ runbookId: z.uuid(), subjectId: z.uuid().nullable().default(null) });
export type RenderRunbook = z.input<typeof RenderRunbook>;

export const RenderedStep = z.object({
  /** Key of a tick: the text of the step in the runbook. */
  step: z.string(),
  /** With its variables filled in; Markdown. */
  text: z.string(),
  /** Whether Leeway ticks it automatically. */
  isAutomatic: z.boolean(),
  tick: z.object({ by: z.string(), at: z.date() }).nullable(),
});
export type RenderedStep = z.infer<typeof RenderedStep>;

/** Runbook rendered for one subject: texts and steps in their original order. */
export const RenderedRunbook = z.object({
  id: z.uuid(),
  name: z.string(),
  revision: z.number().int(),
  /** Subject of the ticks: the incident where the alert group has one. Null without a subject. */
  subjectId: z.uuid().nullable(),
  parts: z.array(
    z.discriminatedUnion("kind", [
      z.object({ kind: z.literal("text"), markdown: z.string() }),
      z.object({ kind: z.literal("steps"), steps: z.array(RenderedStep) }),
    ]),
  ),
  done: z.number().int(),
  total: z.number().int(),
  /** Variables without a value for this subject; they remain in the text as written. */
  unknown: z.array(z.string()),
});
export type RenderedRunbook = z.infer<typeof RenderedRunbook>;

export const TickStep = z.object({ runbookId: z.uuid(), subjectId: z.uuid(), step: z.string().min(1).max(2000) });
export type TickStep = z.input<typeof TickStep>;
