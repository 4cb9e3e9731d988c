import { z } from "zod";

const importKinds = ["mlflow-server", "mlruns", "tensorboard", "leeway"] as const;
export type ImportKind = (typeof importKinds)[number];

/** Kinds that are uploaded, as opposed to read from a URL. */
const fileKinds = ["mlruns", "tensorboard", "leeway"] as const;

const transferStates = ["waiting", "running", "done", "failed", "cancelled"] as const;
const State = z.enum(transferStates);

/** Permitted servers: only those on the internet, or also those in the private network. */
export interface ImportRules {
  allowsPrivate: boolean;
}

export const StartImport = z
  .object({
    address: z
      .string()
      .trim()
      .max(2000)
      .describe("URL of the MLflow server, including a workspace path prefix if any."),
    token: z.string().max(4000).optional().describe("Bearer token of that server."),
    userName: z.string().max(500).optional().describe("With a password, instead of a token."),
    password: z.string().max(4000).optional(),
  })
  .refine(({ userName, password }) => !userName === !password, {
    path: ["password"],
    error: "Username and password must be given together.",
  });
export type StartImport = z.input<typeof StartImport>;

export const StartFileImport = z.object({
  kind: z.enum(fileKinds),
  fileName: z
    .string()
    .trim()
    .min(1)
    .max(300)
    .describe("File name. Runs from event files are added to an experiment of this name, without .zip."),
});
export type StartFileImport = z.input<typeof StartFileImport>;

const Counts = z.object({
  experiments: z.number().int(),
  runs: z.number().int(),
  loggedModels: z.number().int(),
  versions: z.number().int(),
  /** Things that had not changed since an import before; they are in the numbers above. */
  unchanged: z.number().int(),
  /** Things with a problem. */
  withProblems: z.number().int(),
  points: z.number().int(),
  files: z.number().int(),
  bytes: z.number().int(),
});
export type Counts = z.infer<typeof Counts>;

export const Import = z.object({
  id: z.uuid(),
  kind: z.enum(importKinds),
  origin: z.string(),
  state: State,
  /** Reason for the failure. */
  message: z.string().nullable(),
  startedByName: z.string(),
  createdAt: z.date(),
  endedAt: z.date().nullable(),
  counts: Counts,
});
export type Import = z.infer<typeof Import>;

const itemKinds = ["experiment", "run", "logged-model", "version"] as const;

/** Item that was imported, or failed to import. */
export const ImportItem = z.object({
  kind: z.enum(itemKinds),
  sourceId: z.string(),
  localId: z.string().nullable(),
  isUnchanged: z.boolean(),
  points: z.number().int(),
  files: z.number().int(),
  bytes: z.number().int(),
  problems: z.array(z.string()),
  at: z.date(),
});
export type ImportItem = z.infer<typeof ImportItem>;

export const ListItems = z.object({
  importId: z.string(),
  /** Only those with a problem. */
  withProblems: z.boolean().default(false),
  limit: z.number().int().min(1).max(500).default(100),
  offset: z.number().int().min(0).default(0),
});
export type ListItems = z.input<typeof ListItems>;
export const StartExport = z.object({
  hasArtifacts: z.boolean().default(true).describe("Include files of runs, logged models and versions."),
});
export type StartExport = z.input<typeof StartExport>;

/** Days after which the files of exports are deleted. */
export const retentionDays = 7;

export const Export = z.object({
  id: z.uuid(),
  state: State,
  message: z.string().nullable(),
  hasArtifacts: z.boolean(),
  /** Size of the file; while it is being written, the size so far. */
  sizeBytes: z.number().int().nullable(),
  sha256: z.string().nullable(),
  /** False before it is written, and after its days are over. */
  isThere: z.boolean(),
  startedByName: z.string(),
  createdAt: z.date(),
  endedAt: z.date().nullable(),
});
export type Export = z.infer<typeof Export>;
