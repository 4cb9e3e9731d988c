import { z } from "zod";

/** Rules for engine addresses: only servers on the internet by https, or also those of private networks. */
export interface EngineRules {
  allowsPrivate: boolean;
}

/** The rule where nothing else is configured. */
export const publicOnly: EngineRules = { allowsPrivate: false };

/** Headers that belong to the connection or to the protocol. */
const reservedHeaders = new Set([
  "accept-encoding",
  "connection",
  "content-encoding",
  "content-length",
  "content-type",
  "expect",
  "host",
  "inference-header-content-length",
  "keep-alive",
  "te",
  "trailer",
  "transfer-encoding",
  "upgrade",
]);

const HeaderName = z
  .string()
  .trim()
  .regex(/^[A-Za-z0-9!#$%&'*+.^_`|~-]{1,100}$/, "Header names can contain only letters, digits and hyphens.")
  .refine((name) => !reservedHeaders.has(name.toLowerCase()), "This header is set by Leeway.");

const Header = z.object({
  name: HeaderName,
  /** Never shown again. Left out, it is that of the newest deployment to this endpoint with the same URL and header. */
  value: z
    .string()
    .regex(/^[\x20-\x7e]{1,8000}$/, "Header values must be a single line of printable ASCII, at most 8,000 characters.")
    .optional(),
});

/** A server of the Open Inference Protocol that runs the version: Triton, KServe, MLServer, OpenVINO or another Leeway. */
export const NewEngine = z.object({
  /** With a path prefix, if any; "/v2/…" follows it. */
  url: z.string().trim().min(1, "Enter the server URL.").max(2000),
  /** The model's name there. */
  model: z.string().trim().min(1, "Enter the model name on that server.").max(256),
  /** The model's version there; without it, the server chooses. */
  modelVersion: z.string().trim().min(1).max(100).optional(),
  /** Maximum time of one attempt. */
  timeoutMs: z.number().int().min(10).max(600_000).default(10_000),
  /** Sent with every request, such as "Authorization". */
  header: Header.optional(),
});
export type NewEngine = z.input<typeof NewEngine>;

/** An engine as it is shown: without its secret. */
export const Engine = z.object({
  url: z.string(),
  model: z.string(),
  modelVersion: z.string().nullable(),
  timeoutMs: z.number().int(),
  headerName: z.string().nullable(),
});
export type Engine = z.infer<typeof Engine>;
