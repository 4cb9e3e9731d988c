"use client";

import { Button } from "@mantine/core";
import { IconEye, IconEyeOff } from "@tabler/icons-react";
import { ConfirmWithReason } from "#components/ui/confirm-with-reason.tsx";
import classes from "./labeller.module.css";

interface HiddenFieldsCardProps {
  fields: readonly string[];
  onShow: (field: string) => void;
}

/** Lists what the project hides of the item. */
export function HiddenFieldsCard({ fields, onShow }: HiddenFieldsCardProps) {
  if (fields.length === 0) return null;
  return (
    <section className={classes.card}>
      <strong>Hidden fields</strong>
      <p className="lw-muted">This project hides these fields unless you need them to decide.</p>
      {fields.map((field) => (
        <ShowButton field={field} onShow={onShow} key={field} />
      ))}
      <p className="lw-muted">Requires a reason; recorded in the audit log.</p>
    </section>
  );
}

/** Renders a button that asks for a hidden field. */
function ShowButton({ field, onShow }: { field: string; onShow: (field: string) => void }) {
  return (
    <Button
      variant="default"
      size="xs"
      leftSection={<IconEye size={14} stroke={1.7} aria-hidden="true" />}
      onClick={() => onShow(field)}
    >
      Show {field}…
    </Button>
  );
}

/** Stands where a hidden picture or text would be. */
export function HiddenThing({ field, onShow }: { field: string; onShow: (field: string) => void }) {
  return (
    <div className={classes.hiddenThing}>
      <IconEyeOff size={16} stroke={1.7} aria-hidden="true" />
      <span>This project hides {field}.</span>
      <ShowButton field={field} onShow={onShow} />
    </div>
  );
}

interface ShowFieldDialogProps {
  /** Undefined while none is asked for. */
  field: string | undefined;
  item: string;
  actorName: string;
  onClose: () => void;
  /** Returns a problem, or undefined once it is shown. */
  onConfirm: (field: string, reason: string) => Promise<string | undefined>;
}

/** Asks why someone needs a hidden field. */
export function ShowFieldDialog({ field, item, actorName, onClose, onConfirm }: ShowFieldDialogProps) {
  return (
    <ConfirmWithReason
      opened={field !== undefined}
      onClose={onClose}
      title={`Show ${field} of ${item}?`}
      consequences={[
        { label: "Shows", value: `${field} on this page, until the next item` },
        { label: "Records", value: "who requested it, when and why" },
      ]}
      confirmLabel={`Show ${field}`}
      cancelLabel="Cancel"
      actorName={actorName}
      onConfirm={async (reason) => (field === undefined ? undefined : onConfirm(field, reason))}
    />
  );
}
