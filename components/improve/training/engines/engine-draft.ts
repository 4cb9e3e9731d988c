import type { EngineKind, EngineSettings } from "#server/improve/training/contract.ts";

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
  user: string;
  partition: string;
  account: string;
  workingFolder: string;
  secret: string;
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
  user: "",
  partition: "",
  account: "",
  workingFolder: "",
  secret: "",
};

/** Fields that each kind has, in their order. */
export const fieldsOfKind = {
  local: ["maxJobs", "cores", "hours"],
  ray: ["address", "maxJobs"],
  kubernetes: ["namespace", "queue", "image", "maxJobs"],
  slurm: ["address", "user", "partition", "account", "workingFolder", "maxJobs"],
} as const satisfies Record<EngineKind, readonly (keyof EngineDraft)[]>;

/** Fills the form with the settings of an engine. */
export function engineDraftOf(name: string, settings: EngineSettings): EngineDraft {
  const known = Object.fromEntries(
    Object.entries(settings).flatMap(([key, value]) => (value === null ? [] : [[key, String(value)]])),
  );
  return { ...newEngineDraft, ...known, name };
}

const numbers: readonly string[] = ["maxJobs", "cores", "hours"];

/**
 * Reads the settings of the form; the server checks them. Empty fields get the value that the kind has by default.
 * @param known settings that are changed: what the form does not show stays
 */
export function readEngineSettings(draft: EngineDraft, known?: EngineSettings): EngineSettings {
  const entries = fieldsOfKind[draft.kind].flatMap((field): [string, unknown][] => {
    const text = draft[field].trim();
    if (field === "cores") return [[field, text === "" ? null : Number(text)]];
    return text === "" ? [] : [[field, numbers.includes(field) ? Number(text) : text]];
  });
  const hidden = known?.kind === "local" && draft.kind === "local" ? { memoryBytes: known.memoryBytes } : {};
  return { kind: draft.kind, ...hidden, ...Object.fromEntries(entries) } as EngineSettings;
}
