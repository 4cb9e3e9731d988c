"use client";

import { Button, Menu, TextInput } from "@mantine/core";
import { IconChevronDown, IconTag } from "@tabler/icons-react";
import { useState } from "react";
import { useRefresh } from "#components/shell/refresh.tsx";
import type { ActionState } from "#components/ui/action-state.ts";
import { ConfirmWithReason } from "#components/ui/confirm-with-reason.tsx";
import { toast } from "#components/ui/toast.tsx";
import { useComplaints } from "#components/ui/use-complaints.ts";
import { wellKnownAliases } from "#server/develop/registry/aliases/contract.ts";
import { type AliasChange, aliasConsequences, aliasTitle, describeConfirm, describeProtection } from "./alias-text.ts";

interface AliasMenuProps {
  modelName: string;
  version: number;
  /** All aliases of the model, not only those of this version. */
  aliases: { alias: string; version: number }[];
  /** Aliases that move only through a promotion request, or by an operator with a reason. */
  protectedAliases: readonly string[];
  actorName: string;
  /** Reason why it is disabled: "needs the role member". */
  why?: string | undefined;
  /** Does it; "name", "version", "alias" and "reason" as the command takes them. */
  setAlias: (change: { name: string; version: number; alias: string; reason: string }) => Promise<ActionState>;
  deleteAlias: (change: { name: string; alias: string; reason: string }) => Promise<ActionState>;
}

/** Points an alias to this version or deletes one; both require a reason. */
export function AliasMenu(props: AliasMenuProps) {
  const { modelName, version, aliases, protectedAliases, actorName, setAlias, deleteAlias, why } = props;
  const refresh = useRefresh();
  const [change, setChange] = useState<AliasChange>();
  // The field exists only while an alias is being named.
  const { complaints, refused, reset } = useComplaints((field) => field === "alias" && change?.kind === "name");
  const own = aliases.filter((each) => each.version === version).map(({ alias }) => alias);
  const offered = wellKnownAliases.filter((alias) => !own.includes(alias));
  const before = aliases.find(({ alias }) => alias === change?.alias)?.version;
  const words = { modelName, version, before };

  function close() {
    setChange(undefined);
    reset();
  }

  async function confirm(reason: string): Promise<string | false | undefined> {
    if (!change?.alias.trim()) return refused({ fieldErrors: { alias: "Enter a name for the alias." } });
    const alias = change.alias.trim();
    const result =
      change.kind === "remove"
        ? await deleteAlias({ name: modelName, alias, reason })
        : await setAlias({ name: modelName, version, alias, reason });
    if (!result.ok) return refused(result);
    toast.done(change.kind === "remove" ? `${alias} removed.` : `${alias} now points to v${version}.`);
    refresh();
    return undefined;
  }

  return (
    <>
      {why && <span className="lw-small lw-quiet">{why}</span>}
      <Menu position="bottom-end" disabled={why !== undefined}>
        <Menu.Target>
          <Button
            variant="default"
            disabled={why !== undefined}
            leftSection={<IconTag size={15} stroke={1.8} aria-hidden="true" />}
            rightSection={<IconChevronDown size={13} stroke={1.8} aria-hidden="true" />}
          >
            Alias
          </Button>
        </Menu.Target>
        <Menu.Dropdown>
          {offered.map((alias) => (
            <Menu.Item key={alias} onClick={() => setChange({ kind: "set", alias })}>
              Set {alias}…
            </Menu.Item>
          ))}
          <Menu.Item onClick={() => setChange({ kind: "name", alias: "" })}>Set another alias…</Menu.Item>
          {own.length > 0 && <Menu.Divider />}
          {own.map((alias) => (
            <Menu.Item key={alias} onClick={() => setChange({ kind: "remove", alias })}>
              Remove {alias}…
            </Menu.Item>
          ))}
        </Menu.Dropdown>
      </Menu>
      {change && (
        <ConfirmWithReason
          opened
          onClose={close}
          title={aliasTitle(change, words)}
          evidence={protectedAliases.includes(change.alias.trim()) && describeProtection(change.alias.trim())}
          consequences={aliasConsequences(change, words)}
          actorName={actorName}
          onConfirm={confirm}
          {...describeConfirm(change, words)}
        >
          {change.kind === "name" && (
            <TextInput
              label="Alias"
              placeholder="depots-north"
              value={change.alias}
              onChange={(event) => setChange({ kind: "name", alias: event.currentTarget.value })}
              error={complaints.alias}
            />
          )}
        </ConfirmWithReason>
      )}
    </>
  );
}
