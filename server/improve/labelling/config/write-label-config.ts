import type { AnswerControl, LabelClass, LabelConfig, ShownObject } from "../contract.ts";

const objectTags: Record<ShownObject["kind"], string> = { image: "Image", text: "Text", row: "Table" };

/** Writes a configuration as Label Studio's XML. Parsed again it is the same, but for tags that Leeway does not know. */
export function writeLabelConfig({ question, objects, controls }: LabelConfig): string {
  const lines = [
    ...(question ? [element("Header", { value: question })] : []),
    ...objects.map(({ name, kind, field }) => element(objectTags[kind], { name, value: `$${field}` })),
    ...controls.flatMap(writeControl),
  ];
  return ["<View>", ...lines.map((line) => `  ${line}`), "</View>"].join("\n");
}

function writeControl(control: AnswerControl): string[] {
  const { name, toName, isRequired, kind, classes, min, max, step } = control;
  const names = { name, toName };
  const required = isRequired ? "true" : undefined;
  switch (kind) {
    case "class":
    case "multilabel": {
      const choice = kind === "class" ? "single" : "multiple";
      return withClasses("Choices", { ...names, choice, required }, "Choice", classes);
    }
    case "spans":
      return withClasses("Labels", { ...names, required }, "Label", classes);
    case "boxes":
      return withClasses("RectangleLabels", { ...names, required }, "Label", classes);
    case "number":
      return [element("Number", { ...names, min, max, step, required })];
    case "text":
      return [element("TextArea", { ...names, required })];
    case "ordinal":
      return [element("Rating", { ...names, maxRating: max, required })];
  }
}

type Attributes = Record<string, string | number | undefined>;

function withClasses(tag: string, attributes: Attributes, child: string, classes: LabelClass[]): string[] {
  const inner = classes.map(({ name, title, hotkey, color }) =>
    element(child, { value: title, alias: name === title ? undefined : name, hotkey, background: color }),
  );
  return [`<${tag}${attributesOf(attributes)}>`, ...inner.map((line) => `  ${line}`), `</${tag}>`];
}

const element = (tag: string, attributes: Attributes) => `<${tag}${attributesOf(attributes)}/>`;

function attributesOf(attributes: Attributes): string {
  return Object.entries(attributes)
    .flatMap(([name, value]) => (value === undefined ? [] : [` ${name}="${escaped(String(value))}"`]))
    .join("");
}

const references: Record<string, string> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "\n": "&#10;",
  "\r": "&#13;",
  "\t": "&#9;",
};

/** Line breaks are written as references, because a parser would turn them into spaces. */
function escaped(text: string): string {
  return text.replaceAll(/[&<>"\n\r\t]/g, (character) => references[character] ?? character);
}
