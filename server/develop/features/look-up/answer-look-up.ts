import type {
  FeatureType,
  LookedUpColumn,
  LookUpAnswer,
  LookUpStatus,
  ScalarValue,
  StoreValue,
  ViewAnswer,
  ViewVersion,
} from "../contract.ts";
import type { Definitions } from "../definitions/definitions.ts";
import { layoutOf, slotsOf } from "../definitions/view-features.ts";
import { RequestWork } from "../expressions/request-work.ts";
import { computeAtLookUp, neededAtLookUp, referencesOf } from "../expressions/view-expressions.ts";
import { FeatureError } from "../feature-error.ts";
import { encodeEntityKey } from "../rows/entity-key.ts";
import type { FeatureRows, StoredRow } from "../rows/feature-rows.ts";
import { versionOfRow } from "../rows/packed-row.ts";
import { converterOf, ValueProblem } from "../values/convert-value.ts";
import { AnswerRoom } from "./answer-room.ts";
import { ageOf, isTooOld, judgeValue } from "./judge-row.ts";
import { inputFeature, type LookUpPlan, type PlannedView } from "./plan-look-up.ts";
import { type RequestKeys, readKeys } from "./read-keys.ts";

export interface LookUpOptions {
  rows: FeatureRows;
  /** Time at which ages are judged, in microseconds since 1970. Default: the store's clock, else this machine's. */
  servedAt?: number | undefined;
  /** Whether a row of a version that the definitions lack fails the look-up; without, its values are null. */
  refusesUnknownVersions?: boolean | undefined;
  /** Whether stored values that are too old are given beside their status, whatever their views say. Expressions do not read them. */
  keepsStale?: boolean | undefined;
}

/** Rows of one view by row of the request. */
interface ViewRows {
  planned: PlannedView;
  rows: (StoredRow | undefined)[];
  /** Whether a key occurs twice. */
  areRepeated: boolean;
  keys: (Buffer | undefined)[];
  sources: ViewAnswer["sources"];
  answer: ViewAnswer;
}

/**
 * Answers a look-up from a plan: reads all keys of a view at once, judges ages, and reads the values. Values are those of the newest rows; one
 * that a row's schema lacks, or has with another type, is null.
 * @throws FeatureError "other" for missing keys, "bad-cells", "too-large", "version-unknown" if asked for
 */
export async function answerLookUp(
  definitions: Definitions,
  plan: LookUpPlan,
  entities: Record<string, readonly unknown[]>,
  { rows: store, servedAt: given, refusesUnknownVersions = false, keepsStale = false }: LookUpOptions,
): Promise<LookUpAnswer> {
  const needed = withInputs(definitions, plan);
  const keys = readKeys(definitions, needed, entities);
  const room = new AnswerRoom(keys.rows, plan.columns.length);
  const read = await Promise.all(needed.views.map((planned) => readView(store, planned, keys)));
  if (refusesUnknownVersions) for (const [index, { rows }] of read.entries()) refuseUnknown(needed.views[index], rows);
  const readAt = Math.max(...read.map((view) => view.readAt ?? 0));
  const servedAt = given ?? (readAt > 0 ? readAt : Date.now() * 1000);
  const views = read.map((one, index) => viewRows(needed.views[index] as PlannedView, one, servedAt));
  const computed = await computeExpressions(definitions, plan, views, keys, room);
  const columns = plan.columns.map(({ name, feature, type, view, expression }): LookedUpColumn => {
    const source = views[view] as ViewRows;
    const found = expression
      ? foundOf(computed.get(view)?.get(feature) ?? [])
      : readSlot(source, feature, type, room, keepsStale ? "serve" : source.planned.view.stale);
    return { name, feature, type, ...found, answer: source.answer };
  });
  const answers = views.slice(0, plan.views.length).map(({ answer }) => answer);
  return { rows: keys.rows, keys: keys.given, columns, views: answers, servedAt };
}

/** Adds the views that expressions need besides their own. */
function withInputs(definitions: Definitions, plan: LookUpPlan): LookUpPlan {
  const references = [...wantedByView(plan)].flatMap(([place, wanted]) => {
    const version = plan.views[place]?.version;
    return version ? referencesOf(neededAtLookUp(version, wanted)) : [];
  });
  if (references.length === 0) return plan;
  const views = [...plan.views];
  for (const reference of new Set(references)) {
    const { view } = inputFeature(definitions, reference);
    if (findInput(views, view) === undefined) views.push(view);
  }
  return { views, columns: plan.columns };
}

