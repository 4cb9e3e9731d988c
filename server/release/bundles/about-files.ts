import { readFileSync } from "node:fs";
import { z } from "zod";
import type { Signature } from "#server/develop/registry/onnx/contract.ts";
import { Pipeline } from "#server/develop/registry/pipeline/definition.ts";
import { type AboutPath, type BundleHead, type BundleKey, bundleFileName } from "./contract.ts";
import { readme } from "./readme.ts";

/** A signature of the version by a key that its workspace trusts. */
export interface VersionSeal {
  keyName: string;
  /** Base64 of the 32 bytes of an Ed25519 key. */
  publicKey: string;
  /** Base64 of 64 bytes, over the 64 characters of the version's SHA-256. */
  signature: string;
}

interface About {
  head: BundleHead;
  signature: Signature;
  /** As it is stored; null without one. */
  pipeline: unknown;
  seals: readonly VersionSeal[];
  sealing: BundleKey;
}

const fileOf = (name: string) => readFileSync(new URL(`./files/${name}`, import.meta.url), "utf8");
const verifier = fileOf("verify.py");
const pipelineText = fileOf("PIPELINE.txt");
const pipelineSchema = toText(z.toJSONSchema(Pipeline, { io: "output" }));

/** Returns the companion files of the model in a bundle: texts by path. */
export function aboutFiles({ head, signature, pipeline, seals, sealing }: About): Map<AboutPath, string> {
  const { inputs, outputs, labels } = signature;
  const files: [AboutPath, string][] = [
    ["README.txt", readme(head, bundleFileName(head))],
    ["seal-key.pem", sealing.pem],
    ["signature.json", toText({ inputs, outputs, ...(labels && { labels }) })],
    ["verify.py", verifier],
  ];
  if (seals.length > 0) files.push(["version-signatures.json", toText({ sha256: head.sha256, signatures: seals })]);
  if (head.pipeline) {
    files.push(["pipeline.json", toText({ digest: head.pipeline.digest, pipeline })]);
    files.push(["pipeline.schema.json", pipelineSchema], ["PIPELINE.txt", pipelineText]);
  }
  return new Map(files);
}

function toText(value: unknown): string {
  return `${JSON.stringify(value, null, 2)}\n`;
}
