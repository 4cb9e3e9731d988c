import { DomainError } from "#server/base/errors.ts";
import { asObject } from "#server/base/parsed-json.ts";
import { fieldOf } from "#server/base/text/field-of.ts";
import {
  type AnswerControl,
  type BoxValue,
  boxTolerance,
  ControlRegion,
  type LabelConfig,
  type LabelValue,
  maxRegions,
  maxTextLength,
  type Region,
  RegionRelation,
  type SpanValue,
} from "../contract.ts";
import { lengthInCodePoints } from "./code-points.ts";
import { isControlRegion } from "./regions-of-control.ts";

/** Longest list of regions as JSON, in characters. A box takes about 250. */
const maxResultLength = 500_000;

export interface ReadRegions {
  /** What was sent, to be stored and returned unchanged. */
  regions: Region[];
  /** What they say about the first control, on which agreement and consensus stand; null when they say nothing. */
  value: LabelValue | null;
}

/**
 * Reads the regions of an annotation or a prediction, docs/spec/labelling.md section 11.4. All of them are checked against the configuration.
 * @param data of the task, which spans are checked against
 * @throws DomainError "invalid", which names the region and the class
 */
export function readRegions(config: LabelConfig, sent: unknown, data?: Readonly<Record<string, unknown>>): ReadRegions {
  if (!Array.isArray(sent)) throw refused("result must be a list of regions.");
  if (sent.length > maxRegions) throw refused(`result has more than ${maxRegions} regions.`);
  if (JSON.stringify(sent).length > maxResultLength) {
    throw refused(`result is longer than ${maxResultLength.toLocaleString("en-US")} characters.`);
  }
  const regions = sent.map(regionOf);
  const [first] = config.controls;
  const value = (first && (valuesOf(config, regions, data).get(first.name) ?? emptyValue(first))) ?? null;
  return { regions, value };
}

/** Reads what the regions of an answer say, by control. A region that the configuration no longer allows says nothing. */
export function readValues(config: LabelConfig, regions: readonly Region[]): Map<string, LabelValue> {
  const allowed = regions.filter((region) => {
    try {
      return valuesOf(config, [region]).size > 0;
    } catch (error) {
      if (error instanceof DomainError) return false;
      throw error;
    }
  });
  const empty = config.controls.flatMap((control) => {
    const value = emptyValue(control);
    return value ? [[control.name, value] as const] : [];
  });
  return new Map([...empty, ...valuesOf(config, allowed)]);
}

function valuesOf(
  config: LabelConfig,
  regions: readonly Region[],
  data?: Readonly<Record<string, unknown>>,
): Map<string, LabelValue> {
  const values = new Map<string, LabelValue>();
  for (const [index, region] of regions.entries()) {
    if (!isControlRegion(region)) continue;
    const control = controlOf(config, region, index);
    if (!control) continue;
    const value = spokenBy(control, region, textOf(config, control, data), index);
    const known = values.get(control.name);
    if (value) values.set(control.name, known ? joined(known, value, control) : value);
  }
  return values;
}

function regionOf(one: unknown, index: number): Region {
  const parsed = (asObject(one)?.type === "relation" ? RegionRelation : ControlRegion).safeParse(one);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  const at = issue?.path.length ? `${issue.path.join(".")}: ` : "";
  throw refused(`Region ${index} is invalid: ${at}${issue?.message}.`);
}

/** Undefined for the control of a tag that Leeway keeps without knowing it. */
function controlOf(config: LabelConfig, region: ControlRegion, index: number): AnswerControl | undefined {
  const control = config.controls.find(({ name }) => name === region.from_name);
  if (!control) {
    if (config.unknownTags.length > 0) return undefined;
    throw refused(`Region ${index} is of "${region.from_name}", which the configuration does not have.`);
  }
  if (region.to_name !== control.toName) {
    throw refused(`Region ${index} of "${control.name}" must be about "${control.toName}", not "${region.to_name}".`);
  }
  if (region.type !== control.type) {
    throw refused(`Region ${index} of "${control.name}" must have the type "${control.type}", not "${region.type}".`);
  }
  return control;
}

function textOf({ objects }: LabelConfig, { toName }: AnswerControl, data?: Readonly<Record<string, unknown>>) {
  const field = objects.find(({ name }) => name === toName)?.field;
  const text = data && field !== undefined ? fieldOf(data, field) : undefined;
  return typeof text === "string" ? text : undefined;
}

/** Returns what one region says; null when it says nothing, such as choices without a choice. */
function spokenBy(
  control: AnswerControl,
  region: ControlRegion,
  text: string | undefined,
  index: number,
): LabelValue | null {
  const { value } = region;
  const where = `Region ${index} of "${control.name}"`;
  switch (control.kind) {
    case "class": {
      const [label, another] = classesOf(control, value.choices, where);
      if (another !== undefined) throw refused(`${where} has several choices; one is expected.`);
      return label === undefined ? null : { kind: "class", label };
    }
    case "multilabel":
      return { kind: "multilabel", labels: [...new Set(classesOf(control, value.choices, where))] };
    case "spans":
      return { kind: "spans", spans: spansOf(control, value, text, where) };
    case "boxes":
      return { kind: "boxes", boxes: boxesOf(control, value, where) };
    case "number": {
      const number = numberOf(value.number, where, "number");
      const { min = -Infinity, max = Infinity } = control;
      if (number < min || number > max) throw refused(`${where}: ${number} is outside ${min} to ${max}.`);
      return { kind: "number", number };
    }
    case "text":
      return { kind: "text", text: linesOf(value.text, where) };
    case "ordinal": {
      const rating = numberOf(value.rating, where, "rating");
      const { max = 5 } = control;
      if (!Number.isInteger(rating) || rating < 1 || rating > max) {
        throw refused(`${where}: a rating is a whole number from 1 to ${max}.`);
      }
      return { kind: "ordinal", rating };
    }
  }
}