function findInput(views: readonly PlannedView[], wanted: PlannedView): number | undefined {
  const at = views.findIndex(
    ({ view, version, keyColumns }) =>
      view.name === wanted.view.name &&
      version.version === wanted.version.version &&
      keyColumns.join("\n") === wanted.keyColumns.join("\n"),
  );
  return at < 0 ? undefined : at;
}

/** Reads each key of a view once, and returns the rows by row of the request. */
async function readView(store: FeatureRows, { view, version, keyColumns }: PlannedView, keys: RequestKeys) {
  const types = version.entities.map(({ type }) => type);
  const columns = types.map((type, index) => keys.valuesOf(keyColumns[index] ?? "", type));
  const places = new Map<string, number>();
  const distinct: Buffer[] = [];
  const keyOfRow: (Buffer | undefined)[] = [];
  const placeOfRow = Array.from({ length: keys.rows }, (_, row) => {
    const key = encodeEntityKey(
      types,
      columns.map((column): ScalarValue | null => column[row] ?? null),
    );
    keyOfRow.push(key);
    if (!key) return undefined;
    const id = key.toString("latin1");
    const known = places.get(id);
    if (known !== undefined) return known;
    places.set(id, distinct.length);
    return distinct.push(key) - 1;
  });
  const { rows, readAt, sources: known } = await store.read(view, distinct);
  return {
    rows: placeOfRow.map((place) => (place === undefined ? undefined : rows[place])),
    keys: keyOfRow,
    sources: placeOfRow.map((place) => (known && place !== undefined ? known[place] : "asked")),
    areRepeated: distinct.length < keys.rows,
    readAt,
  };
}

/** Fails if a row was written by a version that is newer than the definitions at hand. */
function refuseUnknown(planned: PlannedView | undefined, rows: readonly (StoredRow | undefined)[]): void {
  if (!planned) return;
  const { name, versions } = planned.view;
  for (const row of rows) {
    if (!row || versions.has(versionOfRow(row.packed))) continue;
    const message = `View "${name}" has no version ${versionOfRow(row.packed)} yet, which a row has.`;
    throw new FeatureError("invalid", "version-unknown", message);
  }
}

function viewRows(
  planned: PlannedView,
  { rows, areRepeated, keys, sources }: Omit<ViewRows, "planned" | "answer">,
  servedAt: number,
): ViewRows {
  const { view, version } = planned;
  const answer: ViewAnswer = {
    viewId: view.id,
    view: view.name,
    number: view.number,
    ttlUs: view.ttlUs,
    version: version.version,
    eventAt: rows.map((row) => row?.eventAt ?? null),
    createdAt: rows.map((row) => row?.createdAt ?? null),
    ageUs: rows.map((row) => (row ? ageOf(row.eventAt, servedAt) : null)),
    keys,
    sources,
  };
  return { planned, rows, areRepeated, keys, sources, answer };
}

interface Found {
  values: StoreValue[];
  statuses: LookUpStatus[];
}

/** Reads values from rows of one version. */
interface Reader {
  read: (row: Buffer) => StoreValue;
  bytesOf: (row: Buffer) => number;
}
const readNull: Reader = { read: () => null, bytesOf: () => 0 };

/**
 * Reads one value of each row, by the schema of the version that the row has. Rows of a repeated key share its value.
 * @throws FeatureError "too-large" before it reads more than the room has
 */
