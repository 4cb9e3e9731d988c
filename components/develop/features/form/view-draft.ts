import type { z } from "zod";
import type {
  DefineFeatureView,
  FeatureExpression,
  FeatureType,
  FeatureView,
  KeyType,
  RequestInput,
} from "#server/develop/features/contract.ts";

type FeatureInput = z.input<typeof DefineFeatureView>["features"][number];

/** A feature as texts. */
export interface FeatureDraft {
  key: string;
  name: string;
  type: FeatureType;
  isNullable: boolean;
  min: string;
  max: string;
  levels: string[];
  /** What the form does not show and keeps. */
  kept: Pick<FeatureInput, "description" | "tags">;
}

export interface ExpressionDraft {
  key: string;
  name: string;
  type: FeatureType;
  at: FeatureExpression["at"];
  cel: string;
  /** Features of other views by name: "daily = driver_stats:trips", one a line. */
  inputs: string;
  kept: Pick<FeatureExpression, "description">;
}

export interface InputDraft extends RequestInput {
  key: string;
}

export const ttlUnits = { s: 1_000_000, min: 60_000_000, h: 3_600_000_000, d: 86_400_000_000 } as const;
export type TtlUnit = keyof typeof ttlUnits;

/** A view as the form has it. */
export interface ViewDraft {
  name: string;
  description: string;
  owner: string;
  entities: string[];
  /** Empty for no limit. */
  ttl: string;
  ttlUnit: TtlUnit;
  stale: FeatureView["stale"];
  cutoff: FeatureView["cutoff"];
  /** Empty for rows that are written by the view's name. */
  source: string;
  isOnline: boolean;
  features: FeatureDraft[];
  expressions: ExpressionDraft[];
  inputs: InputDraft[];
  tags: Record<string, string>;
}

/** A number would not do: server and browser make rows of one form, and each would count from 1. */
const newKey = () => Math.random().toString(36).slice(2);

export function newFeature(): FeatureDraft {
  return { key: newKey(), name: "", type: "float64", isNullable: true, min: "", max: "", levels: [], kept: {} };
}

export function newExpression(): ExpressionDraft {
  const kept = { description: "" };
  return { key: newKey(), name: "", type: "float64", at: "arrival", cel: "", inputs: "", kept };
}

export function newInput(): InputDraft {
  return { key: newKey(), name: "", type: "float64" };
}

export function newView(): ViewDraft {
  return {
    name: "",
    description: "",
    owner: "",
    entities: [],
    ttl: "",
    ttlUnit: "h",
    stale: "null",
    cutoff: "created",
    source: "",
    isOnline: true,
    features: [newFeature()],
    expressions: [],
    inputs: [],
    tags: {},
  };
}

/** Returns the draft of a view that exists. */
export function draftOfView(view: FeatureView): ViewDraft {
  const { name, description, owner, stale, cutoff, source, isOnline, tags, current } = view;
  return {
    name,
    description,
    owner,
    entities: current.entities.map((entity) => entity.name),
    ...ttlTexts(view.ttlUs),
    stale,
    cutoff,
    source: source ?? "",
    isOnline,
    features: current.features.map(({ name: feature, type, description: words, tags: own, rules }) => ({
      key: newKey(),
      name: feature,
      type,
      isNullable: rules?.nullable ?? true,
      min: rules?.min === null || rules?.min === undefined ? "" : String(rules.min),
      max: rules?.max === null || rules?.max === undefined ? "" : String(rules.max),
      levels: rules?.levels ?? [],
      kept: { description: words, tags: own },
    })),
    expressions: current.expressions.map(({ name: expression, type, at, cel, inputs, description: words }) => ({
      key: newKey(),
      name: expression,
      type,
      at,
      cel,
      inputs: Object.entries(inputs)
        .map(([input, reference]) => `${input} = ${reference}`)
        .join("\n"),
      kept: { description: words },
    })),
    inputs: current.requestInputs.map((input) => ({ key: newKey(), ...input })),
    tags,
  };
}

/** Returns the greatest unit in which a limit is a short number. */
function ttlTexts(ttlUs: number | null): Pick<ViewDraft, "ttl" | "ttlUnit"> {
  if (ttlUs === null) return { ttl: "", ttlUnit: "h" };
  const unit = (["d", "h", "min"] as const).find((one) => ttlUs % ttlUnits[one] === 0) ?? "s";
  return { ttl: String(ttlUs / ttlUnits[unit]), ttlUnit: unit };
}

