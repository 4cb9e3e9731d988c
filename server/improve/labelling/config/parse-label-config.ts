import { DomainError } from "#server/base/errors.ts";
import { type AnswerControl, type LabelClass, LabelConfig, maxClasses, type ShownObject } from "../contract.ts";
import { readXml, type XmlElement } from "./read-xml.ts";

export interface ParseOptions {
  /** Accepts tags that Leeway cannot show. They stay in the text, and `unknownTags` names them. */
  keepUnknown?: boolean;
}

/** Tags that only arrange others. */
const containers = new Set(["View", "Style"]);

const objectKinds: Partial<Record<string, ShownObject["kind"]>> = { Image: "image", Text: "text", Table: "row" };

type ControlReader = (element: XmlElement, names: { name: string; toName: string }) => AnswerControl;

const readers: Partial<Record<string, ControlReader>> = {
  Choices: readChoices,
  Labels: (element, names) => ({
    ...base(element, names),
    kind: "spans",
    type: "labels",
    classes: readClasses(element, "Label"),
  }),
  RectangleLabels: (element, names) => ({
    ...base(element, names),
    kind: "boxes",
    type: "rectanglelabels",
    classes: readClasses(element, "Label"),
  }),
  Number: readNumber,
  TextArea: (element, names) => ({ ...base(element, names), kind: "text", type: "textarea", classes: [] }),
  Rating: readRating,
};

/** Objects that a control can be about, where it is not about all. */
const objectOf: Partial<Record<AnswerControl["kind"], { kind: ShownObject["kind"]; tag: string }>> = {
  spans: { kind: "text", tag: "Text" },
  boxes: { kind: "image", tag: "Image" },
};

/**
 * Parses a labelling configuration: the subset of Label Studio's tags of docs/spec/labelling.md section 11.3.
 * @throws DomainError "invalid", which names the tag
 */
export function parseLabelConfig(text: string, { keepUnknown = false }: ParseOptions = {}): LabelConfig {
  const root = readXml(text);
  if (root.tag !== "View") throw refused(`The outermost tag must be <View>, not <${root.tag}>.`);
  const found: Found = { headers: [], objects: [], controls: [], unknown: new Set(), names: new Map() };
  for (const element of elementsOf(root)) collect(element, found, keepUnknown);
  if (found.objects.length === 0) {
    throw refused(`The configuration has no object. Add <Image>, <Text> or <Table>${besides(found)}.`);
  }
  if (found.controls.length === 0) {
    throw refused(
      `The configuration has no control. Add <Choices>, <Labels>, <RectangleLabels>, <Number>, <TextArea> or <Rating>${besides(found)}.`,
    );
  }
  const controls = found.controls.map((element) => readControl(element, found));
  const parsed = LabelConfig.safeParse({
    question: found.headers.join(" ").slice(0, 1000),
    objects: found.objects,
    controls,
    unknownTags: [...found.unknown].slice(0, 100),
  });
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  throw refused(`The configuration is invalid: ${issue?.path.join(".")}: ${issue?.message}.`);
}

interface Found {
  headers: string[];
  objects: ShownObject[];
  controls: XmlElement[];
  unknown: Set<string>;
  /** Tag by name. */
  names: Map<string, string>;
}

/** Walks in the order of the text, and not into controls, which own what is in them. */
function* elementsOf(element: XmlElement): Generator<XmlElement> {
  yield element;
  if (!containers.has(element.tag)) return;
  for (const child of element.children) yield* elementsOf(child);
}

function collect(element: XmlElement, found: Found, keepUnknown: boolean): void {
  const { tag, attributes } = element;
  if (containers.has(tag)) return;
  if (tag === "Header") {
    if (attributes.value) found.headers.push(attributes.value);
    return;
  }
  const unshown = whyUnshown(element);
  if (unshown !== undefined) {
    if (!keepUnknown) throw refused(`${unshown} To keep such tags in the text, send ?keep_unknown=true.`);
    found.unknown.add(tag);
    if (attributes.name) found.names.set(attributes.name, tag);
    return;
  }
  const { name } = attributes;
  if (!name) throw refused(`<${tag}> needs a name.`);
  if (found.names.has(name)) {
    throw refused(`The name "${name}" is used twice, by <${found.names.get(name)}> and <${tag}>.`);
  }
  found.names.set(name, tag);
  const kind = objectKinds[tag];
  if (kind) found.objects.push({ name, kind, field: (attributes.value ?? "").slice(1) });
  else found.controls.push(element);
}

