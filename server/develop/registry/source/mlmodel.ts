import { asMapping, parseYamlMapping } from "#server/base/yaml.ts";

/** Contents of the file "MLmodel" in the folder of a logged model. */
export interface MlModel {
  /** "onnx", "sklearn", "pytorch", "python_function" … */
  flavors: string[];
  /** Path of the ONNX file from that folder, when there is the flavour "onnx". */
  onnxPath: string | undefined;
  /** `license` or `licence` under `metadata`. */
  licence: string | undefined;
}

/** Reads an MLmodel file. Anyone who may log a model writes it, so that anything else than the expected YAML counts as absent. */
export function readMlModel(text: string): MlModel {
  const { flavors, metadata } = parseYamlMapping(text);
  const { data } = asMapping(asMapping(flavors).onnx);
  const [, licence] = Object.entries(asMapping(metadata)).find(([key]) => /^licen[cs]e$/i.test(key)) ?? [];
  return { flavors: Object.keys(asMapping(flavors)), onnxPath: textOf(data), licence: textOf(licence) };
}

function textOf(value: unknown): string | undefined {
  return typeof value === "string" && value !== "" ? value : undefined;
}
