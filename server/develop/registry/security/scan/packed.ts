import type { Transform } from "node:stream";
import { createGunzip, createInflate, createZstdDecompress } from "node:zlib";
import type { Finding } from "../contract.ts";
import { pickleFindings } from "./pickle-findings.ts";
import type { Detect } from "./scanning.ts";
import { streamOf, withUnpacked } from "./unpack.ts";

const maxDepth = 4;

/** Scans a file compressed as a unit with gzip, zlib (as joblib does) or zstd. */
export const packedFindings: Detect = async (scanning, name, source, depth) => {
  if (depth >= maxDepth) return [tooDeep(name)];
  const [first] = source.read(0, 1);
  const unpacker: Transform =
    first === 0x1f ? createGunzip() : first === 0x28 ? createZstdDecompress() : createInflate();
  const body = streamOf(source).pipe(unpacker);
  const inner = name.replace(/\.(gz|z|zst)$/i, "");
  try {
    return await withUnpacked(scanning, { name, body, packedBytes: source.sizeBytes }, (unpacked) =>
      scanning.scan(inner === name ? `${name}!/unpacked` : inner, unpacked, depth + 1),
    );
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code ?? "";
    // Two bytes are a weak sign: what does not unpack at all is other data.
    if (first === 0x78 && code.startsWith("Z_")) {
      return pickleFindings({ name, source, deadlineAt: scanning.deadlineAt, isCertain: false });
    }
    if (!code.startsWith("Z_") && !code.startsWith("ERR_")) throw error;
    const words = "The archive cannot be decompressed: it is truncated or corrupt.";
    return [{ file: name, rule: "zip-broken", severity: "unread", words }];
  }
};

/** Returns the finding for archives nested too deeply. */
export function tooDeep(file: string): Finding {
  const words = `Archive nested in ${maxDepth} others; not scanned.`;
  return { file, rule: "not-looked-at", severity: "unread", words };
}
