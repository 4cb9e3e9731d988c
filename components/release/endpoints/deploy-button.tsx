"use client";

import { Button, Menu } from "@mantine/core";
import { IconChevronDown, IconRocket } from "@tabler/icons-react";
import { useState } from "react";
import { versionLabel } from "#components/serve/endpoints/version-label.ts";
import { AliasTag } from "#components/ui/tag.tsx";
import type { ExecutionProvider } from "#server/develop/registry/execution/contract.ts";
import classes from "./deploy-button.module.css";
import { type DeployAction, DeployDialog, type DeployTarget } from "./deploy-dialog.tsx";
import type { VersionChoice } from "./deploy-text.ts";

interface DeployButtonProps {
  /** Verb first, with an ellipsis: "Deploy another version…". */
  children: string;
  /** Target endpoints: one on an endpoint's page, several (and a new one, without an id) on a version's page. */
  targets: DeployTarget[];
  /** Deployable versions: several on an endpoint's page, one on a version's page. */
  versions: VersionChoice[];
  deploy: DeployAction;
  actorName: string;
  /** Execution providers configured for the gateways. */
  providers: readonly ExecutionProvider[];
  /** The one primary button of the page. */
  primary?: boolean;
  /** Reason why it is disabled: "needs the role operator". */
  why?: string | undefined;
}

interface Choice {
  target: DeployTarget;
  version: VersionChoice;
}

/** Selects a version or an endpoint, then asks for a reason and deploys. Nothing changes before the confirmation. */
export function DeployButton(props: DeployButtonProps) {
  const { targets, versions, primary = false, why } = props;
  const [chosen, setChosen] = useState<Choice>();
  const choices = targets.flatMap((target) => versions.map((version): Choice => ({ target, version })));
  return (
    <>
      {why && <span className="lw-small lw-quiet">{why}</span>}
      <Menu position="bottom-end" disabled={Boolean(why)} width={300}>
        <Menu.Target>
          <Button
            variant={primary ? "filled" : "default"}
            disabled={Boolean(why) || choices.length === 0}
            leftSection={<IconRocket size={15} stroke={1.8} aria-hidden="true" />}
            rightSection={<IconChevronDown size={13} stroke={1.8} aria-hidden="true" />}
          >
            {props.children}
          </Button>
        </Menu.Target>
        <Menu.Dropdown className={classes.menu}>
          {choices.map((choice) => (
            <Item
              choice={choice}
              byTarget={targets.length > 1 || !choice.target.id}
              onChoose={setChosen}
              key={keyOf(choice)}
            />
          ))}
        </Menu.Dropdown>
      </Menu>
      {chosen && <DeployDialog {...props} {...chosen} onClose={() => setChosen(undefined)} />}
    </>
  );
}

interface ItemProps {
  choice: Choice;
  /** Endpoints are chosen, not versions. */
  byTarget: boolean;
  onChoose: (choice: Choice) => void;
}

function Item({ choice, byTarget, onChoose }: ItemProps) {
  const { target, version } = choice;
  const isCurrent = target.current?.modelName === version.modelName && target.current.version === version.version;
  const detail = isCurrent ? "currently deployed" : (version.problem ?? (byTarget ? servesNow(target) : undefined));
  return (
    <Menu.Item
      disabled={version.problem !== undefined}
      onClick={() => onChoose(choice)}
      rightSection={detail && <span className="lw-small lw-quiet">{detail}</span>}
    >
      {byTarget ? (
        target.id ? (
          target.name
        ) : (
          "Create endpoint…"
        )
      ) : (
        <span className={classes.version}>
          {versionLabel(version, target.current)}
          {version.aliases.map((alias) => (
            <AliasTag alias={alias} key={alias} />
          ))}
        </span>
      )}
    </Menu.Item>
  );
}

function servesNow({ id, current }: DeployTarget): string | undefined {
  if (!id) return undefined;
  return current ? `serves ${current.modelName} v${current.version}` : "nothing deployed yet";
}

function keyOf({ target, version }: Choice): string {
  return `${target.id ?? "new"} ${version.modelName} ${version.version}`;
}
