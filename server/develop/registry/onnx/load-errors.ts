import { DomainError } from "#server/base/errors.ts";

/** ONNX Runtime's messages, and what to tell instead. "$1" is what the pattern captured. */
const explanations: { pattern: RegExp; message: string }[] = [
  {
    pattern: /No Op registered for (\S+)/,
    message: 'The operator "$1" does not exist in the operator set that the model names.',
  },
  {
    pattern: /Fatal error: (\S+?)\(-?\d+\) is not a registered function\/op/,
    message: 'The operator "$1" is not part of ONNX Runtime; custom operators cannot be served.',
  },
  {
    pattern: /Could not find an implementation for (\w+)\((\d+)\)/,
    message:
      'ONNX Runtime has no implementation of the operator "$1" (version $2) for the types in this model. Export it with other types or an older operator set.',
  },
  {
    pattern: /Current official support for domain \S+ is till opset (\d+)/,
    message: "The model uses a newer operator set than ONNX Runtime supports. Export it with operator set $1 or lower.",
  },
  {
    pattern: /Unsupported model IR version: (\d+), max supported IR version: (\d+)/,
    message: "The file has IR version $1; ONNX Runtime reads up to $2. Export it with an older version of onnx.",
  },
  { pattern: /Protobuf parsing failed/i, message: "The ONNX file is corrupt. Export the model again." },
  {
    pattern: /External (data|initializer)/,
    message: "The weights file does not match the model. Log both files again.",
  },
];

/** Turns ONNX Runtime's complaint about a model file into one for people: what is wrong, and no paths of this machine. */
export function explainLoadError(text: string): DomainError {
  for (const { pattern, message } of explanations) {
    const match = pattern.exec(text);
    if (match)
      return new DomainError(
        "invalid",
        message.replace(/\$(\d)/g, (_, group) => match[Number(group)] ?? ""),
      );
  }
  const reason = text
    .replace(/^Load model from .*? failed:/s, "")
    .replace(/^(This is an )?invalid model\. /i, "")
    .replace(/(^|\s|")\/\S*/g, "$1…")
    .trim();
  return new DomainError("invalid", `ONNX Runtime cannot load the model: ${reason}`);
}
