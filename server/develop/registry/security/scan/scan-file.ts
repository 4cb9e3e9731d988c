import type { ByteSource } from "../../onnx/protobuf.ts";
import type { Finding } from "../contract.ts";
import { type Format, formatOf, headBytes } from "./format.ts";
import { hdf5Findings, kerasFindings } from "./keras.ts";
import { pickleInNumpyFile } from "./numpy-file.ts";
import { onnxFindings } from "./onnx-findings.ts";
import { packedFindings } from "./packed.ts";
import { pickleFindings } from "./pickle-findings.ts";
import { pythonFindings } from "./python-code.ts";
import type { Detect, Scanning } from "./scanning.ts";
import { tarFindings } from "./tar.ts";
import { zipFindings } from "./zip.ts";

const maxCodeBytes = 4 * 2 ** 20;

interface Limits {
  deadlineAt: number;
  /** Folder for unpacked files; its creator removes it. */
  folder: string;
}

/** Scans one file, and its entries when it is an archive. Broken bytes are findings; any thrown error is a bug. */
export async function scanFile(name: string, source: ByteSource, limits: Limits): Promise<Finding[]> {
  const scanning: Scanning = { ...limits, entriesLeft: 20_000, unpackLeft: 4 * 2 ** 30, scan };
  function scan(name: string, source: ByteSource, depth: number): Promise<Finding[]> {
    if (source.sizeBytes === 0) return Promise.resolve([]);
    const head = source.read(0, Math.min(headBytes, source.sizeBytes));
    return detectors[formatOf(name, head)](scanning, name, source, depth);
  }
  return scan(name, source, 0);
}

const pickle =
  (isCertain: boolean): Detect =>
  async ({ deadlineAt }, name, source) =>
    pickleFindings({ name, source, deadlineAt, isCertain });

const numpy: Detect = async ({ deadlineAt }, name, source) => {
  const start = pickleInNumpyFile(source);
  return start === undefined ? [] : pickleFindings({ name, source, start, deadlineAt, isCertain: true });
};

const python: Detect = async (_scanning, name, source) => {
  const code = Buffer.from(source.read(0, Math.min(maxCodeBytes, source.sizeBytes))).toString("utf8");
  const findings = pythonFindings(name, code);
  if (source.sizeBytes <= maxCodeBytes) return findings;
  return [...findings, unread(name, "This code is too long to scan completely.")];
};

const native: Detect = async (_scanning, file) => [
  { file, rule: "native-code", severity: "warning", words: "Machine code, which cannot be scanned." },
];

const bytecode: Detect = async (_scanning, file) => [
  {
    file,
    rule: "native-code",
    severity: "warning",
    words: "Compiled Python, which cannot be scanned.",
  },
];

/** Detector of each format. */
const detectors: Record<Format, Detect> = {
  zip: zipFindings,
  tar: tarFindings,
  packed: packedFindings,
  pickle: pickle(true),
  "perhaps-pickle": pickle(false),
  npy: numpy,
  python,
  native,
  bytecode,
  onnx: async (_scanning, name, source) => onnxFindings(name, source),
  hdf5: async (_scanning, name, source) => hdf5Findings(name, source),
  "keras-config": async (_scanning, name, source) => kerasFindings(name, source),
  closed: async (_scanning, name) => [unread(name, "Unsupported compression.")],
  plain: async () => [],
};

function unread(file: string, words: string): Finding {
  return { file, rule: "not-looked-at", severity: "unread", words };
}
