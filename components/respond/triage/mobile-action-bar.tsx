"use client";

import { Button } from "@mantine/core";
import { IconDots } from "@tabler/icons-react";
import { MenuButton } from "#components/ui/menu-button.tsx";
import type { TriageAct } from "#server/respond/triage/advice/contract.ts";
import { actIcons } from "./actions/act-pane.tsx";
import classes from "./board.module.css";
import type { Chosen, Viewer } from "./board-types.ts";

interface ThumbBarProps {
  chosen: Chosen;
  viewer: Viewer;
  onAct: (act: TriageAct) => void;
}

/** Renders the recommended action and Acknowledge within reach of the thumb on a phone, and the rest behind three dots. */
export function ThumbBar({ chosen, viewer, onAct }: ThumbBarProps) {
  const actions = chosen.actions.map((action) => ({ ...action, off: action.off ?? viewer.why[action.act] ?? null }));
  const recommended = actions.find(
    ({ isRecommended, off, act }) => isRecommended && off === null && act !== "acknowledge",
  );
  const beside = actions.filter(({ act }) => act === "acknowledge" || act === "silence");
  const shown = [recommended?.act, ...beside.map(({ act }) => act)];
  const rest = actions.filter(({ act, off }) => !shown.includes(act) && off === null);
  const { stage } = chosen.row;
  return (
    <div className={classes.thumb}>
      {stage?.stage === "watch" && (
        <p className={classes.waits} data-wide>
          {stage.words}
        </p>
      )}
      {recommended && <ThumbButton action={recommended} isWide onAct={onAct} />}
      {beside.map((action) => (
        <ThumbButton action={action} onAct={onAct} key={action.act} />
      ))}
      <Button
        component={MenuButton}
        variant="default"
        aria-label="More actions"
        px={0}
        disabled={rest.length === 0}
        position="top-end"
        entries={rest.map(({ act, label }) => {
          const Icon = actIcons[act];
          return { label, icon: <Icon size={16} stroke={1.8} />, onClick: () => onAct(act) };
        })}
      >
        <IconDots size={18} aria-hidden="true" />
      </Button>
    </div>
  );
}

interface ThumbButtonProps {
  action: Chosen["actions"][number];
  isWide?: boolean;
  onAct: (act: TriageAct) => void;
}

function ThumbButton({ action: { act, label, off }, isWide, onAct }: ThumbButtonProps) {
  const Icon = actIcons[act];
  return (
    <Button
      {...(isWide ? {} : { variant: "default" })}
      data-wide={isWide || undefined}
      leftSection={<Icon size={17} stroke={1.8} aria-hidden="true" />}
      disabled={off !== null}
      onClick={() => onAct(act)}
    >
      {label}
    </Button>
  );
}
