/** What is about to happen to an alias; "name" is one whose name is still being typed. */
export interface AliasChange {
  kind: "set" | "name" | "remove";
  alias: string;
}

interface AliasSubject {
  modelName: string;
  version: number;
  /** Where the alias points now. */
  before: number | undefined;
}

/** The question of the dialog. */
export function aliasTitle({ kind, alias }: AliasChange, { modelName, version }: AliasSubject): string {
  if (kind === "remove") return `Remove ${alias} from ${modelName} v${version}?`;
  return `Point ${kind === "name" ? "another alias" : alias} at ${modelName} v${version}?`;
}

/** What speaks against moving an alias by hand that is protected. */
export function protectionWords(alias: string): string {
  return `${alias} is protected: it should move by a request that somebody else approves. Only an operator moves it past that, and the history says so.`;
}

/** What will happen, what stays, how to undo. */
export function aliasConsequences({ kind, alias }: AliasChange, { modelName, version, before }: AliasSubject) {
  const name = alias.trim() || "the alias";
  const address = `models:/${modelName}@${alias.trim() || "…"}`;
  const traffic = { label: "Traffic", value: "stays where it is: endpoints serve the version they were given" };
  if (kind === "remove") {
    return [
      { label: "Alias", value: `${name} points at nothing` },
      { label: "Clients", value: `${address} is refused from now on` },
      traffic,
      { label: "To undo", value: `make v${version} ${name} again` },
    ];
  }
  const moves = before !== undefined && before !== version;
  return [
    { label: "Alias", value: moves ? `${name} moves from v${before} to v${version}` : `${name} points at v${version}` },
    { label: "Clients", value: `${address} gives v${version} from now on` },
    traffic,
    { label: "To undo", value: moves ? `point ${name} at v${before} again` : `remove ${name}` },
  ];
}

/** Buttons that say what they do. */
export function confirmWords({ kind, alias }: AliasChange, { version, before }: AliasSubject) {
  const name = alias.trim() || "the alias";
  if (kind === "remove") return { confirmLabel: `Remove ${name}`, keepLabel: `Keep ${name}` };
  const moves = before !== undefined && before !== version;
  return { confirmLabel: `Point ${name} at v${version}`, keepLabel: moves ? `Keep v${before}` : "Leave it" };
}