/** Returns why Leeway cannot show a tag; undefined if it can. */
function whyUnshown({ tag, attributes, children }: XmlElement): string | undefined {
  if (objectKinds[tag]) {
    const { value = "" } = attributes;
    if (/^\$[^\s$]+$/.test(value)) return undefined;
    return `<${tag} name="${attributes.name ?? ""}"> must show a field of the task, such as value="$${tag.toLowerCase()}".`;
  }
  if (!readers[tag]) return `Leeway does not know the tag <${tag}>.`;
  if (attributes.perRegion === "true") return `<${tag}> does not support perRegion.`;
  if (attributes.value?.startsWith("$")) return `<${tag}> cannot take its classes from the task.`;
  const nested = tag === "Choices" && children.some(({ children: inner }) => inner.length > 0);
  return nested ? "A <Choice> cannot have choices of its own." : undefined;
}

const besides = ({ unknown }: Found) =>
  unknown.size === 0
    ? ""
    : ` beside the tags that Leeway does not know (${[...unknown].map((tag) => `<${tag}>`).join(", ")})`;

function readControl(element: XmlElement, { names, objects }: Found): AnswerControl {
  const { tag, attributes } = element;
  const { name = "", toName: targets } = attributes;
  if (!targets) throw refused(`<${tag} name="${name}"> needs toName.`);
  const missing = targets.split(",").find((target) => !names.has(target.trim()));
  if (missing !== undefined) {
    throw refused(
      `toName="${missing}" of <${tag} name="${name}"> is not among the names: ${[...names.keys()].join(", ")}.`,
    );
  }
  const toName = targets.split(",")[0]?.trim() ?? "";
  const object = objects.find((one) => one.name === toName);
  if (!object) throw refused(`<${tag} name="${name}"> is about <${names.get(toName)}>, which Leeway cannot show.`);
  const control = (readers[tag] as ControlReader)(element, { name, toName });
  const needed = objectOf[control.kind];
  if (needed && needed.kind !== object.kind) {
    throw refused(`<${tag} name="${name}"> must be about <${needed.tag}>, not <${names.get(toName)}>.`);
  }
  return control;
}

function base({ attributes }: XmlElement, names: { name: string; toName: string }) {
  return { name: names.name, toName: names.toName, isRequired: attributes.required === "true" };
}

function readChoices(element: XmlElement, names: { name: string; toName: string }): AnswerControl {
  const { choice = "single" } = element.attributes;
  if (choice !== "single" && choice !== "single-radio" && choice !== "multiple") {
    throw refused(`choice="${choice}" of <Choices name="${names.name}"> must be single or multiple.`);
  }
  return {
    ...base(element, names),
    kind: choice === "multiple" ? "multilabel" : "class",
    type: "choices",
    classes: readClasses(element, "Choice"),
  };
}

function readClasses({ tag, attributes: { name }, children }: XmlElement, wanted: string): LabelClass[] {
  const known = new Set<string>();
  const classes = children.map(({ tag: child, attributes }) => {
    if (child !== wanted) throw refused(`<${tag} name="${name}"> takes <${wanted}>, not <${child}>.`);
    const { value, alias, hotkey, background } = attributes;
    const result = alias || value;
    if (!result || !value) throw refused(`A <${wanted}> of <${tag} name="${name}"> has no value.`);
    if (known.has(result)) throw refused(`<${tag} name="${name}"> has "${result}" twice.`);
    known.add(result);
    return { name: result, title: value, ...(hotkey && { hotkey }), ...(background && { color: background }) };
  });
  if (classes.length === 0) throw refused(`<${tag} name="${name}"> needs at least one <${wanted}>.`);
  if (classes.length > maxClasses) throw refused(`<${tag} name="${name}"> has more than ${maxClasses} classes.`);
  return classes;
}

function readNumber(element: XmlElement, names: { name: string; toName: string }): AnswerControl {
  const control: AnswerControl = { ...base(element, names), kind: "number", type: "number", classes: [] };
  for (const limit of ["min", "max", "step"] as const) {
    const value = numberOf(element, limit);
    if (value !== undefined) control[limit] = value;
  }
  const { min, max } = control;
  if (min !== undefined && max !== undefined && min > max) {
    throw refused(`<Number name="${names.name}"> has a min above its max.`);
  }
  return control;
}

function readRating(element: XmlElement, names: { name: string; toName: string }): AnswerControl {
  const max = numberOf(element, "maxRating") ?? 5;
  if (!Number.isInteger(max) || max < 1 || max > 100) {
    throw refused(`maxRating of <Rating name="${names.name}"> must be a whole number from 1 to 100.`);
  }
  return { ...base(element, names), kind: "ordinal", type: "rating", classes: [], min: 1, max, step: 1 };
}

function numberOf({ tag, attributes }: XmlElement, attribute: string): number | undefined {
  const text = attributes[attribute];
  if (text === undefined || text === "") return undefined;
  const value = Number(text);
  if (!Number.isFinite(value))
    throw refused(`${attribute}="${text}" of <${tag} name="${attributes.name}"> is not a number.`);
  return value;
}

function refused(message: string): DomainError {
  return new DomainError("invalid", message, { field: "label_config" });
}