/** Messages by field of the form: "ttl", "feature 3 min". */
export type Complaints = Record<string, string>;

/** Returns the definition of a draft, or what is wrong with its texts. */
export function definitionOf(draft: ViewDraft): { definition: DefineFeatureView; complaints: Complaints } {
  const complaints: Complaints = {};
  const ttlUs = readTtl(draft, complaints);
  const features = draft.features.map((feature): FeatureInput => {
    const { name, type, isNullable, levels, kept } = feature;
    const min = readLimit(feature, "min", complaints);
    const max = readLimit(feature, "max", complaints);
    const hasRules = !isNullable || min !== null || max !== null || levels.length > 0;
    const rules = { nullable: isNullable, min, max, levels: levels.length > 0 ? levels : null };
    return { ...kept, name: name.trim(), type, ...(hasRules && { rules }) };
  });
  const { name, description, owner, entities, stale, cutoff, source, isOnline, tags } = draft;
  const expressions = draft.expressions.map((expression) => {
    const { name: own, type, at, cel, kept } = expression;
    return { ...kept, name: own.trim(), type, at, cel: cel.trim(), inputs: readInputs(expression, complaints) };
  });
  return {
    definition: {
      name: name.trim(),
      description: description.trim(),
      owner: owner.trim(),
      tags,
      entities,
      ttlUs,
      stale,
      cutoff,
      source: source === "" ? null : source,
      isOnline,
      features,
      expressions,
      requestInputs: draft.inputs.map(({ name: input, type }) => ({ name: input.trim(), type })),
    },
    complaints,
  };
}

function readTtl({ ttl, ttlUnit }: ViewDraft, complaints: Complaints): number | null {
  if (ttl.trim() === "") return null;
  const us = Math.round(Number(ttl) * ttlUnits[ttlUnit]);
  if (Number.isSafeInteger(us) && us > 0) return us;
  complaints.ttl = "Enter a number above 0, or leave it empty for no limit.";
  return null;
}

function readLimit(feature: FeatureDraft, limit: "min" | "max", complaints: Complaints): number | null {
  const text = feature[limit].trim();
  if (text === "") return null;
  const value = Number(text);
  if (Number.isFinite(value)) return value;
  complaints[`feature ${feature.key} ${limit}`] = "Enter a number.";
  return null;
}

function readInputs({ key, inputs }: ExpressionDraft, complaints: Complaints): Record<string, string> {
  const found: Record<string, string> = {};
  for (const line of inputs.split("\n").filter((text) => text.trim() !== "")) {
    const [name = "", reference = ""] = line.split("=", 2).map((part) => part.trim());
    if (name === "" || reference === "") {
      complaints[`expression ${key} inputs`] = 'Write each as "name = view:feature".';
    } else found[name] = reference;
  }
  return found;
}

/** Entity that the form knows. */
export interface EntityChoice {
  name: string;
  joinKey: string;
  type: KeyType;
}

/**
 * Returns the types of what an expression of a draft can read, as the server has them. @param types types of features of other views, by
 * reference
 */
export function columnsOf(
  draft: ViewDraft,
  expression: ExpressionDraft,
  { entities, types }: { entities: readonly EntityChoice[]; types: Readonly<Record<string, FeatureType>> },
): Record<string, FeatureType> {
  const columns: Record<string, FeatureType> = {};
  const add = (name: string, type: FeatureType | undefined) => {
    if (name.trim() !== "" && type !== undefined) columns[name.trim()] = type;
  };
  if (expression.at === "arrival") add("event_timestamp", "timestamp");
  for (const { name, joinKey, type } of entities) if (draft.entities.includes(name)) add(joinKey, type);
  for (const { name, type } of draft.features) add(name, type);
  for (const other of draft.expressions) {
    const isReadable = other.key !== expression.key && (other.at === "arrival" || expression.at === "look-up");
    if (isReadable) add(other.name, other.type);
  }
  if (expression.at === "arrival") return columns;
  for (const { name, type } of draft.inputs) add(name, type);
  for (const [name, reference] of Object.entries(readInputs(expression, {}))) {
    add(name, types[reference.replace(/@latest:/, ":")]);
  }
  return columns;
}
