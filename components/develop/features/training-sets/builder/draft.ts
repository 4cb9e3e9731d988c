import type {
  CheckTrainingSet,
  CreateTrainingSet,
  TimeSplit,
  TrainingSet,
  TrainingSetWarning,
} from "#server/develop/features/training-sets/contract.ts";

type Cutoff = NonNullable<CreateTrainingSet["cutoff"]>;

/** A view whose features can be joined. */
export interface ViewOption {
  name: string;
  current: number;
  ttlUs: number | null;
  versions: { version: number; joinKeys: string[]; features: { name: string; isComputed: boolean }[] }[];
}

/** A service with the references that it stands for now. */
export interface ServiceOption {
  name: string;
  references: string[];
  /** Whether it gives views other names, or keys other columns: then its features are joined as they are, all of them. */
  isMapped: boolean;
}

/** A training set in the form. */
export interface TrainingSetDraft {
  rowsKind: "dataset" | "predictions";
  dataset: string | null;
  digest: string | null;
  /** Id of an endpoint. */
  endpoint: string | null;
  /** Days, UTC: "2026-03-15". The last is included. */
  from: string;
  to: string;
  /** Null: the features are chosen one by one. */
  service: string | null;
  /** "view@v3:feature"; empty while a service is chosen. */
  features: string[];
  cutoff: Cutoff | "view";
  label: string | null;
  labelTime: string | null;
  split: string | null;
  /** Whether rows are split by their time in the place of a column. */
  isSplitByTime: boolean;
  /** First days of the second and of the third part, UTC: "2026-04-19". Without the first there are two parts. */
  validationFrom: string;
  testFrom: string;
  /** Parts of an earlier set that the days cannot express; they are sent as they are until a day is entered. */
  earlierParts: TimeSplit["parts"] | null;
  /** Column that the result gets, with the name of the row's part. */
  splitColumn: string;
  frozenSets: { dataset: string; digest: string }[];
  name: string;
  note: string;
  /** Reasons for failed checks, by key of the finding. */
  reasons: Record<string, string>;
}

export const emptyDraft: TrainingSetDraft = {
  rowsKind: "dataset",
  dataset: null,
  digest: null,
  endpoint: null,
  from: "",
  to: "",
  service: null,
  features: [],
  cutoff: "created",
  label: null,
  labelTime: null,
  split: null,
  isSplitByTime: false,
  validationFrom: "",
  testFrom: "",
  earlierParts: null,
  splitColumn: "split",
  frozenSets: [],
  name: "",
  note: "",
  reasons: {},
};

function referenceOf(view: string, version: number, feature: string): string {
  return `${view}@v${version}:${feature}`;
}

/** Reads a reference that `referenceOf` wrote. */
function partsOf(reference: string): { view: string; version: number; feature: string } | undefined {
  const [, view, version, feature] = /^([^@:]+)@v(\d+):([^@:]+)$/.exec(reference) ?? [];
  return view === undefined || feature === undefined ? undefined : { view, version: Number(version), feature };
}

/** Returns the references that are joined: those of the service, or the chosen ones. */
export function chosenReferences(
  { service, features }: Pick<TrainingSetDraft, "service" | "features">,
  services: readonly ServiceOption[],
): string[] {
  return service === null ? features : (services.find(({ name }) => name === service)?.references ?? []);
}

/** What is chosen of a view: the version that the references name, else the current one. */
export function chosenOfView({ name, current, versions }: ViewOption, references: readonly string[]) {
  const own = references.flatMap((reference) => partsOf(reference) ?? []).filter(({ view }) => view === name);
  const number = own[0]?.version ?? current;
  const version = versions.find((each) => each.version === number);
  return {
    version: number,
    joinKeys: version?.joinKeys ?? [],
    features: version?.features ?? [],
    chosen: new Set(own.map(({ feature }) => feature)),
  };
}

/** Returns the references with other features of one view, in the order of the views and their features. */
export function withFeatures(
  references: readonly string[],
  view: ViewOption,
  chosen: ReadonlySet<string>,
  views: readonly ViewOption[],
): string[] {
  return views.flatMap((each) => {
    const { version, features, chosen: before } = chosenOfView(each, references);
    const after = each.name === view.name ? chosen : before;
    return features.filter(({ name }) => after.has(name)).map(({ name }) => referenceOf(each.name, version, name));
  });
}

