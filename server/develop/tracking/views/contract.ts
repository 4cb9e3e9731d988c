import { z } from "zod";
import { boundedRecord } from "#server/base/bounded-record.ts";
import { noControlCharacters } from "#server/base/text/control-characters.ts";

const Sort = z.object({ column: z.string().max(300), descending: z.boolean() });

/** Settings of a view of a table of runs. The table's defaults apply where one is absent. */
export const RunViewState = z.object({
  /** In the filter language; "" is all. */
  filter: z.string().max(10_000).default(""),
  sort: Sort.optional(),
  columns: z.array(z.string().max(300)).max(200).optional(),
  pinned: z.array(z.string().max(300)).max(20).optional(),
  /** Widths in pixels of the columns whose width was set. */
  widths: boundedRecord(z.string().max(300), z.number().min(40).max(1000)).optional(),
  /** "params.<key>", "tags.<key>" or an attribute. */
  groupBy: z.string().max(300).optional(),
  /** "charts" for a view that opens with them; a table otherwise. */
  mode: z.literal("charts").optional(),
  /** Settings of the charts by their name in the address: axis, smoothing, scale, bands, folded sections, added panels, layout. */
  charts: boundedRecord(z.string().max(20), z.string().max(6_000)).optional(),
  /** Ids of the runs that the charts do not draw. */
  hidden: z.array(z.string().max(64)).max(200).optional(),
});
export type RunViewState = z.infer<typeof RunViewState>;

const Name = z
  .string()
  .trim()
  .min(1, "A view needs a name.")
  .max(80, "A name has at most 80 characters.")
  .check(noControlCharacters);

export const SavedView = z.object({
  id: z.string(),
  name: z.string(),
  /** Seen by its owner only. */
  isOwn: z.boolean(),
  state: RunViewState,
  createdBy: z.string(),
  /** Epoch milliseconds. */
  updatedAt: z.number(),
});
export type SavedView = z.infer<typeof SavedView>;

export const CreateView = z.object({
  experimentId: z.number(),
  name: Name,
  /** Seen by its owner only; else by everybody in the workspace. */
  isOwn: z.boolean().default(false),
  state: RunViewState,
});
export type CreateView = z.input<typeof CreateView>;

export const UpdateView = z.object({
  viewId: z.string(),
  name: Name.optional(),
  state: RunViewState.optional(),
});
export type UpdateView = z.input<typeof UpdateView>;

export const DeleteView = z.object({ viewId: z.string() });
export type DeleteView = z.infer<typeof DeleteView>;