function classesOf({ classes }: AnswerControl, sent: unknown, where: string): string[] {
  if (!Array.isArray(sent)) throw refused(`${where} needs a list of classes.`);
  return sent.map((name) => {
    if (typeof name === "string" && classes.some((one) => one.name === name)) return name;
    throw refused(`${where}: the configuration does not have the class ${JSON.stringify(name)}.`);
  });
}

function spansOf(
  control: AnswerControl,
  { start: from, end: to, labels }: ControlRegion["value"],
  text: string | undefined,
  where: string,
): SpanValue[] {
  const [start, end] = [numberOf(from, where, "start"), numberOf(to, where, "end")];
  if (!Number.isSafeInteger(start) || !Number.isSafeInteger(end) || start < 0 || end < start) {
    throw refused(`${where}: start and end must be whole numbers, the start not after the end.`);
  }
  if (text !== undefined && end > lengthInCodePoints(text)) {
    throw refused(`${where} ends at ${end}, but the text has ${lengthInCodePoints(text)} characters.`);
  }
  const names = classesOf(control, labels, where);
  return start === end ? [] : names.map((label) => ({ label, start, end }));
}

function boxesOf(control: AnswerControl, value: ControlRegion["value"], where: string): BoxValue[] {
  const [x, y, width, height] = (["x", "y", "width", "height"] as const).map((name) => {
    const share = numberOf(value[name], where, name);
    if (share < -boxTolerance || share > 100 + boxTolerance) {
      throw refused(`${where}: ${name} is in percent of the picture, from 0 to 100; ${share} is not.`);
    }
    return share;
  }) as [number, number, number, number];
  const rotation = value.rotation ? numberOf(value.rotation, where, "rotation") : 0;
  if (Math.abs(rotation) > 360) throw refused(`${where}: rotation is in degrees, from -360 to 360.`);
  const isTurned = rotation !== 0;
  const [left, breadth] = cut(x, width, isTurned);
  const [top, length] = cut(y, height, isTurned);
  const labels = classesOf(control, value.rectanglelabels, where);
  // A click without a drag leaves a box without area, which says nothing.
  if (breadth <= 0 || length <= 0) return [];
  const box = { x: left, y: top, width: breadth, height: length, ...(isTurned && { rotation }) };
  return labels.map((label) => ({ label, ...box }));
}

/** Cuts what leaves the picture by the tolerance. A turned box may reach anywhere from its corner, so only the numbers are cut. */
function cut(start: number, length: number, isTurned: boolean): [number, number] {
  const from = Math.min(100, Math.max(0, start));
  const end = start + length;
  const isSlightlyOut = !isTurned && (start < 0 || (end > 100 && end <= 100 + boxTolerance));
  return [from, isSlightlyOut ? Math.min(100, end) - from : Math.min(100, Math.max(0, length))];
}

function linesOf(sent: unknown, where: string): string {
  const lines = typeof sent === "string" ? [sent] : sent;
  if (!Array.isArray(lines) || lines.some((line) => typeof line !== "string")) {
    throw refused(`${where} needs text: a list of strings.`);
  }
  const text = lines.join("\n");
  if (text.length > maxTextLength) throw refused(`${where}: the text is longer than ${maxTextLength} characters.`);
  return text;
}

function numberOf(sent: unknown, where: string, name: string): number {
  if (typeof sent === "number" && Number.isFinite(sent)) return sent;
  throw refused(`${where} needs ${name}, a number.`);
}

/** Joins what two regions of one control say. */
function joined(known: LabelValue, value: LabelValue, { name }: AnswerControl): LabelValue {
  if (known.kind === "spans" && value.kind === "spans") {
    return { kind: "spans", spans: [...known.spans, ...value.spans] };
  }
  if (known.kind === "boxes" && value.kind === "boxes") {
    return { kind: "boxes", boxes: [...known.boxes, ...value.boxes] };
  }
  if (known.kind === "multilabel" && value.kind === "multilabel") {
    return { kind: "multilabel", labels: [...new Set([...known.labels, ...value.labels])] };
  }
  if (known.kind === "text" && value.kind === "text") return { kind: "text", text: `${known.text}\n${value.text}` };
  if (JSON.stringify(known) === JSON.stringify(value)) return known;
  throw refused(`"${name}" is answered twice, differently.`);
}

/** Returns the answer that a list without a region of a control gives: no box, no span, none of the classes. */
function emptyValue({ kind }: AnswerControl): LabelValue | null {
  if (kind === "boxes") return { kind, boxes: [] };
  if (kind === "spans") return { kind, spans: [] };
  return kind === "multilabel" ? { kind, labels: [] } : null;
}

function refused(message: string): DomainError {
  return new DomainError("invalid", message, { field: "result" });
}
