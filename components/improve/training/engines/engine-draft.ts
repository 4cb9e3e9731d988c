import type { EngineKind, EngineSettings, runtimeKinds } from "#server/improve/training/contract.ts";

/** Fields of the form of an engine, as they were typed. */
export interface EngineDraft {
  name: string;
  kind: EngineKind;
  address: string;
  maxJobs: string;
  cores: string;
  hours: string;
  namespace: string;
  queue: string;
  image: string;
  runtime: string;
  runtimeKind: (typeof runtimeKinds)[number];
  user: string;
  partition: string;
  account: string;
  workingFolder: string;
  secret: string;
  /** Whether the stored secret goes. */
  removesSecret: boolean;
}

export const newEngineDraft: EngineDraft = {
  name: "local",
  kind: "local",
  address: "",
  maxJobs: "1",
  cores: "",
  hours: "24",
  namespace: "",
  queue: "",
  image: "",
  runtime: "",
  runtimeKind: "ClusterTrainingRuntime",
  user: "",
  partition: "",
  account: "",
  workingFolder: "",
  secret: "",
  removesSecret: false,
};

/** Fields that each kind has, in their order. */
export const fieldsOfKind = {
  local: ["maxJobs", "cores", "hours"],
  ray: ["address", "maxJobs"],
  kubernetes: ["namespace", "queue", "image", "runtime", "runtimeKind", "maxJobs"],
  slurm: ["address", "user", "partition", "account", "workingFolder", "maxJobs"],
} as const satisfies Record<EngineKind, readonly (keyof EngineDraft)[]>;

/** Whether the form shows a field: the kind of a runtime only with one. */
export const isShown = (field: keyof EngineDraft, { runtime }: EngineDraft) =>
  field !== "runtimeKind" || runtime.trim() !== "";

/** Fills the form with the settings of an engine. */
export function engineDraftOf(name: string, settings: EngineSettings): EngineDraft {
  const known = Object.fromEntries(
    Object.entries(settings).flatMap(([key, value]) => (value === null ? [] : [[key, String(value)]])),
  );
  return { ...newEngineDraft, ...known, name };
}

/** Returns what becomes of the secret: a new one, none (null), or nothing for one that stays. */
export function readEngineSecret({ secret, removesSecret }: EngineDraft): { secret?: string | null } {
  if (removesSecret) return { secret: null };
  return secret === "" ? {} : { secret };
}

/** Whether the stored secret has to be entered again, since it would be sent to another address. */
export function needsSecretAgain(
  { address, secret, removesSecret }: EngineDraft,
  engine: { settings: EngineSettings; hasSecret: boolean } | undefined,
): boolean {
  if (!engine?.hasSecret || secret !== "" || removesSecret) return false;
  return "address" in engine.settings && address.trim() !== engine.settings.address;
}

const numbers: readonly string[] = ["maxJobs", "cores", "hours"];

/**
 * Reads the settings of the form; the server checks them. Empty fields get the value that the kind has by default.
 * @param known settings that are changed: what the form does not show stays
 */
export function readEngineSettings(draft: EngineDraft, known?: EngineSettings): EngineSettings {
  const entries = fieldsOfKind[draft.kind].flatMap((field): [string, unknown][] => {
    if (!isShown(field, draft)) return [];
    const text = draft[field].trim();
    if (field === "cores") return [[field, text === "" ? null : Number(text)]];
    return text === "" ? [] : [[field, numbers.includes(field) ? Number(text) : text]];
  });
  const hidden = known?.kind === "local" && draft.kind === "local" ? { memoryBytes: known.memoryBytes } : {};
  return { kind: draft.kind, ...hidden, ...Object.fromEntries(entries) } as EngineSettings;
}