/** Returns references of all features that a view stores now; those that are computed at look-up may need columns that rows lack. */
export function storedFeatures(view: ViewOption): string[] {
  const { features } = chosenOfView(view, []);
  const stored = features.filter(({ isComputed }) => !isComputed).map(({ name }) => name);
  return withFeatures([], view, new Set(stored), [view]);
}

type Rows = NonNullable<CreateTrainingSet["rows"]>;

/** Returns the rows that the form names; undefined while something is missing. */
function rowsOf({ rowsKind, dataset, digest, endpoint, from, to }: TrainingSetDraft): Rows | undefined {
  if (rowsKind === "dataset") return dataset && digest ? { dataset, digest } : undefined;
  if (!endpoint || !isDay(from) || !isDay(to) || from > to) return undefined;
  const end = new Date(Date.parse(`${to}T00:00:00Z`) + 86_400_000).toISOString();
  return { endpoint, from: `${from}T00:00:00.000Z`, to: end };
}

function isDay(text: string): boolean {
  return /^\d{4}-\d\d-\d\d$/.test(text) && Number.isFinite(Date.parse(`${text}T00:00:00Z`));
}

/** Whether a split by time has its column and its parts: those of an earlier set, or one day, or two in their order. */
export function isTimeSplitComplete({
  validationFrom,
  testFrom,
  earlierParts,
  splitColumn,
}: Pick<TrainingSetDraft, "validationFrom" | "testFrom" | "earlierParts" | "splitColumn">): boolean {
  if (splitColumn.trim() === "") return false;
  if (earlierParts) return true;
  return isDay(testFrom) && (validationFrom === "" || (isDay(validationFrom) && validationFrom < testFrom));
}

/** Returns the parts that the form names; undefined while it does not split by time, or a day is missing. */
function timeSplitOf(draft: TrainingSetDraft): CreateTrainingSet["splitByTime"] {
  const { isSplitByTime, validationFrom, testFrom, earlierParts } = draft;
  if (!isSplitByTime || !isTimeSplitComplete(draft)) return undefined;
  const column = draft.splitColumn.trim();
  if (earlierParts) return { column, parts: earlierParts };
  const hasValidation = validationFrom !== "";
  const start = (day: string) => `${day}T00:00:00.000Z`;
  return {
    column,
    parts: [
      { name: "train", until: start(hasValidation ? validationFrom : testFrom) },
      ...(hasValidation ? [{ name: "validation", until: start(testFrom) }] : []),
      { name: "test" },
    ],
  };
}

/** Returns what is joined and checked; undefined while rows or features are missing. */
export function requestOf(draft: TrainingSetDraft, services: readonly ServiceOption[]): CheckTrainingSet | undefined {
  const rows = rowsOf(draft);
  const references = chosenReferences(draft, services);
  if (!rows || references.length === 0) return undefined;
  const { service, cutoff, label, labelTime, split, isSplitByTime, frozenSets } = draft;
  const splitByTime = timeSplitOf(draft);
  // Labelled predictions have columns of their own.
  const isDataset = draft.rowsKind === "dataset";
  return {
    rows,
    ...(service === null ? { features: references } : { service }),
    ...(cutoff !== "view" && { cutoff }),
    ...(isDataset && label !== null && { label }),
    ...(isDataset && labelTime !== null && { labelTime }),
    ...(isDataset && split !== null && !isSplitByTime && { split }),
    ...(splitByTime && { splitByTime }),
    ...(frozenSets.length > 0 && { frozenSets }),
  };
}

type NamedLeak = Pick<TrainingSetWarning, "kind" | "view" | "feature" | "frozenSet">;

/** Key of a finding, under which its reason is kept. */
export function keyOfLeak({ kind, view, feature, frozenSet }: NamedLeak): string {
  const set = frozenSet ? [frozenSet.dataset, frozenSet.digest] : [];
  return [kind, view ?? "", feature ?? "", ...set].join(" ");
}

type Leak = NonNullable<CreateTrainingSet["acknowledgedLeaks"]>[number];

/** Returns the command that the form means, with reasons for these failed checks; undefined while something is missing. */
export function toTrainingSet(
  draft: TrainingSetDraft,
  services: readonly ServiceOption[],
  failed: readonly NamedLeak[],
): CreateTrainingSet | undefined {
  const request = requestOf(draft, services);
  if (!request || (draft.isSplitByTime && !isTimeSplitComplete(draft))) return undefined;
  const acknowledgedLeaks = failed.flatMap((leak) => {
    const { kind, view, feature, frozenSet } = leak;
    const reason = draft.reasons[keyOfLeak(leak)]?.trim();
    return reason ? [{ kind: kind as Leak["kind"], view, feature, ...(frozenSet && { frozenSet }), reason }] : [];
  });
  return { ...request, name: draft.name.trim(), note: draft.note.trim(), acknowledgedLeaks };
}

