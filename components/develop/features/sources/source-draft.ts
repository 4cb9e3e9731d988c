import type { DefineViewSource, ViewSource } from "#server/develop/features/contract.ts";

/** Kinds that the form creates. */
export type FormKind = Exclude<ViewSource["kind"], "stored">;

/** A column of the source, and the feature or join key that it holds. */
export interface MappingDraft {
  key: number;
  column: string;
  feature: string;
}

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
  endpoint: string | null;
  /** Where the names differ; of predictions, what is read. */
  mapping: MappingDraft[];
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
  endpoint: null,
  mapping: [],
  everyMinutes: "",
  maxRejectedPercent: "",
};

/** Returns whether the form can edit a source. */
export function canEdit({ kind }: Pick<ViewSource, "kind">): boolean {
  return kind !== "stored";
}

let lastKey = 0;

/** Returns an empty line of the mapping. */
export function newMapping(column = "", feature = ""): MappingDraft {
  lastKey += 1;
  return { key: lastKey, column, feature };
}

/** Returns a source as the form has it. */
export function toSourceDraft({ kind, name, description, options, ...source }: ViewSource): SourceDraft {
  return {
    kind: kind === "stored" ? "push" : kind,
    name,
    description,
    eventTimeColumn: source.eventTimeColumn,
    createdTimeColumn: source.createdTimeColumn ?? "",
    batchSource: options.batchSource,
    dataset: options.dataset,
    path: options.path ?? "",
    connection: options.connection,
    query: options.query ?? "",
    endpoint: options.endpoint ?? null,
    mapping: Object.entries(options.fieldMapping).map(([column, feature]) => newMapping(column, feature)),
    everyMinutes: options.everyMinutes ?? "",
    maxRejectedPercent: options.maxRejectedShare === undefined ? "" : options.maxRejectedShare * 100,
  };
}

/**
 * Returns the definition that the form means: only what its kind has. What the form does not show is taken over from the source before. The log of
 * predictions has times of its own, so the form asks for no columns of it.
 */
export function toSource(draft: SourceDraft, before: ViewSource | undefined): DefineViewSource {
  const { kind, everyMinutes, maxRejectedPercent } = draft;
  const interval = numberOf(everyMinutes);
  const rejected = numberOf(maxRejectedPercent);
  const isRead = kind !== "push";
  const ofLog = { eventTimeColumn: "event_timestamp", createdTimeColumn: "created" };
  const times =
    kind === "predictions"
      ? (before ?? ofLog)
      : { eventTimeColumn: draft.eventTimeColumn.trim(), createdTimeColumn: draft.createdTimeColumn.trim() || null };
  return {
    kind,
    name: draft.name.trim(),
    description: draft.description.trim(),
    ...(before && { owner: before.owner, tags: before.tags }),
    eventTimeColumn: times.eventTimeColumn,
    createdTimeColumn: times.createdTimeColumn,
    options: {
      fieldMapping: isRead ? mappingOf(draft.mapping) : (before?.options.fieldMapping ?? {}),
      ...(kind === "push" && { batchSource: draft.batchSource }),
      ...(kind === "dataset" && { dataset: draft.dataset }),
      ...(kind === "file" && { path: draft.path.trim() || null }),
      ...(kind === "sql" && { connection: draft.connection, query: draft.query.trim() || null }),
      ...(kind === "predictions" && draft.endpoint !== null && { endpoint: draft.endpoint }),
      ...(isRead && interval !== undefined && { everyMinutes: interval }),
      ...(isRead && rejected !== undefined && { maxRejectedShare: rejected / 100 }),
    },
  };
}

/** Returns what is missing before a source can be read, by field. */
export function sourceComplaints(draft: SourceDraft): Partial<Record<keyof SourceDraft, string>> {
  const { kind } = draft;
  const mapping = kind === "push" ? undefined : mappingComplaint(draft.mapping);
  return {
    ...(draft.name.trim() === "" && { name: "Enter a name." }),
    ...(kind !== "predictions" &&
      draft.eventTimeColumn.trim() === "" && { eventTimeColumn: "Enter the column with the event time." }),
    ...(kind === "dataset" && draft.dataset === null && { dataset: "Choose a dataset." }),
    ...(kind === "file" && draft.path.trim() === "" && { path: "Enter the path of a file." }),
    ...(kind === "sql" && draft.connection === null && { connection: "Choose a connection." }),
    ...(kind === "sql" && draft.query.trim() === "" && { query: "Enter a query." }),
    ...(kind === "predictions" && draft.endpoint === null && { endpoint: "Choose an endpoint." }),
    ...(mapping !== undefined && { mapping }),
  };
}

/** Returns the complaints of the server about a definition by the fields of the form. */
export function complaintsByField(complaints: Record<string, string>): Record<string, string> {
  const fieldOf = (path: string) => {
    if (path.startsWith("options.fieldMapping")) return "mapping";
    return path === "options.maxRejectedShare" ? "maxRejectedPercent" : path.replace(/^options\./, "");
  };
  return Object.fromEntries(Object.entries(complaints).map(([path, complaint]) => [fieldOf(path), complaint]));
}

function isEmpty({ column, feature }: MappingDraft): boolean {
  return column.trim() === "" && feature.trim() === "";
}

function mappingOf(mapping: readonly MappingDraft[]): Record<string, string> {
  const lines = mapping.filter((line) => !isEmpty(line));
  return Object.fromEntries(lines.map(({ column, feature }) => [column.trim(), feature.trim()]));
}

function mappingComplaint(mapping: readonly MappingDraft[]): string | undefined {
  const lines = mapping.filter((line) => !isEmpty(line));
  if (lines.some(({ column, feature }) => column.trim() === "" || feature.trim() === "")) {
    return "Enter both names of each column, or remove it.";
  }
  for (const side of ["column", "feature"] as const) {
    const names = lines.map((line) => line[side].trim());
    const twice = names.find((name, index) => names.indexOf(name) !== index);
    if (twice !== undefined) return `Two lines have "${twice}".`;
  }
  return undefined;
}

function numberOf(value: string | number): number | undefined {
  return value === "" || !Number.isFinite(Number(value)) ? undefined : Number(value);
}
