"use client";

import { ActionIcon, Button, TextInput } from "@mantine/core";
import { IconX } from "@tabler/icons-react";
import { type SubmitEvent, useState } from "react";
import { useRefresh } from "#components/shell/refresh.tsx";
import type { ActionState } from "#components/ui/action-state.ts";
import { Tag } from "#components/ui/tag.tsx";
import { useAction } from "#components/ui/use-action.ts";
import classes from "./edit-tags.module.css";

interface EditTagsProps {
  tags: { key: string; value: string }[];
  set: (tag: { key: string; value: string }) => Promise<ActionState>;
  remove: (tag: { key: string }) => Promise<ActionState>;
  /** Reason why they cannot be changed: "needs the role member". */
  why?: string | undefined;
}

/** Tags that are taken off by their cross and added by key and value. */
export function EditTags({ tags, set, remove, why }: EditTagsProps) {
  const refresh = useRefresh();
  const [key, setKey] = useState("");
  const [value, setValue] = useState("");
  const adding = useAction(set);
  const removing = useAction(remove);
  const complaint = adding.state.error ?? removing.state.error ?? Object.values(adding.state.fieldErrors ?? {})[0];

  function add(event: SubmitEvent<HTMLFormElement>) {
    event.preventDefault();
    if (!key.trim()) return;
    adding.run({ key: key.trim(), value: value.trim() }, () => {
      setKey("");
      setValue("");
      refresh();
    });
  }
  return (
    <div className={classes.root}>
      <ul className={classes.tags} aria-label="Tags">
        {tags.length === 0 && <li className="lw-quiet">none</li>}
        {tags.map((tag) => (
          <li key={tag.key}>
            <Tag>{tag.value ? `${tag.key}: ${tag.value}` : tag.key}</Tag>
            {!why && (
              <ActionIcon
                variant="subtle"
                size={24}
                aria-label={`Remove the tag ${tag.key}`}
                onClick={() => removing.run({ key: tag.key }, () => refresh())}
              >
                <IconX size={13} stroke={1.9} aria-hidden="true" />
              </ActionIcon>
            )}
          </li>
        ))}
      </ul>
      {why ? (
        <span className="lw-small lw-quiet">Tags: {why}</span>
      ) : (
        <form className={classes.form} onSubmit={add}>
          <TextInput
            size="xs"
            aria-label="New tag key"
            placeholder="licence"
            value={key}
            onChange={(event) => setKey(event.currentTarget.value)}
          />
          <TextInput
            size="xs"
            aria-label="New tag value"
            placeholder="CC BY 4.0"
            value={value}
            onChange={(event) => setValue(event.currentTarget.value)}
          />
          <Button type="submit" size="xs" variant="default" aria-disabled={adding.busy}>
            Add tag
          </Button>
        </form>
      )}
      {complaint && (
        <span className="lw-small" role="alert">
          {complaint}
        </span>
      )}
    </div>
  );
}
