/** Pending change of an alias; kind "name" means that the name is still being typed. */
export interface AliasChange {
  kind: "set" | "name" | "remove";
  alias: string;
}

interface AliasSubject {
  modelName: string;
  version: number;
  /** Version that the alias currently points to. */
  before: number | undefined;
}

/** Returns the title of the dialog, a question. */
export function aliasTitle({ kind, alias }: AliasChange, { modelName, version }: AliasSubject): string {
  if (kind === "remove") return `Remove ${alias} from ${modelName} v${version}?`;
  return `Point ${kind === "name" ? "another alias" : alias} to ${modelName} v${version}?`;
}

/** Describes why a protected alias should not be moved manually. */
export function describeProtection(alias: string): string {
  return `${alias} is protected: normally it moves only through an approved promotion request. Operators can override this; the alias history records it.`;
}

/** Describes what will change, what stays, and how to undo it. */
export function aliasConsequences({ kind, alias }: AliasChange, { modelName, version, before }: AliasSubject) {
  const name = alias.trim() || "the alias";
  const address = `models:/${modelName}@${alias.trim() || "…"}`;
  const traffic = { label: "Traffic", value: "not affected: endpoints keep serving the version that was deployed" };
  if (kind === "remove") {
    return [
      { label: "Alias", value: `${name} is no longer set` },
      { label: "Clients", value: `${address} stops resolving immediately` },
      traffic,
      { label: "Undo", value: `set ${name} to v${version} again` },
    ];
  }
  const moves = before !== undefined && before !== version;
  return [
    { label: "Alias", value: moves ? `${name} moves from v${before} to v${version}` : `${name} points to v${version}` },
    { label: "Clients", value: `${address} now resolves to v${version}` },
    traffic,
    { label: "Undo", value: moves ? `point ${name} to v${before} again` : `remove ${name}` },
  ];
}

/** Buttons that say what they do. */
export function describeConfirm({ kind, alias }: AliasChange, { version, before }: AliasSubject) {
  const name = alias.trim() || "the alias";
  if (kind === "remove") return { confirmLabel: `Remove ${name}`, cancelLabel: `Keep ${name}` };
  const moves = before !== undefined && before !== version;
  return { confirmLabel: `Point ${name} to v${version}`, cancelLabel: moves ? `Keep v${before}` : "Cancel" };
}
