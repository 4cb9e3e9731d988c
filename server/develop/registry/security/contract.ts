import { z } from "zod";
import { limits } from "#server/base/limits.ts";
import { noControlCharacters } from "#server/base/text/control-characters.ts";

const scanVerdicts = ["clean", "warnings", "dangerous", "failed-to-scan"] as const;
export const ScanVerdict = z.enum(scanVerdicts);
export type ScanVerdict = z.infer<typeof ScanVerdict>;

/** unread: the file, or a part of it, could not be scanned. */
export const severities = ["dangerous", "unread", "warning", "note"] as const;

/** Rules by name; the words of a finding say what it is in this file. */
const rules = [
  "pickle-import",
  "pickle-broken",
  "python-code",
  "onnx-operators",
  "onnx-weights",
  "onnx-broken",
  "zip-bomb",
  "zip-path",
  "zip-broken",
  "keras-lambda",
  "native-code",
  "not-looked-at",
] as const;

export const Finding = z.object({
  /** Path from the version's folder; a file inside an archive follows after "!/". */
  file: z.string(),
  rule: z.enum(rules),
  severity: z.enum(severities),
  words: z.string(),
});
export type Finding = z.infer<typeof Finding>;

export const Licence = z.object({
  name: z.string(),
  /** Licence with a description of its source. */ from: z.string(),
});
export type Licence = z.infer<typeof Licence>;

export const ScanReport = z.object({
  /** Worst first. */
  findings: z.array(Finding),
  /** Number of findings beyond the stored maximum. */
  leftOut: z.number().int(),
  files: z.number().int(),
  sizeBytes: z.number().int(),
  /** Licence from the files or tags at the time of the scan; null when there is none. */
  licence: Licence.nullable(),
  /** Reason why nothing could be scanned; null when something was. */
  message: z.string().nullable(),
});
export type ScanReport = z.infer<typeof ScanReport>;

/** Scan of a version; it is requested and not yet finished while there is no verdict. */
export const VersionScan = z.object({
  verdict: ScanVerdict.nullable(),
  report: ScanReport.nullable(),
  requestedAt: z.date(),
  scannedAt: z.date().nullable(),
});
export type VersionScan = z.infer<typeof VersionScan>;

/**
 * unsigned: no signature; trusted, revoked: signed with a key that this workspace trusts, or trusted until it was revoked; unknown:
 * signed with a key that this workspace does not have; unchecked: the file is not known yet.
 */
const signatureStates = ["unsigned", "trusted", "revoked", "unknown", "unchecked"] as const;
export type SignatureStateName = (typeof signatureStates)[number];

export const SignatureState = z.object({
  state: z.enum(signatureStates),
  /** Name of the signing key, when it is known. */
  keyName: z.string().nullable(),
  /** Base64 of the 64 bytes; null when unsigned. */
  signature: z.string().nullable(),
  addedBy: z.string().nullable(),
  addedAt: z.date().nullable(),
});
export type SignatureState = z.infer<typeof SignatureState>;

export const TrustedKey = z.object({
  id: z.uuid(),
  name: z.string(),
  /** Base64 of the 32 bytes of an Ed25519 key. */
  publicKey: z.string(),
  addedBy: z.string(),
  addedAt: z.date(),
  revokedBy: z.string().nullable(),
  revokedAt: z.date().nullable(),
});
export type TrustedKey = z.infer<typeof TrustedKey>;

export const AddTrustedKey = z.object({
  name: z
    .string()
    .trim()
    .min(1, "Enter a name for the key, for example its owner or pipeline.")
    .max(100)
    .check(noControlCharacters),
  /** PEM, as openssl writes it, or base64 of the key's 32 bytes. */
  publicKey: z.string().trim().min(1, "Paste the public key.").max(2000),
});
export type AddTrustedKey = z.infer<typeof AddTrustedKey>;

export const RevokeTrustedKey = z.object({
  keyId: z.uuid(),
  reason: z.string().trim().min(1, "Give a reason. Others will rely on it later.").max(2000),
});
export type RevokeTrustedKey = z.infer<typeof RevokeTrustedKey>;

/** The tag that brings a signature along where only tags can be sent, as by MLflow's clients. */
export const signatureTag = "leeway.signature";

/** Signing instructions for the REST interface and the UI. */
const signingText =
  "Base64 of an Ed25519 signature over the SHA-256 of the version, written as 64 lower-case hexadecimal ASCII characters without a line feed. If a version has separate weights files, its SHA-256 covers the ONNX file followed by those files, ordered by name; the version shows it.";

/** The same as commands. */
export const signingExample = `# once; keep key.pem secret and add the printed public key as a trusted key
openssl genpkey -algorithm ed25519 -out key.pem
openssl pkey -in key.pem -pubout

# for every file
sha256sum model.onnx | cut -c 1-64 | tr -d '\\n' > digest
openssl pkeyutl -sign -inkey key.pem -rawin -in digest \\
  | base64 -w 0 > signature`;

export const SignVersion = z.object({
  name: z.string(),
  version: z.number().int(),
  signature: z.string().max(limits.textLength).trim().describe(signingText),
});
export type SignVersion = z.infer<typeof SignVersion>;

export const RemoveSignature = SignVersion.pick({ name: true, version: true }).extend({
  reason: RevokeTrustedKey.shape.reason,
});
export type RemoveSignature = z.infer<typeof RemoveSignature>;

export const SecurityRule = z.enum(["allow", "warn", "forbid"]);
export type SecurityRule = z.infer<typeof SecurityRule>;

/** Rules for deploying a version that is not signed by a trusted key, or whose files are not known to be harmless. */
export const SecurityPolicy = z.object({ unsigned: SecurityRule, dangerous: SecurityRule });
export type SecurityPolicy = z.infer<typeof SecurityPolicy>;

export const defaultPolicy: SecurityPolicy = { unsigned: "allow", dangerous: "warn" };

export const SecurityPolicyInForce = SecurityPolicy.extend({
  /** Null until someone has changed the defaults. */
  changedBy: z.string().nullable(),
  changedAt: z.date().nullable(),
});
export type SecurityPolicyInForce = z.infer<typeof SecurityPolicyInForce>;

export const SetSecurityPolicy = SecurityPolicy.extend({ reason: RevokeTrustedKey.shape.reason });
export type SetSecurityPolicy = z.infer<typeof SetSecurityPolicy>;

/** All that is known of the safety of a version. */
export const VersionSecurity = z.object({
  /** Null for a version whose scan was never requested. */
  scan: VersionScan.nullable(),
  signature: SignatureState,
  licence: Licence.nullable(),
  /** Sentences about what the policy forbids or warns of; empty when the version may be deployed. */
  refusals: z.array(z.string()),
  warnings: z.array(z.string()),
});
export type VersionSecurity = z.infer<typeof VersionSecurity>;

/** A version in a list. */
export const SecuritySummary = z.object({
  versionId: z.uuid(),
  verdict: ScanVerdict.nullable(),
  /** Whether a requested scan has not finished. */
  isWaiting: z.boolean(),
  signature: z.enum(signatureStates),
  /** Sentences about what the policy forbids or warns of; empty when the version may be deployed. */
  refusals: z.array(z.string()),
  warnings: z.array(z.string()),
});
export type SecuritySummary = z.infer<typeof SecuritySummary>;
