"use client";

import { Button, Popover, TextInput } from "@mantine/core";
import { useDebouncedValue } from "@mantine/hooks";
import { IconChevronDown, IconSearch, IconStack2 } from "@tabler/icons-react";
import { useState } from "react";
import { groupAttributes } from "#server/develop/tracking/tables/constants.ts";
import { columnName } from "./column-names.ts";
import classes from "./group-menu.module.css";
import { noChoiceReason } from "./group-text.ts";
import { useRunFields } from "./use-run-fields.ts";

interface GroupMenuProps {
  experimentId: number;
  groupBy: string | undefined;
  /** The choice that groups runs with equal settings, where there is one. */
  seeds?: { isChosen: boolean; choose: () => void };
  onChange: (groupBy: string | undefined) => void;
}

interface GroupChoice {
  key: string;
  label: string;
  hint: string;
}

/** Selects what the runs are grouped by: an attribute, or a param or tag searched by name. */
export function GroupMenu({ experimentId, groupBy, seeds, onChange }: GroupMenuProps) {
  const [opened, setOpened] = useState(false);
  const [text, setText] = useState("");
  const [debounced] = useDebouncedValue(text.trim(), 150);
  const question = { experimentId, words: debounced, perPage: 30, enabled: opened };
  const params = useRunFields({ ...question, kind: "param" });
  const tags = useRunFields({ ...question, kind: "tag" });
  const metrics = useRunFields({ ...question, kind: "metric", enabled: opened && debounced !== "" });
  const wanted = text.trim().toLowerCase();
  const attributes = groupAttributes.map((key) => ({ key, label: columnName(key), hint: "" }));
  const parts: { name: string; choices: GroupChoice[] }[] = [
    { name: "Run", choices: attributes.filter(({ label }) => label.toLowerCase().includes(wanted)) },
    { name: "Parameters", choices: params.fields.map((field) => choiceOf("params", field)) },
    { name: "Tags", choices: tags.fields.map((field) => choiceOf("tags", field)) },
  ].filter(({ choices }) => choices.length > 0);

  function choose(key: string | undefined) {
    setOpened(false);
    onChange(key);
  }

  return (
    <Popover opened={opened} onChange={setOpened} position="bottom-end" width={260} trapFocus returnFocus withinPortal>
      <Popover.Target>
        <Button
          variant="default"
          h={32}
          leftSection={<IconStack2 size={15} stroke={1.8} aria-hidden="true" />}
          rightSection={<IconChevronDown size={13} stroke={1.8} aria-hidden="true" />}
          aria-expanded={opened}
          aria-haspopup="dialog"
          onClick={() => setOpened(!opened)}
        >
          {groupBy || seeds?.isChosen ? (
            <>
              By&ensp;
              <span className={`${classes.current} lw-truncate`}>{groupBy ? columnName(groupBy) : "settings"}</span>
            </>
          ) : (
            "Group by"
          )}
        </Button>
      </Popover.Target>
      <Popover.Dropdown className={classes.dropdown} aria-label="Group by">
        <TextInput
          data-autofocus
          aria-label="Find a parameter or tag"
          placeholder="Find a parameter or tag"
          leftSection={<IconSearch size={15} stroke={1.7} aria-hidden="true" />}
          value={text}
          onChange={(event) => setText(event.currentTarget.value)}
        />
        <div className={classes.list}>
          {(groupBy || seeds?.isChosen) && (
            <button className={classes.choice} type="button" onClick={() => choose(undefined)}>
              None
            </button>
          )}
          {seeds && (
            <button
              className={classes.choice}
              type="button"
              aria-pressed={seeds.isChosen}
              onClick={() => {
                setOpened(false);
                seeds.choose();
              }}
            >
              Same settings <span className="lw-small lw-quiet">all but the seed</span>
            </button>
          )}
          {parts.map(({ name, choices }) => (
            <div key={name}>
              <p className="lw-caption lw-quiet">{name}</p>
              {choices.map(({ key, label, hint }) => (
                <button
                  className={classes.choice}
                  type="button"
                  key={key}
                  aria-pressed={key === groupBy}
                  onClick={() => choose(key)}
                >
                  <span className="lw-truncate">{label}</span> <span className="lw-small lw-quiet">{hint}</span>
                </button>
              ))}
            </div>
          ))}
          {parts.length === 0 && (
            <p className="lw-small lw-quiet">
              {noChoiceReason(
                text,
                metrics.fields.map(({ key }) => key),
              )}
            </p>
          )}
          {(params.error ?? tags.error) && <p className="lw-small lw-quiet">{(params.error ?? tags.error)?.message}</p>}
        </div>
      </Popover.Dropdown>
    </Popover>
  );
}

function choiceOf(
  kind: "params" | "tags",
  { key, values = 0 }: { key: string; values?: number | undefined },
): GroupChoice {
  return { key: `${kind}.${key}`, label: key, hint: values === 1 ? "one value" : `${values} values` };
}
