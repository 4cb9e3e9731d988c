/** Contents of the file "MLmodel" in the folder of a logged model. */
export interface MlModel {
  /** "onnx", "sklearn", "pytorch", "python_function" … */
  flavors: string[];
  /** Path of the ONNX file from that folder, when there is the flavour "onnx". */
  onnxPath: string | undefined;
}

/**
 * Reads the flavours of an MLmodel file. It is YAML as Python's yaml.safe_dump writes it (block style, two blanks), and only
 * `flavors.*` and `flavors.onnx.data` are looked for, so lines are enough.
 */
export function readMlModel(text: string): MlModel {
  const model: MlModel = { flavors: [], onnxPath: undefined };
  let isInFlavors = false;
  for (const line of text.split(/\r?\n/)) {
    if (/^\S/.test(line)) isInFlavors = line.trimEnd() === "flavors:";
    if (!isInFlavors) continue;
    const flavor = /^ {2}(\w[\w.-]*):/.exec(line)?.[1];
    if (flavor) model.flavors.push(flavor);
    const data = /^ {4}data: *(.*?) *$/.exec(line)?.[1];
    if (data && model.flavors.at(-1) === "onnx") model.onnxPath = unquoted(data);
  }
  return model;
}

function unquoted(text: string): string {
  return /^(['"])(.*)\1$/.exec(text)?.[2] ?? text;
}
