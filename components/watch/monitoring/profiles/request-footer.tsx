import { Button, TextInput } from "@mantine/core";
import classes from "./references.module.css";

interface RequestFooterProps {
  reason: string;
  setReason: (reason: string) => void;
  /** Whether a required selection is missing. */
  isOff: boolean;
  busy: boolean;
  onClose: () => void;
}

/** Reason field and buttons below every form that requests a reference. */
export function RequestFooter({ reason, setReason, isOff, busy, onClose }: RequestFooterProps) {
  return (
    <>
      <TextInput
        label="Reason"
        placeholder="optional"
        value={reason}
        onChange={(event) => setReason(event.currentTarget.value)}
      />
      <div className={classes.foot}>
        <Button variant="default" onClick={onClose}>
          Cancel
        </Button>
        <Button type="submit" disabled={isOff} aria-disabled={busy}>
          {busy ? "Requesting…" : "Create reference"}
        </Button>
      </div>
    </>
  );
}
