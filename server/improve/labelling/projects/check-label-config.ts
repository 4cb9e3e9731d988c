import { DomainError } from "#server/base/errors.ts";
import type { AnswerControl, LabelConfig } from "../contract.ts";

/** The control that the task kind, agreement and consensus are about. */
export function mainControl(config: LabelConfig): AnswerControl {
  const [control] = config.controls;
  if (!control) throw new Error("A configuration of a label project has no control.");
  return control;
}

/** Checks what no schema can: names are used once, and each control is about something shown. @throws DomainError "invalid" */
export function checkLabelConfig({ objects, controls }: LabelConfig): void {
  const names = [...objects, ...controls].map(({ name }) => name);
  const twice = names.find((name, at) => names.indexOf(name) !== at);
  if (twice !== undefined) throw invalid(`The name "${twice}" is used twice.`);
  for (const { name, toName, classes } of controls) {
    if (!objects.some((object) => object.name === toName)) {
      throw invalid(`"${name}" is about "${toName}", which does not exist.`);
    }
    const classNames = classes.map((each) => each.name);
    const again = classNames.find((each, at) => classNames.indexOf(each) !== at);
    if (again !== undefined) throw invalid(`"${name}" has the class "${again}" twice.`);
  }
}

const invalid = (message: string) => new DomainError("invalid", message, { field: "config" });