/** A draft as the page shows it. */
export interface ShownDraft {
  draft: TrainingSetDraft;
  /** In milliseconds since 1970. */
  savedAt?: number;
  /** A stored draft that is not this one, until the user decides which of them stays. */
  other?: StoredDraft;
}

export interface StoredDraft {
  draft: TrainingSetDraft;
  /** In milliseconds since 1970. */
  savedAt: number;
}

/** Reads a draft that was stored; undefined for one of another form. */
export function readDraft(text: string | null): StoredDraft | undefined {
  if (text === null) return undefined;
  try {
    const stored = JSON.parse(text) as { draft?: Partial<TrainingSetDraft>; savedAt?: unknown } | null;
    if (typeof stored?.draft !== "object" || stored.draft === null || typeof stored.savedAt !== "number")
      return undefined;
    return { draft: { ...emptyDraft, ...stored.draft }, savedAt: stored.savedAt };
  } catch {
    return undefined;
  }
}

/**
 * Returns what the page shows once it has read the stored draft: that draft, or its own and the stored one as another.
 * @param hasStart whether the page was opened with a draft of its own
 */
export function withStored(shown: ShownDraft, stored: StoredDraft, hasStart: boolean): ShownDraft {
  // A page that has saved finds its own draft.
  if (shown.savedAt !== undefined) return shown;
  return hasStart ? { ...shown, other: stored } : stored;
}

/** Returns a draft that repeats what an earlier training set was made of, with its versions of views. */
export function draftOfTrainingSet({ name, request }: Pick<TrainingSet, "name" | "request">): TrainingSetDraft {
  const { rows, views, features, label, labelTime, split, splitByTime, frozenSets, note } = request;
  const cutoffs = new Set(views.map(({ cutoff }) => cutoff));
  const [cutoff] = cutoffs;
  const isLogged = "endpoint" in rows;
  const resolved = "digest" in rows ? rows : request.resolvedRows;
  return {
    ...emptyDraft,
    ...(isLogged
      ? {
          rowsKind: "predictions" as const,
          endpoint: rows.endpoint,
          from: rows.from.slice(0, 10),
          to: new Date(Date.parse(rows.to) - 1).toISOString().slice(0, 10),
        }
      : { dataset: rows.dataset, digest: resolved?.digest ?? null, label, labelTime, split }),
    features: features.flatMap(({ view, feature }) => {
      const pinned = views[view];
      return pinned ? [referenceOf(pinned.view, pinned.version, feature)] : [];
    }),
    ...(splitByTime && draftOfTimeSplit(splitByTime)),
    frozenSets,
    cutoff: cutoffs.size === 1 && cutoff !== undefined ? cutoff : "view",
    name,
    note,
  };
}

/** The form knows whole days, two or three parts, and its own names. It keeps other parts as they are. */
function draftOfTimeSplit({ column, parts }: TimeSplit): Partial<TrainingSetDraft> {
  const split = { isSplitByTime: true, splitColumn: column };
  const names = parts.map(({ name }) => name).join();
  const days = parts.slice(0, -1).map(({ until }) => startOfDay.exec(until ?? "")?.[1]);
  const [first, second] = days;
  if (names === "train,test" && first !== undefined) return { ...split, testFrom: first };
  if (names === "train,validation,test" && first !== undefined && second !== undefined)
    return { ...split, validationFrom: first, testFrom: second };
  return { ...split, earlierParts: parts };
}

/** The first instant of a day, in UTC. */
const startOfDay = /^(\d{4}-\d\d-\d\d)T00:00(?::00(?:\.0+)?)?Z$/;

/** Returns a Python program that requests the same training set. */
export function pythonOf(input: CreateTrainingSet, apiUrl: string): string {
  const json = JSON.stringify(input, undefined, 2).replaceAll("\\", "\\\\").replaceAll("'", "\\'");
  return `import json, os, requests

training_set = json.loads('''${json}''')
response = requests.post(
    "${apiUrl}/training-sets",
    headers={"Authorization": f"Bearer {os.environ['LEEWAY_TOKEN']}"},
    json=training_set,
)
response.raise_for_status()
print(response.json()["id"])
`;
}
