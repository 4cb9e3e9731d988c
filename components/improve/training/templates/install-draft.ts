import type { InstallTemplate } from "#server/improve/training/templates/ready/contract.ts";

/** Fields of the form that installs a ready template, as they were typed. */
export interface InstallDraft {
  name: string;
  engine: string;
  /** "" where it works on no version. */
  model: string;
  version: string;
  registerAs: string;
}

/** Reads what is installed; empty fields are left to the server. */
export function readInstallDraft(template: string, draft: InstallDraft): InstallTemplate {
  const { name, engine, model, version, registerAs } = draft;
  return {
    template,
    ...(name.trim() !== "" && { name: name.trim() }),
    ...(engine !== "" && { engine }),
    ...(model !== "" && { source: { name: model, version: Number(version) } }),
    ...(registerAs.trim() !== "" && { registerAs: registerAs.trim() }),
  };
}

/** Names of templates that a ready one was installed as without another name: its own, or its own and a version. */
export function installedAs(ready: string, templates: readonly string[]): string[] {
  return templates.filter((name) => name === ready || name.startsWith(`${ready}: `));
}
