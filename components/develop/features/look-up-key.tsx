"use client";

import { Button, Modal, ModalTitle, NativeSelect, TextInput } from "@mantine/core";
import { IconKey } from "@tabler/icons-react";
import { useRouter } from "next/navigation";
import { type SubmitEvent, useState } from "react";
import { Keys } from "#components/ui/key-hint.tsx";
import { useModKey } from "#components/ui/mod-key.ts";
import formClasses from "#components/ui/upload-form.module.css";
import { useReturnFocus } from "#components/ui/use-return-focus.ts";
import type { KeyType } from "#server/develop/features/contract.ts";
import { featureKeyHref } from "../addresses/feature-view-href.ts";
import { usePageKey } from "./use-page-key.ts";

/** A view whose keys can be looked up. */
export interface KeyedView {
  name: string;
  /** In the order of the join keys. */
  keys: { name: string; type: KeyType }[];
}

interface LookUpKeyProps {
  /** One, or those to choose from. */
  views: KeyedView[];
  /** The one that is chosen first. */
  view?: string;
  /** Values and time that are filled in. */
  keys?: string[];
  at?: string | undefined;
}

/** Renders the button and dialog that lead to a key of a view. Key K. */
export function LookUpKey(props: LookUpKeyProps) {
  const [opened, setOpened] = useState(false);
  const hasViews = props.views.length > 0;
  usePageKey(hasViews ? "K" : undefined, () => setOpened(true));
  return (
    <>
      <Button
        variant="default"
        leftSection={<IconKey size={15} stroke={1.8} aria-hidden="true" />}
        rightSection={<Keys keys={["K"]} />}
        disabled={!hasViews}
        onClick={() => setOpened(true)}
      >
        Look up a key…
      </Button>
      <Modal
        opened={opened}
        onClose={() => setOpened(false)}
        withCloseButton={false}
        size={480}
        yOffset="14vh"
        padding={0}
      >
        {opened && <LookUpForm {...props} onClose={() => setOpened(false)} />}
      </Modal>
    </>
  );
}

function LookUpForm({
  views,
  view: first,
  keys: given = [],
  at: givenAt = "",
  onClose,
}: LookUpKeyProps & { onClose: () => void }) {
  const router = useRouter();
  const modKey = useModKey();
  const [chosen, setChosen] = useState(first ?? views[0]?.name ?? "");
  const [values, setValues] = useState<Record<string, string>>({});
  const [at, setAt] = useState(givenAt);
  const [areMissing, setAreMissing] = useState(false);
  useReturnFocus();
  const view = views.find(({ name }) => name === chosen);
  const keys = view?.keys ?? [];
  const textOf = (name: string, place: number) => values[name] ?? (chosen === first ? given[place] : undefined) ?? "";

  function submit(event: SubmitEvent<HTMLFormElement>) {
    event.preventDefault();
    const found = keys.map(({ name }, place) => textOf(name, place));
    // Only texts can be empty.
    const isMissing = keys.some(({ type }, place) => type !== "string" && found[place]?.trim() === "");
    setAreMissing(isMissing);
    if (isMissing) return;
    onClose();
    router.push(featureKeyHref(chosen, found, at.trim() || undefined));
  }
  return (
    <form onSubmit={submit}>
      <div className={formClasses.body}>
        <ModalTitle fz={15} fw={600}>
          {views.length === 1 ? `Look up a key of ${chosen}` : "Look up a key"}
        </ModalTitle>
        {views.length > 1 && (
          <NativeSelect
            label="View"
            data={views.map(({ name }) => name)}
            value={chosen}
            onChange={(event) => setChosen(event.currentTarget.value)}
          />
        )}
        {keys.length === 0 && <p className="lw-muted">This view has no join key: it has one row.</p>}
        {keys.map(({ name, type }, place) => (
          <TextInput
            key={name}
            label={<code>{name}</code>}
            description={hints[type]}
            value={textOf(name, place)}
            onChange={(event) => setValues({ ...values, [name]: event.currentTarget.value })}
            error={
              areMissing && type !== "string" && textOf(name, place).trim() === ""
                ? `Enter a value for ${name}.`
                : undefined
            }
            autoComplete="off"
            spellCheck={false}
            data-autofocus={place === 0 || undefined}
          />
        ))}
        <TextInput
          label="As of"
          description="Optional. UTC, such as 2026-06-03 10:31; shows what a look-up found then."
          placeholder="now"
          value={at}
          onChange={(event) => setAt(event.currentTarget.value)}
          autoComplete="off"
        />
      </div>
      <div className={formClasses.foot}>
        <Button variant="default" onClick={onClose} rightSection={<Keys keys={["Esc"]} />}>
          Cancel
        </Button>
        <Button type="submit" rightSection={<Keys keys={[modKey, "↵"]} />}>
          Look up
        </Button>
      </div>
    </form>
  );
}

const hints: Record<KeyType, string> = {
  int32: "Integer",
  int64: "Integer",
  string: "Text",
  bool: "true or false",
  bytes: "Base64",
  timestamp: "Time, UTC without an offset: 2026-06-03T10:31:00Z",
};
