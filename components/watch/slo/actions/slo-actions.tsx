"use client";

import { Button, Menu } from "@mantine/core";
import { useState } from "react";
import { useRefresh } from "#components/shell/refresh.tsx";
import type { ActionState } from "#components/ui/action-state.ts";
import { ConfirmWithReason } from "#components/ui/confirm-with-reason.tsx";
import { toast } from "#components/ui/toast.tsx";
import type { AddAdjustment } from "#server/watch/slo/adjustments/contract.ts";
import type { ApproveChanges } from "#server/watch/slo/approvals/contract.ts";
import type { ActOnSlo, Slo } from "#server/watch/slo/objectives/contract.ts";
import { dialogOf, type SloAct, sloActs } from "./act-text.ts";
import { DateField } from "./date-field.tsx";

interface SloActionsProps {
  slo: Slo;
  actorName: string;
  pause: (input: ActOnSlo) => Promise<ActionState<unknown>>;
  resume: (input: ActOnSlo) => Promise<ActionState<unknown>>;
  archive: (input: ActOnSlo) => Promise<ActionState<unknown>>;
  approve: (input: ApproveChanges) => Promise<ActionState<unknown>>;
  adjust: (input: AddAdjustment) => Promise<ActionState<unknown>>;
}

const hourMs = 3_600_000;

/** Offers the operator's actions on an SLO other than editing it; each asks for a reason. */
export function SloActions({ slo, actorName, ...commands }: SloActionsProps) {
  const refresh = useRefresh();
  const [opened, setOpened] = useState<SloAct>();
  const [from, setFrom] = useState(() => new Date(Date.now() - hourMs));
  const [to, setTo] = useState(() => new Date());
  const [until, setUntil] = useState(() => new Date(Date.now() + 24 * hourMs));
  const dialog = opened && dialogOf(opened, slo);

  async function confirm(reason: string): Promise<string | undefined> {
    if (!opened || !dialog) return undefined;
    const key = { sloId: slo.id, reason };
    const result =
      opened === "approve"
        ? await commands.approve({ ...key, until })
        : opened === "adjust"
          ? await commands.adjust({ ...key, from, to })
          : await commands[opened](key);
    if (!result.ok) return result.error ?? Object.values(result.fieldErrors ?? {})[0] ?? "The change was not saved.";
    toast.done(dialog.done);
    void refresh();
    return undefined;
  }

  return (
    <>
      <Menu position="bottom-end">
        <Menu.Target>
          <Button variant="default">More…</Button>
        </Menu.Target>
        <Menu.Dropdown>
          {sloActs(slo).map((act) => (
            <Menu.Item key={act} onClick={() => setOpened(act)}>
              {dialogOf(act, slo).label}
            </Menu.Item>
          ))}
          <Menu.Item component="a" href={`/api/v1/slos/${slo.id}/openslo`} download={`${slo.name}.yaml`}>
            Export as OpenSLO
          </Menu.Item>
        </Menu.Dropdown>
      </Menu>
      {dialog && (
        <ConfirmWithReason
          {...dialog}
          opened
          onClose={() => setOpened(undefined)}
          actorName={actorName}
          cancelLabel="Cancel"
          onConfirm={confirm}
        >
          {opened === "approve" && <DateField label="Until" value={until} onChange={setUntil} />}
          {opened === "adjust" && (
            <>
              <DateField label="From" value={from} onChange={setFrom} />
              <DateField label="To" value={to} onChange={setTo} />
            </>
          )}
        </ConfirmWithReason>
      )}
    </>
  );
}