function readSlot(
  { planned: { view }, rows, answer, areRepeated }: ViewRows,
  feature: string,
  type: LookedUpColumn["type"],
  room: AnswerRoom,
  stale = view.stale,
): Found {
  const readers = new Map<number, Reader>();
  const shared = areRepeated ? new Map<StoredRow, StoreValue>() : undefined;
  const readerOf = (version: number) => {
    const known = readers.get(version);
    if (known) return known;
    const schema = view.versions.get(version);
    // A version that is newer than the definitions at hand: its rows are read once they are known.
    const reader = schema ? readerFor(schema, feature, type) : readNull;
    readers.set(version, reader);
    return reader;
  };
  const { ttlUs } = view;
  const values: StoreValue[] = [];
  const statuses: LookUpStatus[] = [];
  // Most rows have one version, so most need no look-up of their reader.
  let version: number | undefined;
  let reader = readNull;
  for (let index = 0; index < rows.length; index++) {
    const row = rows[index];
    if (!row) {
      values.push(null);
      statuses.push("NOT_FOUND");
      continue;
    }
    const versionHere = versionOfRow(row.packed);
    if (versionHere !== version) {
      version = versionHere;
      reader = readerOf(version);
    }
    room.takeBytes(reader.bytesOf(row.packed));
    let stored = shared?.get(row);
    if (stored === undefined) {
      stored = reader.read(row.packed);
      shared?.set(row, stored);
    }
    const tooOld = isTooOld(answer.ageUs[index] ?? 0, ttlUs);
    const { value, status } = judgeValue(stored, { tooOld, stale });
    values.push(value);
    statuses.push(status);
  }
  return { values, statuses };
}

function readerFor(schema: ViewVersion, feature: string, type: FeatureType): Reader {
  const layout = layoutOf(schema);
  return { read: layout.reader(feature, type), bytesOf: layout.heapSize(feature, type) };
}

/** Names of the expressions to evaluate, by index of their view. */
function wantedByView({ columns }: LookUpPlan): Map<number, string[]> {
  const wanted = new Map<number, string[]>();
  for (const { view, feature, expression } of columns) {
    if (expression) wanted.set(view, [...(wanted.get(view) ?? []), feature]);
  }
  return wanted;
}

/** Evaluates expressions over the view's own row, keys, request inputs, and features of other views. What does not count is null to them. */
async function computeExpressions(
  definitions: Definitions,
  plan: LookUpPlan,
  views: readonly ViewRows[],
  keys: RequestKeys,
  room: AnswerRoom,
): Promise<Map<number, ReadonlyMap<string, readonly StoreValue[]>>> {
  const computed = new Map<number, ReadonlyMap<string, readonly StoreValue[]>>();
  const work = new RequestWork();
  for (const [place, wanted] of wantedByView(plan)) {
    const source = views[place] as ViewRows;
    const { version, keyColumns } = source.planned;
    const slots = new Map(slotsOf(version).map(({ name, type }) => [name, type]));
    const inputs = new Map(version.requestInputs.map(({ name, type }) => [name, type]));
    const columnOf = (name: string): readonly StoreValue[] => {
      room.takeCells(keys.rows);
      const slot = slots.get(name);
      if (slot) return readSlot(source, name, slot, room).values;
      const input = inputs.get(name);
      if (input) return readInput(name, converterOf(input), keys);
      const key = version.entities.findIndex(({ joinKey }) => joinKey === name);
      const entity = version.entities[key];
      if (entity) return keys.valuesOf(keyColumns[key] ?? name, entity.type);
      return readReference(definitions, views, name, room);
    };
    const typeOf = (reference: string) => inputFeature(definitions, reference).column.type;
    computed.set(place, await computeAtLookUp({ version, wanted, typeOf }, columnOf, { rows: keys.rows, work }));
  }
  return computed;
}

function readReference(
  definitions: Definitions,
  views: readonly ViewRows[],
  reference: string,
  room: AnswerRoom,
): StoreValue[] {
  const { view, column } = inputFeature(definitions, reference);
  const place = findInput(
    views.map(({ planned }) => planned),
    view,
  );
  const other = place === undefined ? undefined : views[place];
  if (!other) throw new Error("An input of an expression was not planned.");
  return readSlot(other, column.feature, column.type, room).values;
}

function foundOf(values: readonly StoreValue[]): Found {
  return { values: [...values], statuses: values.map((value) => (value === null ? "NULL_VALUE" : "PRESENT")) };
}

function readInput(name: string, convert: ReturnType<typeof converterOf>, keys: RequestKeys): StoreValue[] {
  const cells = keys.cellsOf(name);
  if (!cells) throw new FeatureError("invalid", "other", `The request input "${name}" is missing in entities.`);
  return cells.map((cell, row) => {
    const value = convert(cell);
    if (!(value instanceof ValueProblem)) return value;
    throw new FeatureError("invalid", "bad-cells", `Row ${row} of "${name}": ${value.message}`, {
      cells: [{ row, column: name, problem: value.message }],
    });
  });
}
