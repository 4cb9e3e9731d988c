import { type Entry, fromRandomAccessReaderPromise, RandomAccessReader, type ZipFile } from "yauzl";
import { isSystemError } from "#server/base/errors.ts";
import { mebibytes } from "#server/base/format-number.ts";
import type { ByteSource } from "../../onnx/protobuf.ts";
import type { Finding } from "../contract.ts";
import { formatOf, headBytes } from "./format.ts";
import { tooDeep } from "./packed.ts";
import { type Detect, partOf, type Scanning } from "./scanning.ts";
import { bomb, bombIn, streamOf, withUnpacked } from "./unpack.ts";

const maxDepth = 4;

/** Reads a zip file out of any source of bytes. */
class SourceReader extends RandomAccessReader {
  private readonly source: ByteSource;

  constructor(source: ByteSource) {
    super();
    this.source = source;
  }

  override _readStreamForRange(start: number, end: number) {
    return streamOf(this.source, start, end);
  }
}

interface Archive {
  zip: ZipFile;
  source: ByteSource;
  name: string;
  depth: number;
}

/** Scans a zip archive, as PyTorch, Keras and NumPy write: its declared sizes, and each file in it that could run code. */
export const zipFindings: Detect = async (scanning, name, source, depth) => {
  if (depth >= maxDepth) return [tooDeep(name)];
  try {
    const options = { autoClose: false, decodeStrings: false, validateEntrySizes: true };
    const zip = await fromRandomAccessReaderPromise(new SourceReader(source), source.sizeBytes, options);
    const entries = await entriesOf(zip, scanning);
    const bombs = sizeFindings(name, source, entries);
    if (bombs.length > 0) return bombs;
    const findings: Finding[] = entries === undefined ? [tooMany(name)] : [];
    for (const entry of entries ?? [])
      findings.push(...(await entryFindings(scanning, { zip, source, name, depth }, entry)));
    return findings;
  } catch (error) {
    return [broken(name, error)];
  }
};

/** Lists the entries of an archive; undefined when there are more than may be scanned. */
async function entriesOf(zip: ZipFile, scanning: Scanning): Promise<Entry[] | undefined> {
  const entries: Entry[] = [];
  for await (const entry of zip.eachEntry()) {
    scanning.entriesLeft -= 1;
    if (scanning.entriesLeft < 0) return undefined;
    entries.push(entry);
  }
  return entries;
}

function sizeFindings(name: string, source: ByteSource, entries: Entry[] | undefined): Finding[] {
  if (!entries) return [];
  const total = entries.reduce((sum, entry) => sum + entry.uncompressedSize, 0);
  const packed = entries.reduce((sum, entry) => sum + entry.compressedSize, 0);
  if (packed > source.sizeBytes) return [bombIn(name, "overlapping entries that repeat the same bytes")];
  if (total <= bomb.bytes || total <= source.sizeBytes * bomb.ratio) return [];
  return [bombIn(name, `${mebibytes(total)}, ${Math.round(total / source.sizeBytes)} times its size`)];
}

async function entryFindings(scanning: Scanning, archive: Archive, entry: Entry): Promise<Finding[]> {
  const path = Buffer.from(entry.fileName as unknown as Uint8Array).toString("utf8");
  const name = `${archive.name}!/${path}`;
  if (path.endsWith("/")) return [];
  const findings: Finding[] = /^([/\\]|[a-z]:)|(^|[/\\])\.\.([/\\]|$)/i.test(path) ? [leaves(name)] : [];
  try {
    findings.push(...(await contentFindings(scanning, archive, entry, name)));
  } catch (error) {
    findings.push(broken(name, error));
  }
  return findings;
}

async function contentFindings(scanning: Scanning, archive: Archive, entry: Entry, name: string): Promise<Finding[]> {
  const { zip, source, depth } = archive;
  if (performance.now() > scanning.deadlineAt) return [unread(name, "Time limit reached; not scanned.")];
  if (entry.isEncrypted()) return [unread(name, "Encrypted; cannot be scanned.")];
  if (entry.compressionMethod === 0) {
    const { fileDataStart } = await zip.readLocalFileHeaderPromise(entry, { minimal: true });
    return scanning.scan(name, partOf(source, fileDataStart, entry.compressedSize), depth + 1);
  }
  if (entry.compressionMethod !== 8) return [unread(name, "Unsupported compression.")];
  const head = await headOf(zip, entry);
  if (formatOf(name, head) === "plain" || (formatOf(name, head) === "npy" && !mayHoldObjects(head))) return [];
  const body = await zip.openReadStreamPromise(entry);
  return withUnpacked(scanning, { name, body, packedBytes: entry.compressedSize }, (unpacked) =>
    scanning.scan(name, unpacked, depth + 1),
  );
}

async function headOf(zip: ZipFile, entry: Entry): Promise<Buffer> {
  for await (const chunk of await zip.openReadStreamPromise(entry)) return Buffer.from(chunk).subarray(0, headBytes);
  return Buffer.alloc(0);
}

/** Returns whether the header of an array has an object type. */
function mayHoldObjects(head: Buffer): boolean {
  return /O/.test(head.toString("latin1").replace("fortran_order", ""));
}

function leaves(file: string): Finding {
  const words = "Its path points outside the extraction folder.";
  return { file, rule: "zip-path", severity: "dangerous", words };
}

function tooMany(file: string): Finding {
  return unread(file, "More files than the limit allows; not scanned.");
}

function unread(file: string, words: string): Finding {
  return { file, rule: "not-looked-at", severity: "unread", words };
}

function broken(file: string, error: unknown): Finding {
  if (isSystemError(error)) throw error;
  const reason = error instanceof Error ? error.message : String(error);
  return { file, rule: "zip-broken", severity: "unread", words: `The archive cannot be read: ${reason}.` };
}
