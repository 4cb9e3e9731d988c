/** Format of a file for the scanner. "plain" contains nothing that runs when it is loaded. */
export type Format =
  | "zip"
  | "pickle"
  | "perhaps-pickle"
  | "npy"
  | "hdf5"
  | "packed"
  | "closed"
  | "native"
  | "tar"
  | "python"
  | "bytecode"
  | "onnx"
  | "keras-config"
  | "plain";

const starts: [string, Format][] = [
  ["504b0304", "zip"],
  ["504b0506", "zip"],
  ["934e554d5059", "npy"],
  ["894844460d0a1a0a", "hdf5"],
  ["1f8b", "packed"],
  ["7801", "packed"],
  ["785e", "packed"],
  ["789c", "packed"],
  ["78da", "packed"],
  ["28b52ffd", "packed"],
  ["425a68", "closed"],
  ["fd377a585a00", "closed"],
  ["5d000080", "closed"],
  ["04224d18", "closed"],
  ["377abcaf271c", "closed"],
  ["526172211a07", "closed"],
  ["7f454c46", "native"],
  ["cffaedfe", "native"],
  ["feedfacf", "native"],
  ["cafebabe", "native"],
];

const endings: [RegExp, Format][] = [
  [/\.pyw?$/i, "python"],
  [/\.py[co]$/i, "bytecode"],
  [/\.(so(\.\d+)*|dll|dylib|exe|pyd)$/i, "native"],
  [/\.onnx$/i, "onnx"],
  [/(^|\/)config\.json$/i, "keras-config"],
  [/\.(pkl|pickle|p|joblib|dill|cloudpickle)$/i, "pickle"],
  [/\.(safetensors|gguf|txt|md|ya?ml|json|csv|tsv|png|jpe?g|gif|svg|parquet|arrow|npz\.json)$/i, "plain"],
];

/** Number of leading bytes that identify a file's format. */
export const headBytes = 512;

/** Detects a format by the first bytes, and only then by the name: the creator of the file chooses its name. */
export function formatOf(name: string, head: Uint8Array): Format {
  const hex = Buffer.from(head.subarray(0, 8)).toString("hex");
  const known = starts.find(([start]) => hex.startsWith(start))?.[1];
  if (known) return known;
  // PROTO and a protocol that exists.
  if (head[0] === 0x80 && (head[1] as number) <= 5) return "pickle";
  if (Buffer.from(head.subarray(257, 262)).toString("latin1") === "ustar") return "tar";
  if (hex.startsWith("4d5a") && Buffer.from(head).includes("DOS mode")) return "native";
  return endings.find(([pattern]) => pattern.test(name))?.[1] ?? "perhaps-pickle";
}
