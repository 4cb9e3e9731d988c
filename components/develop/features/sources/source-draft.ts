import type { DefineViewSource, ViewSource } from "#server/develop/features/contract.ts";

/** Kinds that the form creates. */
export type FormKind = "push" | "dataset" | "file" | "sql";

/** A source in the form. */
export interface SourceDraft {
  kind: FormKind;
  name: string;
  description: string;
  eventTimeColumn: string;
  createdTimeColumn: string;
  batchSource: string | null;
  dataset: string | null;
  path: string;
  connection: string | null;
  query: string;
  /** Empty: not by an interval. */
  everyMinutes: string | number;
  /** In percent; empty for the usual share. */
  maxRejectedPercent: string | number;
}

export const emptySource: SourceDraft = {
  kind: "push",
  name: "",
  description: "",
  eventTimeColumn: "event_timestamp",
  createdTimeColumn: "",
  batchSource: null,
  dataset: null,
  path: "",
  connection: null,
  query: "",
  everyMinutes: "",
  maxRejectedPercent: "",
};

/** Returns whether the form can edit a source. */
export function canEdit({ kind }: Pick<ViewSource, "kind">): boolean {
  return kind !== "predictions" && kind !== "stored";
}

/** Returns a source as the form has it. */
export function toSourceDraft({ kind, name, description, options, ...source }: ViewSource): SourceDraft {
  return {
    kind: kind === "predictions" || kind === "stored" ? "push" : kind,
    name,
    description,
    eventTimeColumn: source.eventTimeColumn,
    createdTimeColumn: source.createdTimeColumn ?? "",
    batchSource: options.batchSource,
    dataset: options.dataset,
    path: options.path ?? "",
    connection: options.connection,
    query: options.query ?? "",
    everyMinutes: options.everyMinutes ?? "",
    maxRejectedPercent: options.maxRejectedShare === undefined ? "" : options.maxRejectedShare * 100,
  };
}

/** Returns the definition that the form means: only what its kind has. What the form does not show is taken over from the source before. */
export function toSource(draft: SourceDraft, before: ViewSource | undefined): DefineViewSource {
  const { kind, everyMinutes, maxRejectedPercent } = draft;
  const interval = numberOf(everyMinutes);
  const rejected = numberOf(maxRejectedPercent);
  const isRead = kind !== "push";
  return {
    kind,
    name: draft.name.trim(),
    description: draft.description.trim(),
    ...(before && { owner: before.owner, tags: before.tags }),
    eventTimeColumn: draft.eventTimeColumn.trim(),
    createdTimeColumn: draft.createdTimeColumn.trim() || null,
    options: {
      ...(before && { fieldMapping: before.options.fieldMapping }),
      ...(kind === "push" && { batchSource: draft.batchSource }),
      ...(kind === "dataset" && { dataset: draft.dataset }),
      ...(kind === "file" && { path: draft.path.trim() || null }),
      ...(kind === "sql" && { connection: draft.connection, query: draft.query.trim() || null }),
      ...(isRead && interval !== undefined && { everyMinutes: interval }),
      ...(isRead && rejected !== undefined && { maxRejectedShare: rejected / 100 }),
    },
  };
}

/** Returns what is missing before a source can be read, by field. */
export function sourceComplaints(draft: SourceDraft): Partial<Record<keyof SourceDraft, string>> {
  const { kind } = draft;
  return {
    ...(draft.name.trim() === "" && { name: "Enter a name." }),
    ...(draft.eventTimeColumn.trim() === "" && { eventTimeColumn: "Enter the column with the event time." }),
    ...(kind === "dataset" && draft.dataset === null && { dataset: "Choose a dataset." }),
    ...(kind === "file" && draft.path.trim() === "" && { path: "Enter the path of a file." }),
    ...(kind === "sql" && draft.connection === null && { connection: "Choose a connection." }),
    ...(kind === "sql" && draft.query.trim() === "" && { query: "Enter a query." }),
  };
}

function numberOf(value: string | number): number | undefined {
  return value === "" || !Number.isFinite(Number(value)) ? undefined : Number(value);
}
