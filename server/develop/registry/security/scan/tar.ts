import type { Finding } from "../contract.ts";
import { tooDeep } from "./packed.ts";
import { type Detect, partOf } from "./scanning.ts";

const block = 512;
const maxDepth = 4;

/** Scans a tar archive. Names longer than its headers allow are shortened in findings. */
export const tarFindings: Detect = async (scanning, name, source, depth) => {
  if (depth >= maxDepth) return [tooDeep(name)];
  const findings: Finding[] = [];
  for (let start = 0; start + block <= source.sizeBytes; ) {
    const header = Buffer.from(source.read(start, start + block));
    if (header[0] === 0) break;
    scanning.entriesLeft -= 1;
    if (scanning.entriesLeft < 0 || performance.now() > scanning.deadlineAt) {
      const words = "More files than the limit allows; the rest was not scanned.";
      return [...findings, { file: name, rule: "not-looked-at", severity: "unread", words }];
    }
    const path = textIn(header, 0, 100);
    const sizeBytes =
      header[124] === 0x80 ? header.readUIntBE(130, 6) : Number.parseInt(textIn(header, 124, 12), 8) || 0;
    const kind = header[156];
    const isFile = kind === 0 || kind === 0x30;
    if (/^\/|(^|\/)\.\.(\/|$)/.test(path)) {
      const words = "Its path points outside the extraction folder.";
      findings.push({ file: `${name}!/${path}`, rule: "zip-path", severity: "dangerous", words });
    }
    if (isFile)
      findings.push(...(await scanning.scan(`${name}!/${path}`, partOf(source, start + block, sizeBytes), depth + 1)));
    start += block + Math.ceil(sizeBytes / block) * block;
  }
  return findings;
};

function textIn(header: Buffer, start: number, length: number): string {
  const [text = ""] = header
    .subarray(start, start + length)
    .toString("utf8")
    .split("\0");
  return text.trim();
}
